"""Stopping a worker when nothing is left to do."""

import os
import signal
import threading
import time
from collections.abc import Callable, Collection

import structlog
from celery import Celery
from elasticsearch import ApiError, TransportError
from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from indexer.connections import Connections
from indexer.datasets.registry import datasets
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.operations.queue_status import read_queues, total
from indexer.settings import settings
from indexer.store.faults import is_outage
from indexer.store.jobs.backfills import is_any_running
from indexer.store.jobs.exports import being_written
from indexer.store.queue.changes import Depth
from indexer.worker.due_work import wake_for_backfills, wake_for_changes, wake_for_exports

log = structlog.get_logger()

POLL_SECONDS = 0.25


class IdleWatch:
    """Watches the queue from a thread, and ends this process (a warm shutdown) once it has stayed empty.

    Indices are refreshed first, so that readers who waited for the end see the documents. The watch has connections
    of its own, since those of the process are for the processes it forks. `fault` is the reason if it gave up.
    """

    def __init__(self, app: Celery, queues: Collection[str]) -> None:
        """Make the watch of a worker on these queues; nothing is watched before `start`."""
        self._app = app
        self._backfills = "backfill" in queues
        self.fault: OperatorError | None = None

    def start(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._watch, name="idle-watch", daemon=True).start()

    def _watch(self) -> None:
        here = Connections(settings())
        try:
            wait_until_empty(here, lambda _: self._wake(here), backfills=self._backfills)
            here.search.indices.refresh(index=[here.alias_of(dataset) for dataset in datasets()])
        except Exception as error:  # whatever the error, the worker must not run for ever unwatched
            self.fault = _given_up(error)
        os.kill(os.getpid(), signal.SIGTERM)

    def _wake(self, here: Connections) -> None:
        """Wake workers for due changes, exports and backfills, as the sweep does, even if no beat runs."""
        wake_for_changes(self._app, here)
        wake_for_exports(self._app, here)
        if self._backfills:
            wake_for_backfills(self._app, here)


def _given_up(error: Exception) -> OperatorError:
    """The error that says why the queue is not watched any more."""
    if isinstance(error, OperatorError):
        return error
    away = isinstance(error, ApiError | TransportError | RedisError | KombuError)
    if away or (isinstance(error, DBAPIError) and is_outage(error)):
        reason = str(error).splitlines()[0]
        return ServiceUnavailable(f"work is left, and a service is away: {reason}", "see what is wrong: indexer doctor")
    log.error("idle_watch_failed", exc_info=error)
    return OperatorError(f"the queue could not be watched: {error!r}", "see what is wrong: indexer doctor")


def wait_until_empty(here: Connections, on_depth: Callable[[Depth], None], *, backfills: bool = False) -> None:
    """Return once two looks in a row have found nothing due, leased or waiting, and no export that is to be written.

    With `backfills`, no backfill may run either; one that is paused may be there. `on_depth` gets the result of each
    look.

    Raises `OperatorError` if the limit of the quarantine has stopped all indexing, which waiting would not end.
    """
    empty = 0
    while empty < 2:
        with here.store.connect() as connection:
            queues = read_queues(connection)
            busy = being_written(connection) or (backfills and is_any_running(connection))
        for stop in filter(None, (one.stop for one in queues)):
            raise OperatorError(
                f"indexing has stopped: {stop.reason}", "correct the cause, then: indexer quarantine resume"
            )
        found = total([one.depth for one in queues])
        on_depth(found)
        empty = 0 if found.unindexed or busy else empty + 1
        time.sleep(POLL_SECONDS)
