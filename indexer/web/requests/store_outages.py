"""PostgreSQL that is lost while the server runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from indexer.store.database import failure_of


def try_store(store: Engine) -> None:
    """Connect to the store; raises `ServiceUnavailable`."""
    with outages():
        store.connect().close()


@contextmanager
def outages() -> Iterator[None]:
    """Raise `ServiceUnavailable` if PostgreSQL is lost, or all connections to it are in use for too long."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if gone := failure_of(error):
            raise gone from error
        raise
