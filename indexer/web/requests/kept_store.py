"""The store as the requests of one server use it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine

from indexer.connections import Connections, Limits
from indexer.errors import ServiceUnavailable
from indexer.services import Service, running_url
from indexer.settings import Settings
from indexer.store.database import snapshot
from indexer.web.requests.gates import Gate
from indexer.web.requests.keeper import Keeper
from indexer.web.requests.store_outages import outages, try_store

_T = TypeVar("_T")

LIMITS: Final = Limits(request_seconds=30, search_connections=Gate.SEARCHES.places, statement_seconds=10)
"""How long a reader waits for one search, and for a few rows from PostgreSQL; writers of documents wait longer."""


class KeptStore:
    """PostgreSQL, connected to when the first request needs it."""

    def __init__(self, settings: Settings) -> None:
        """Connect to nothing yet."""
        self.settings = settings
        self._store = Keeper(settings, Service.POSTGRESQL, self._open_store, try_store)

    @property
    def store_runs(self) -> bool:
        """Whether the store was there for a request before, or can be asked without starting it."""
        return self._store.client is not None or running_url(self.settings, Service.POSTGRESQL) is not None

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection to the store; raises `ServiceUnavailable`, also if the connection is lost meanwhile."""
        with self._kept() as store, store.connect() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of the store, which is committed at its end; raises `ServiceUnavailable`."""
        with self.connect() as connection, connection.begin():
            yield connection

    def storing(self, work: Callable[[Connection], _T]) -> _T:
        """Run `work` in a transaction of the store; raises `ServiceUnavailable`."""
        with self.transaction() as connection:
            return work(connection)

    def reading(self, work: Callable[[Connection], _T]) -> _T:
        """Run `work` on one snapshot of the store, as documents are computed; raises `ServiceUnavailable`."""
        with self._kept() as store, snapshot(store) as connection:
            return work(connection)

    def close(self) -> None:
        """Close the connections, after the server has stopped."""
        if self._store.client is not None:
            self._store.client.dispose()

    @contextmanager
    def _kept(self) -> Iterator[Engine]:
        store = self._store.get()
        try:
            with outages():
                yield store
        except ServiceUnavailable:
            self._store.doubt()
            raise

    def _open_store(self, _: str) -> Engine:
        with outages():
            return Connections(self.settings, LIMITS).store
