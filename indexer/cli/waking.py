"""Waking the workers after a command has given them something to do."""

from collections.abc import Collection

import typer


def wake_workers(shards: Collection[int], done: str) -> None:
    """Send the drains of these shards; without a Redis to send them through, say that `done` holds all the same."""
    if not shards:
        return
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    from indexer.errors import ServiceUnavailable
    from indexer.pipeline.connections import connections
    from indexer.pipeline.waking import wake
    from indexer.tasks import app as celery

    try:
        wake(celery, connections().redis, shards)
    except (RedisError, OperationalError, ServiceUnavailable, ValueError) as error:
        typer.echo(f"warning: all is {done}, but no worker was woken ({error}); a sweep will do it", err=True)
