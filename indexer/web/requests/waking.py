"""Waking the workers after a request has given them something to do. It is never in the way of the answer."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from indexer.clients import broker_url
from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.errors import OperatorError
from indexer.plain_text import first_line
from indexer.settings import Settings
from indexer.worker.wakeups import wake_all, wake_backfills, wake_export

log = structlog.get_logger()

_AWAY_SECONDS = 30.0
"""How long a Redis that cannot be reached is left alone: the sweep wakes the workers meanwhile."""


class Waker:
    """Sends the drains of shards; connects when the first request needs it."""

    def __init__(self, settings: Settings) -> None:
        """`settings` name Redis."""
        self._settings = settings
        self._lock = threading.Lock()
        self._clients: tuple[Celery, Redis] | None = None
        self._away_until = 0.0

    def wake(self, shards: Mapping[Dataset, Iterable[int]]) -> None:
        """Wake the shards of each dataset; if Redis is away, the next sweep does it."""
        if any(shards.values()):
            self._send(lambda celery, redis: wake_all(celery, redis, shards))

    def wake_backfills(self, free: Mapping[int, int]) -> None:
        """Send workers to backfills, given how many ranges of each are free, in the same way."""
        if free:
            self._send(lambda celery, redis: wake_backfills(celery, redis, free))

    def wake_exports(self) -> None:
        """Send a worker to the exports, in the same way."""
        self._send(wake_export)

    def _send(self, message: Callable[[Celery, Redis], object]) -> None:
        if time.monotonic() < self._away_until:
            return
        try:
            message(*self._connected())
        except (RedisError, OperationalError, OperatorError, ValueError) as error:
            self._away_until = time.monotonic() + _AWAY_SECONDS
            log.warning("workers_not_woken", error=first_line(error))

    def close(self) -> None:
        """Close the connections, after the server has stopped."""
        if self._clients is not None:
            celery, redis = self._clients
            celery.close()
            redis.close()

    def _connected(self) -> tuple[Celery, Redis]:
        with self._lock:
            if self._clients is None:
                options = {"socket_timeout": 5, "socket_connect_timeout": 5}
                celery = Celery("indexer", broker=broker_url(self._settings), set_as_current=False)
                celery.conf.update(
                    task_ignore_result=True,
                    broker_transport_options=options,
                    task_publish_retry=False,
                    broker_connection_retry=False,
                )
                self._clients = celery, Connections(self._settings).redis
            return self._clients
