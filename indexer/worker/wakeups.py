"""Waking the workers: a message per shard with something due, and never more than one of them waiting.

A message that is lost costs time, not data: the sweep finds what is due.
"""

from collections.abc import Iterable, Mapping

from celery import Celery
from redis import Redis

from indexer.datasets.dataset import Dataset

_PENDING_SECONDS = 30
"""After this long a message that was not taken counts as lost, and another may be sent."""

_EXPORT = "indexer:waking:export"

_MADE_ROOM = "indexer:waking:made_room"
_ROOM_MILLISECONDS = 500
"""The time that the process that made room may need to take a message."""

_BACKFILL_WORKERS = 128
"""The most processes, on all hosts together, that are sent to one backfill."""


def wake(app: Celery, redis: Redis, shards: Iterable[int], dataset: Dataset) -> int:
    """Send the drain of each shard of a dataset, unless one is waiting already; returns how many were sent."""
    asked = list(shards)
    with redis.pipeline(transaction=False) as pipeline:
        for shard in asked:
            pipeline.set(_key(shard, dataset), 1, nx=True, ex=_PENDING_SECONDS)
        free = pipeline.execute()
    sent = [shard for shard, is_free in zip(asked, free, strict=True) if is_free]
    for shard in sent:
        app.send_task("indexer.drain", args=[shard, dataset.name], queue="live")
    return len(sent)


def wake_all(app: Celery, redis: Redis, shards: Mapping[Dataset, Iterable[int]]) -> None:
    """Send the drains of the shards of each dataset, as `wake` does."""
    for dataset, of_dataset in shards.items():
        wake(app, redis, of_dataset, dataset)


def wake_backfills(app: Celery, redis: Redis, free: Mapping[int, int]) -> int:
    """Send workers to the backfills, given how many ranges of each are free; as many as can work at once."""
    sent = 0
    for backfill_id, ranges in free.items():
        for place in range(min(ranges, _BACKFILL_WORKERS)):
            if redis.set(_backfill_key(backfill_id, place), 1, nx=True, ex=_PENDING_SECONDS):
                app.send_task("indexer.backfill", args=[backfill_id, place], queue="backfill")
                sent += 1
    return sent


def forget_backfill_wakeup(redis: Redis, backfill_id: int, place: int) -> None:
    """The message of a backfill has been taken, and another may be sent."""
    redis.delete(_backfill_key(backfill_id, place))


def wake_export(app: Celery, redis: Redis) -> bool:
    """Send a worker to the exports, unless a message to that effect is waiting already; whether one was sent."""
    sent = bool(redis.set(_EXPORT, 1, nx=True, ex=_PENDING_SECONDS))
    if sent:
        app.send_task("indexer.export", queue="maintenance")
    return sent


def forget_export_wakeup(redis: Redis) -> None:
    """The message about exports has been taken, and another may be sent."""
    redis.delete(_EXPORT)


def should_make_room(redis: Redis) -> bool:
    """Whether a process that works on a backfill should end, because a message of another kind waits.

    Only one process at a time gets true: if all made room for one message, Elasticsearch would have nothing to do
    until they are back.
    """
    if not any(redis.llen(queue) for queue in ("live", "maintenance")):
        return False
    return bool(redis.set(_MADE_ROOM, 1, nx=True, px=_ROOM_MILLISECONDS))


def _backfill_key(backfill_id: int, place: int) -> str:
    return f"indexer:waking:backfill:{backfill_id}:{place}"


def forget_wakeup(redis: Redis, shard: int, dataset: Dataset) -> None:
    """The message of a shard has been taken: later changes need another. To be called before leasing."""
    redis.delete(_key(shard, dataset))


def _key(shard: int, dataset: Dataset) -> str:
    return f"indexer:waking:{dataset}:{shard}"
