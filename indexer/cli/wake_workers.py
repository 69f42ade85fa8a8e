"""Waking the workers after a command has given them something to do."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from indexer.datasets.dataset import Dataset


def wake_workers(shards: Collection[int], done: str, dataset: "Dataset") -> None:
    """Send the drains of these shards; if Redis is away, report that `done` is true all the same."""
    wake_workers_of({dataset: shards}, done)


def wake_workers_of(shards: Mapping["Dataset", Collection[int]], done: str) -> None:
    """The same for several datasets."""
    if not any(shards.values()):
        return
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    from indexer.connections import connections
    from indexer.errors import ServiceUnavailable
    from indexer.tasks import app as celery
    from indexer.worker.wakeups import wake_all

    try:
        wake_all(celery, connections().redis, shards)
    except (RedisError, OperationalError, ServiceUnavailable, ValueError) as error:
        typer.echo(
            f"warning: everything is {done}, but no worker was woken ({error}); the next sweep wakes one", err=True
        )
    with connections().store.connect() as connection:
        say_what_waits(connection)


def say_what_waits(connection: "Connection") -> None:
    """Report how much is to be indexed, and what to do if there is no worker."""
    from indexer.operations.freshness import freshness
    from indexer.store.signs import has_taker

    found = freshness(connection)
    if found.waiting and not has_taker(connection, "live"):
        verb = "waits" if found.waiting == 1 else "wait"
        typer.echo(f"{found.waiting:,} {verb} for a worker: indexer worker --until-idle", err=True)


def wake_backfilling_workers() -> None:
    """Send workers to the backfills that have something to do; if Redis is away, the sweep does it later."""
    from indexer.connections import connections
    from indexer.store.jobs.backfills import open_backfills
    from indexer.tasks import app as celery
    from indexer.worker.wakeups import wake_backfills

    with connections().store.connect() as connection:
        free = open_backfills(connection)
    with if_redis_answers():
        wake_backfills(celery, connections().redis, free)


def wake_exporting_workers() -> None:
    """Send a worker to the exports; if Redis is away, the sweep does it later."""
    from indexer.connections import connections
    from indexer.tasks import app as celery
    from indexer.worker.wakeups import wake_export

    with if_redis_answers():
        wake_export(celery, connections().redis)


@contextmanager
def if_redis_answers() -> Iterator[None]:
    """Do something with Redis that may be left out: the sweep does it later, or it is not needed."""
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    from indexer.errors import ServiceUnavailable

    with suppress(RedisError, OperationalError, ServiceUnavailable, ValueError):
        yield
