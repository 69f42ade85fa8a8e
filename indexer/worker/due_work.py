"""Waking workers for work that the store says is due: after a lost message, a delay or an expired lease."""

from celery import Celery

from indexer.connections import Connections
from indexer.datasets.registry import datasets
from indexer.store.jobs.backfills import open_backfills
from indexer.store.jobs.exports import anything_to_do
from indexer.store.queue.changes import due_shards
from indexer.worker.wakeups import wake_all, wake_backfills, wake_export


def wake_for_changes(app: Celery, here: Connections) -> None:
    """Send the drain of each shard that has due changes, of every dataset."""
    with here.store.connect() as connection:
        due = {dataset: due_shards(connection, dataset) for dataset in datasets()}
    wake_all(app, here.redis, due)


def wake_for_backfills(app: Celery, here: Connections, only: int | None = None) -> None:
    """Send workers to the backfills that have free ranges, or only to the one with the number `only`."""
    with here.store.connect() as connection:
        free = open_backfills(connection)
    wake_backfills(app, here.redis, {number: free[number] for number in free if only in (None, number)})


def wake_for_exports(app: Celery, here: Connections) -> None:
    """Send a worker if an export is to be written, a file to be removed or a mail to be sent."""
    with here.store.connect() as connection:
        exports = anything_to_do(connection)
    if exports:
        wake_export(app, here.redis)
