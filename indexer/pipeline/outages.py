"""Tasks that cannot do their work now, because a service is away: a line in the log and no more.

No task needs to be tried again by itself: what is due stays in the store, and the sweep comes back to it
(docs/decisions/0004). Anything else that a task raises is a defect, and Celery logs its traceback.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError

from indexer.errors import OperatorError

log = structlog.get_logger()

Outage = OperationalError | InterfaceError | RedisError | KombuError | OperatorError
"""What is raised when PostgreSQL, Redis, the broker or (as our own error) any service cannot be used."""

OUTAGES = (OperationalError, InterfaceError, RedisError, KombuError, OperatorError)


@contextmanager
def left_for_later() -> Iterator[None]:
    """Leave off where a service turns out to be away; also a decorator."""
    try:
        yield
    except OUTAGES as outage:
        log_outage(outage)


def log_outage(outage: Outage) -> None:
    """Say in one line what is away."""
    match outage:
        case OperationalError() | InterfaceError():
            log.warning("postgresql_away", error=_first_line(outage.orig))
        case RedisError() | KombuError():
            log.warning("redis_away", error=_first_line(outage))
        case OperatorError():
            log.warning("put_off", error=_first_line(outage), remedy=outage.remedy)


def _first_line(error: BaseException | None) -> str:
    return str(error).partition("\n")[0]
