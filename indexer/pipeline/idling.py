"""Ending a worker when nothing is left to do."""

import os
import signal
import threading
import time
from collections.abc import Callable

import structlog
from celery import Celery

from indexer.pipeline.connections import Connections
from indexer.pipeline.waking import wake
from indexer.settings import settings
from indexer.store.changes import Depth, depth, due_shards

log = structlog.get_logger()

POLL_SECONDS = 0.25


def end_when_idle(app: Celery) -> None:
    """Watch the queue from a thread, and end this process (a warm shutdown) once it has stayed empty.

    What has been indexed is refreshed first, so that whoever waited for the end sees it. Watches over connections of
    its own, since those of the process are for what it forks.
    """
    threading.Thread(target=_watch, args=(app, Connections(settings())), name="idle-watch", daemon=True).start()


def _watch(app: Celery, here: Connections) -> None:
    try:
        wait_until_empty(here, lambda _: wake_due(app, here))
        here.search.indices.refresh(index=here.alias)
    except Exception:
        log.exception("idle_watch_failed")
    os.kill(os.getpid(), signal.SIGTERM)


def wait_until_empty(here: Connections, on_depth: Callable[[Depth], None]) -> None:
    """Return once two looks in a row have found nothing due, leased or waiting; each look is told to `on_depth`."""
    empty = 0
    while empty < 2:
        with here.store.connect() as connection:
            found = depth(connection)
        on_depth(found)
        empty = 0 if found.due or found.leased or found.waiting else empty + 1
        time.sleep(POLL_SECONDS)


def wake_due(app: Celery, here: Connections) -> None:
    """What the sweep does, also where no beat runs."""
    with here.store.connect() as connection:
        shards = due_shards(connection)
    wake(app, here.redis, shards)
