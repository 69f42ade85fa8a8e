"""Tasks that cannot do their work now, because a service is away: they log one line and end.

No task needs a retry of its own: changes that are due stay in the store, and the sweep comes back to them
(docs/decisions/0004). Any other exception of a task is a defect, and Celery logs its traceback.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from kombu.exceptions import KombuError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from indexer.errors import OperatorError
from indexer.plain_text import first_line
from indexer.store.faults import is_outage, words_of

log = structlog.get_logger()

Outage = DBAPIError | RedisError | KombuError | OperatorError
"""The exceptions raised if PostgreSQL, Redis, the broker or (as our own error) any service cannot be used."""

OUTAGES = (DBAPIError, RedisError, KombuError, OperatorError)
"""The exceptions to catch; `expect_outage` then decides whether one is an outage."""


@contextmanager
def left_for_later() -> Iterator[None]:
    """End the task quietly if a service turns out to be away; also a decorator."""
    try:
        yield
    except OUTAGES as error:
        expect_outage(error)
        log_outage(error)


def expect_outage(error: Outage) -> None:
    """Raise an error again if it is not an outage: PostgreSQL answers, and refuses a statement of ours."""
    if isinstance(error, DBAPIError) and not is_outage(error):
        raise error


def log_outage(outage: Outage) -> None:
    """Log in one line which service is away."""
    match outage:
        case DBAPIError():
            log.warning("postgresql_away", error=words_of(outage))
        case RedisError() | KombuError():
            log.warning("redis_away", error=first_line(outage))
        case OperatorError():
            log.warning("put_off", error=first_line(outage), remedy=outage.remedy)
