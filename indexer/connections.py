"""The one place that opens PostgreSQL, Elasticsearch and Redis.

A process keeps `connections()`. `connected()` is for one command, and closes what it has opened. `store_at` and
`search_at` open what a URL names for a moment; they start no service and upgrade no schema.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from typing import NamedTuple

from elasticsearch import Elasticsearch
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Connection, Engine

from indexer.clients import redis_client, search_client
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.prometheus import counters
from indexer.search import BulkWriter, Owner, Spread, alias_name, connect
from indexer.search.client import REQUEST_SECONDS
from indexer.services import Service, service_urls
from indexer.settings import Settings, settings
from indexer.store.database import SCHEMA_REVISION, open_store, schema_revision, upgrade
from indexer.store.installation import read_installation
from indexer.store.queue.quarantine_limit import Guard

_MIGRATION_SECONDS = 600.0
"""How long a statement of a migration may take, if other statements have a limit."""


class Limits(NamedTuple):
    """How long a process waits for an answer, in seconds, and how many connections it keeps to Elasticsearch.

    `statement_seconds` is for PostgreSQL; None waits as long as it takes.
    """

    request_seconds: float = REQUEST_SECONDS
    search_connections: int = 10
    statement_seconds: float | None = None


_WORKERS = Limits()


class Connections:
    """The three services as this process uses them; an embedded one that is not running is started."""

    def __init__(self, used: Settings, limits: Limits = _WORKERS) -> None:
        """`used` names the services."""
        self.settings = used
        self._limits = limits
        self._guards: dict[Dataset, Guard] = {}

    @cached_property
    def store(self) -> Engine:
        """PostgreSQL, with the schema up to date."""
        url = service_urls(self.settings, Service.POSTGRESQL).database
        limit = self._limits.statement_seconds
        engine = open_store(url, answer_seconds=limit)
        try:
            if limit is None:
                upgrade(engine)
            elif not _is_of_this_release(engine):
                with store_at(url, answer_seconds=_MIGRATION_SECONDS) as patient:
                    upgrade(patient)
        except BaseException:
            engine.dispose()
            raise
        return engine

    @cached_property
    def search(self) -> Elasticsearch:
        """Elasticsearch."""
        return search_client(
            self.settings,
            request_seconds=self._limits.request_seconds,
            connections=self._limits.search_connections,
        )

    @cached_property
    def owner(self) -> Owner:
        """This installation, as the owner of its indices."""
        with self.store.connect() as connection:
            return Owner(self.search, read_installation(connection))

    @cached_property
    def writer(self) -> BulkWriter:
        """The writer of documents, one for all threads of the process."""
        return BulkWriter(self.search, owner=self.owner, began=counters.request_began, observe=counters.observe)

    @cached_property
    def redis(self) -> Redis:
        """Redis."""
        return redis_client(self.settings)

    def close(self) -> None:
        """Close all open connections; those used afterwards are opened again."""
        opened = vars(self)
        if "writer" in opened:
            self.writer.close()
        if "search" in opened:
            self.search.close()
        if "store" in opened:
            self.store.dispose()
        if "redis" in opened:
            self.redis.close()
        for name in ("store", "search", "owner", "writer", "redis"):
            opened.pop(name, None)
        self._guards.clear()

    def expect_redis(self) -> None:
        """Raise `ServiceUnavailable` unless Redis answers: Celery would silently try for ever."""
        try:
            self.redis.ping()
        except (RedisError, ValueError) as error:
            raise ServiceUnavailable(
                f"Redis cannot be used: {error}",
                "start it, or correct REDIS_URL; if it is not set, the embedded Redis is used",
            ) from error

    def guard(self, dataset: Dataset) -> Guard:
        """The limit of the quarantine, which remembers the outcomes of this process's last documents of the dataset."""
        if dataset not in self._guards:
            self._guards[dataset] = Guard(
                self.store, dataset, self.settings.quarantine_share, self.settings.quarantine_minimum
            )
        return self._guards[dataset]

    @property
    def alias(self) -> str:
        """The alias of the conversations' documents."""
        return self.alias_of(CONVERSATIONS)

    def alias_of(self, dataset: Dataset) -> str:
        """The alias of a dataset's documents."""
        return alias_name(self.settings.index_prefix, dataset.name)

    @property
    def spread(self) -> Spread:
        """How the documents of indices made from now on are spread."""
        return Spread(self.settings.index_shards, self.settings.workspace_shards)


@cache
def connections() -> Connections:
    """The connections of this process. A forked process must not use its parent's: see `indexer.tasks`."""
    return Connections(settings())


@contextmanager
def connected() -> Iterator[Connections]:
    """Connections for one command, which are closed after it."""
    here = Connections(settings())
    try:
        yield here
    finally:
        here.close()


@contextmanager
def store_at(url: str, *, answer_seconds: float | None = None) -> Iterator[Engine]:
    """PostgreSQL at a URL, for a moment; its schema stays as it is. Raises `ServiceUnavailable`."""
    engine = open_store(url, answer_seconds=answer_seconds)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def store_of_this_release(url: str) -> Iterator[Connection]:
    """A connection to PostgreSQL at a URL; raises `OperatorError` if its tables are not those of this release."""
    with store_at(url) as store, store.connect() as connection:
        found = schema_revision(connection)
        if found is None:
            raise OperatorError("the store is empty", "import something: indexer import FILE --workspace ID")
        if found != SCHEMA_REVISION:
            raise OperatorError(
                f"the store's schema is at revision {found}, this release needs {SCHEMA_REVISION}",
                "if the schema is older, any command that writes upgrades it; if it is newer, use the release that "
                "created it",
            )
        yield connection


@contextmanager
def search_at(url: str, *, request_seconds: float = REQUEST_SECONDS) -> Iterator[Elasticsearch]:
    """Elasticsearch at a URL, for a moment. Raises `ServiceUnavailable` and `OperatorError`."""
    with connect(url, request_seconds=request_seconds) as client:
        yield client


def _is_of_this_release(engine: Engine) -> bool:
    with engine.connect() as connection:
        return schema_revision(connection) == SCHEMA_REVISION
