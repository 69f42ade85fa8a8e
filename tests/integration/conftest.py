"""Settings that the tests of a module share, for installations that take long to fill."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from elasticsearch import Elasticsearch

from indexer.services import Service
from indexer.settings import Settings
from tests.embedded.harness import Run


@pytest.fixture(scope="module")
def module_settings(services: Run, elasticsearch_url: str, redis_url: str) -> Iterator[Settings]:
    """An empty database and a prefix of indices for all tests of a module."""
    server = services.urls(Service.POSTGRESQL).database
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield Settings.model_validate(
            {
                "DATABASE_URL": server.rpartition("/")[0] + f"/{name}",
                "ELASTICSEARCH_URL": elasticsearch_url,
                "REDIS_URL": redis_url,
                "index_prefix": name,
            }
        )
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    with Elasticsearch(elasticsearch_url) as client:
        for index in client.indices.get(index=f"{name}-*", expand_wildcards="all"):
            client.indices.delete(index=index)
