"""Waking the workers: a message per shard with something due, and never more than one of them waiting.

A message that is lost costs time, not data: the sweep finds what is due.
"""

from collections.abc import Iterable

from celery import Celery
from redis import Redis

_PENDING_SECONDS = 30
"""After this long a message that nobody took is taken for lost, and another may be sent."""


def wake(app: Celery, redis: Redis, shards: Iterable[int]) -> int:
    """Send the drain of each shard, unless one is waiting already; returns how many were sent."""
    sent = 0
    for shard in shards:
        if redis.set(_key(shard), 1, nx=True, ex=_PENDING_SECONDS):
            app.send_task("indexer.drain", args=[shard], queue="live")
            sent += 1
    return sent


def taken(redis: Redis, shard: int) -> None:
    """The message of a shard has been taken: what changes from now on needs another. To be called before leasing."""
    redis.delete(_key(shard))


def _key(shard: int) -> str:
    return f"indexer:waking:{shard}"
