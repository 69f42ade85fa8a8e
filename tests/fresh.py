"""Databases and prefixes of indices of a test's own, removed afterwards.

A database is a copy of one that this process has upgraded: all migrations of each would take most of its test's time.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from elasticsearch import Elasticsearch

from indexer.services import Service
from indexer.store.database import open_store, upgrade
from tests.embedded.harness import Run


@contextmanager
def fresh_database(services: Run, *, empty: bool = False) -> Iterator[str]:
    """The URL of a database with the tables of the store, or without any; connections left open are cut."""
    server = services.urls(Service.POSTGRESQL).database
    template = None if empty else services.store_template(_upgraded)
    name = _new_name()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        url = _url_of(server, name)
        if template:
            with psycopg.connect(url) as copied:
                copied.execute("UPDATE installation SET id = gen_random_uuid()")
        yield url
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _upgraded(server: str) -> Iterator[str]:
    """The name of a database that has the newest tables and no records."""
    name = _new_name()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    store = open_store(_url_of(server, name))
    upgrade(store)
    store.dispose()
    yield name
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _new_name() -> str:
    return f"test_{uuid.uuid4().hex[:12]}"


def _url_of(server: str, name: str) -> str:
    return server.rpartition("/")[0] + f"/{name}"


@contextmanager
def fresh_prefix(elasticsearch_url: str) -> Iterator[str]:
    """A prefix; indices `<prefix>-*` are deleted in the end."""
    prefix = f"t{uuid.uuid4().hex[:12]}"
    yield prefix
    with Elasticsearch(elasticsearch_url) as client:
        if names := list(client.indices.get(index=f"{prefix}-*", expand_wildcards="all")):
            client.indices.delete(index=names)
