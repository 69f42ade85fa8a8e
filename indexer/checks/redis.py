"""Checks of Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from indexer.checks.check import Check, Finding, Installation, Verdict
from indexer.embedded.service import Service
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.urls import masked

if TYPE_CHECKING:
    from redis import Redis

_SECONDS = 10.0


@contextmanager
def redis_of(installation: Installation) -> Iterator["Redis"]:
    """A client of Redis; raises `OperatorError`, and `ServiceUnavailable` if it is away or goes away meanwhile."""
    from redis import Redis
    from redis.exceptions import AuthenticationError, ConnectionError, TimeoutError

    url = installation.url(Service.REDIS)
    shown = masked(url)
    try:
        client = Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
    except ValueError as error:
        raise OperatorError(f"REDIS_URL is not a URL: {error}", "write it as redis://:password@host:6379/0") from error
    try:
        yield client
    except AuthenticationError as error:
        raise OperatorError(f"Redis at {shown} refuses the password", "correct the password in REDIS_URL") from error
    except (ConnectionError, TimeoutError) as error:
        raise ServiceUnavailable(
            f"Redis at {shown} cannot be reached: {error}",
            "start it, or correct REDIS_URL; if it is not set, the embedded Redis is used",
        ) from error
    finally:
        client.close()


def reachable(installation: Installation) -> Finding:
    """Whether it answers, and its version."""
    with redis_of(installation) as client:
        client.ping()
        version = client.info("server")["redis_version"]
    return Finding(Verdict.OK, f"{version} at {installation.url(Service.REDIS).rpartition('@')[2]}")


def eviction(installation: Installation) -> Finding:
    """Whether Redis may drop wake-ups when its memory is full; changes would then be late, not lost."""
    from redis.exceptions import ResponseError

    with redis_of(installation) as client:
        try:
            policy = client.config_get("maxmemory-policy")["maxmemory-policy"]
        except ResponseError:
            return Finding(Verdict.SKIPPED, "this Redis does not show its configuration")
    if policy == "noeviction":
        return Finding(Verdict.OK, policy)
    return Finding(
        Verdict.FAILED,
        f"maxmemory-policy is {policy}: queued tasks disappear when memory is full",
        "set maxmemory-policy noeviction, or use a separate Redis for the indexer",
    )


CHECKS = (Check("redis", reachable, Service.REDIS), Check("redis eviction", eviction, Service.REDIS))
