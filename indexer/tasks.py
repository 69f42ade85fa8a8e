"""The Celery application: small tasks that call the rooms below.

Nothing is lost with a message: the work to do is in the table `changes`, and messages only wake workers
(docs/decisions/0004). So there is no result backend, and a task may run twice or not at all. The one exception is
`conversation_changed`, which other programs send: see there.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery
from celery.exceptions import Reject
from celery.platforms import set_pdeathsig
from celery.signals import (
    beat_embedded_init,
    beat_init,
    setup_logging,
    worker_init,
    worker_process_init,
    worker_shutting_down,
)
from redis import Redis

from indexer import logs
from indexer.clients import broker_url
from indexer.connections import connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.registry import dataset_named, datasets
from indexer.embedded.worker_pids import sign_in
from indexer.exports.export_writer import ExportWriter
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.reconcile_walk import load_walk, reconcile_step, save_result, save_walk
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.indexing.restore_refresh import restore_refreshes
from indexer.prometheus import counters
from indexer.run_mailings import run_mailings
from indexer.search import answers
from indexer.settings import settings
from indexer.store.entities.event_weeks import close_weeks
from indexer.store.queue.changes import forget_rested, mark_changed
from indexer.worker.due_work import wake_for_backfills, wake_for_changes, wake_for_exports
from indexer.worker.garbage import collect_seldom
from indexer.worker.outages import OUTAGES, expect_outage, left_for_later, log_outage
from indexer.worker.shutdown import Ending
from indexer.worker.wakeups import (
    forget_backfill_wakeup,
    forget_export_wakeup,
    forget_wakeup,
    should_make_room,
    wake,
)

log = structlog.get_logger()

QUEUES = ("live", "backfill", "maintenance")

DRAIN_SECONDS = 20.0
"""After this long a drain hands over to a new message, so that no task reaches its time limit."""

BACKFILL_SECONDS = 2.0
"""After this long a backfill makes room if other work waits for a worker, so that a change waits no longer."""

TASK_SECONDS = 180
"""After this long the process of a task is killed."""

EXPORT_SECONDS = 3_300
"""The same for exports: the rows of a large export are packed in one step."""

AGAIN_SECONDS = 2.0
"""How long a message that must not be lost is held, if it cannot be worked on, before it goes back to its queue."""

CLOSE_SECONDS = 600.0
"""How often the beat looks for weeks whose single events of people are to go."""

ENDING = Ending()
"""Whether this worker is to stop."""

app = Celery("indexer")


def _configuration() -> dict[str, Any]:
    used = settings()
    return {
        "broker_url": broker_url(used),
        "broker_connection_retry_on_startup": True,
        # By default a worker ends after a hundred tries, which takes 46 minutes.
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": 3600,
            "socket_timeout": 10,
            "socket_connect_timeout": 10,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_soft_time_limit": 120,
        "task_time_limit": TASK_SECONDS,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_default_queue": "live",
        "worker_prefetch_multiplier": 1,
        "worker_concurrency": used.worker_processes,
        "worker_max_tasks_per_child": 10_000,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # The schedule has no memory: the sweep looks for work in the database.
        "beat_scheduler": "indexer.worker.signs_of_life:BeatingScheduler",
        "beat_max_loop_interval": 1,
        "beat_schedule": {
            name: {
                "task": f"indexer.{name}",
                "schedule": seconds,
                "options": {"queue": "maintenance", "expires": lasts * seconds},
            }
            for name, seconds, lasts in (
                ("sweep", used.sweep_seconds, 10),
                ("reconcile", used.reconcile_seconds, 1),
                ("mailings", used.mailings_seconds, 1),
                ("close_event_weeks", CLOSE_SECONDS, 1),
            )
        },
    }


app.add_defaults(_configuration)


@setup_logging.connect
def _configure_logs(loglevel: int, **_: object) -> None:
    logs.configure(loglevel)


@worker_init.connect
def _sign_in_the_worker(**_: object) -> None:
    sign_in(settings(), "worker")


@beat_init.connect
def _sign_in_the_beat(**_: object) -> None:
    sign_in(settings(), "beat")


@worker_process_init.connect
def _forget_the_parents_connections(**_: object) -> None:
    connections.cache_clear()
    collect_seldom()


@worker_shutting_down.connect
def _tell_the_processes(**_: object) -> None:
    ENDING.begin()


@beat_embedded_init.connect
def _end_with_the_worker(**_: object) -> None:
    # As Celery does for the other processes. A beat that is left behind would send for ever.
    set_pdeathsig("SIGKILL")


@app.task(name="indexer.drain")
@left_for_later()
def drain(shard: int, dataset: str) -> None:
    """Index the due changes of a shard."""
    here = connections()
    drained = dataset_named(dataset)
    forget_wakeup(here.redis, shard, drained)
    counters.woken()
    until = time.monotonic() + DRAIN_SECONDS

    def go_on() -> bool:
        return time.monotonic() < until and not ENDING.begun

    counts = Drain.from_connections(here, drained).run(shard, go_on=go_on)
    if counts:
        log.info("drained", dataset=dataset, shard=shard, **counts)
    if not go_on():
        wake(app, here.redis, [shard], drained)


@app.task(name="indexer.backfill")
@left_for_later()
def backfill(backfill_id: int, place: int) -> None:
    """Work on a backfill for a moment; `place` is one of the places that limit its workers."""
    here = connections()
    forget_backfill_wakeup(here.redis, backfill_id, place)
    done = Backfiller.from_connections(here).run(backfill_id, go_on=_until_somebody_waits(here.redis))
    if done:
        log.info("backfilled", backfill=backfill_id, conversations=done)
    wake_for_backfills(app, here, backfill_id)


def _until_somebody_waits(redis: Redis) -> Callable[[], bool]:
    """A function that says whether to continue with work that can be left at any moment."""
    begun = time.monotonic()

    def go_on() -> bool:
        seconds = time.monotonic() - begun
        if ENDING.begun or seconds >= DRAIN_SECONDS:
            return False
        return seconds < BACKFILL_SECONDS or not should_make_room(redis)

    return go_on


@app.task(name="indexer.export", soft_time_limit=EXPORT_SECONDS, time_limit=EXPORT_SECONDS + 60)
@left_for_later()
def export() -> None:
    """Write exports for a moment, remove expired ones, and mail those who ordered one."""
    here = connections()
    forget_export_wakeup(here.redis)
    done = ExportWriter.from_connections(here).run(go_on=_until_somebody_waits(here.redis))
    if done:
        log.info("exported", exports=done)
    wake_for_exports(app, here)


@app.task(name="indexer.sweep")
@left_for_later()
def sweep() -> None:
    """Wake the shards that have due changes: after lost messages, after a delay, after an expired lease.

    Do the same for backfills, delete rests that are over, and restore the refresh that a killed swap switched off.
    """
    here = connections()
    wake_for_exports(app, here)  # files to be removed and mails to be sent need no Elasticsearch
    if not answers(here.search):
        log.warning("elasticsearch_away")
        return
    restore_refreshes(here.store, here.search, here.settings.index_prefix, here.owner)
    with here.store.begin() as connection:
        forget_rested(connection)
    wake_for_changes(app, here)
    wake_for_backfills(app, here)


@app.task(name="indexer.reconcile")
@left_for_later()
def reconcile() -> None:
    """Compare the next part of each dataset's store with its index, and repair the differences.

    New definitions reach existing documents by a rebuild or a backfill, not by a random sample here.
    """
    here = connections()
    if ENDING.begun or not answers(here.search):
        return
    options = ReconcileOptions(here.settings.reconcile_sample, repair=True, spare_outdated=True, most_samples=5)
    for dataset in datasets():
        reconciler, walk = Reconciler.from_connections(here, dataset), load_walk(here.redis, dataset)
        step = reconcile_step(reconciler, walk, here.settings.reconcile_documents, options)
        save_walk(here.redis, step.walk, dataset)
        if step.result is not None:
            save_result(here.redis, step.result, dataset)
        wake(app, here.redis, step.found.shards, dataset)


@app.task(name="indexer.mailings")
@left_for_later()
def mailings() -> None:
    """Send the subscriptions that are due, and check the alerts."""
    until = time.monotonic() + TASK_SECONDS / 3  # the next round goes on with what is left
    run_mailings(connections(), lambda: not ENDING.begun and time.monotonic() < until)


@app.task(name="indexer.close_event_weeks")
@left_for_later()
def close_event_weeks() -> None:
    """Drop the single events of people that have been kept for long enough; their summaries stay."""
    here = connections()
    with here.store.begin() as connection:
        closed = close_weeks(connection, time.time() - here.settings.person_event_days * 86_400)
    if closed:
        log.info("event_weeks_closed", weeks=len(closed), last=max(closed))


@app.task(name="indexer.conversation_changed")
def conversation_changed(workspace_id: str, conversation_id: str) -> None:
    """Make a stored conversation due; for other producers, which need only the name of this task.

    This message is more than a wake-up: until the change is in the store, it goes back to its queue. It is lost if
    Redis loses its data before.
    """
    here = connections()
    try:
        with here.store.begin() as connection:
            marked = mark_changed(connection, CONVERSATIONS, workspace_id, [conversation_id])
    except OUTAGES as outage:
        expect_outage(outage)
        log_outage(outage)
        time.sleep(AGAIN_SECONDS)
        raise Reject(requeue=True) from outage
    if marked.unknown:
        log.warning("unknown_conversation", workspace=workspace_id, conversation=conversation_id)
    with left_for_later():
        wake(app, here.redis, marked.shards, CONVERSATIONS)
