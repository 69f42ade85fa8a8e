"""The connections of one process, made when they are first needed."""

from functools import cache, cached_property

from elasticsearch import Elasticsearch
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine

from indexer.clients import redis_client, search_client
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.errors import ServiceUnavailable
from indexer.prometheus import counters
from indexer.search import BulkWriter, Owner, Spread, alias_name
from indexer.services import Service, service_urls
from indexer.settings import Settings, settings
from indexer.store.database import open_store, upgrade
from indexer.store.installation import read_installation
from indexer.store.queue.quarantine_limit import Guard


class Connections:
    """The three services as this process uses them; an embedded one that is not running is started."""

    def __init__(self, used: Settings) -> None:
        """`used` says where the services are."""
        self.settings = used
        self._guards: dict[Dataset, Guard] = {}

    @cached_property
    def store(self) -> Engine:
        """PostgreSQL, with the schema up to date."""
        engine = open_store(service_urls(self.settings, Service.POSTGRESQL).database)
        upgrade(engine)
        return engine

    @cached_property
    def search(self) -> Elasticsearch:
        """Elasticsearch."""
        return search_client(self.settings)

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
