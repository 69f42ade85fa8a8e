"""Databases that are gone afterwards, whatever has become of the server meanwhile."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from indexer.services import Service
from tests.faults.services import Services


@contextmanager
def fresh_database_on(services: Services, options: str = "") -> Iterator[str]:
    """The URL of an empty database; `options` are those of CREATE DATABASE."""
    server = services.url(Service.POSTGRESQL)
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}")
    yield server.rpartition("/")[0] + f"/{name}"
    services.heal()
    # Over a connection of its own, since the one before may have died.
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
