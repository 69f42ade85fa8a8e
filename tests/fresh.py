"""Databases and prefixes of indices of a test's own, removed afterwards."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from elasticsearch import Elasticsearch

from indexer.services import Service
from tests.embedded.harness import Run


@contextmanager
def fresh_database(services: Run) -> Iterator[str]:
    """The URL of an empty database; connections left open are cut."""
    server = services.urls(Service.POSTGRESQL).database
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.rpartition("/")[0] + f"/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def fresh_prefix(elasticsearch_url: str) -> Iterator[str]:
    """A prefix; indices `<prefix>-*` are deleted in the end."""
    prefix = f"t{uuid.uuid4().hex[:12]}"
    yield prefix
    with Elasticsearch(elasticsearch_url) as client:
        for name in client.indices.get(index=f"{prefix}-*", expand_wildcards="all"):
            client.indices.delete(index=name)
