"""Checks of PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from indexer.checks.check import Check, Finding, Installation, Verdict
from indexer.embedded.service import Service
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OLDEST = 140000

_Read = TypeVar("_Read")

NO_STORE = Finding(Verdict.SKIPPED, "PostgreSQL cannot be used")
"""The finding of a check that also needs the store, if the store cannot be reached."""


@contextmanager
def connected(installation: Installation) -> Iterator["Connection"]:
    """A connection to the store."""
    from indexer.connections import store_at

    with store_at(installation.url(Service.POSTGRESQL)) as store, store.connect() as connection:
        yield connection


def read_store(installation: Installation, read: Callable[["Connection"], _Read], empty: _Read) -> _Read | None:
    """Read the store for a check of another service.

    Returns `empty` if the store lacks the tables of this release; None if it cannot be reached, which its own checks
    report.
    """
    from sqlalchemy.exc import DBAPIError

    from indexer.store.database import SCHEMA_REVISION, schema_revision

    try:
        with connected(installation) as connection:
            return read(connection) if schema_revision(connection) == SCHEMA_REVISION else empty
    except (DBAPIError, OperatorError):
        return None


def reachable(installation: Installation) -> Finding:
    """Whether it answers, and its version."""
    with connected(installation) as connection:
        number, version = connection.exec_driver_sql(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version')"
        ).one()
    detail = f"{version} at {installation.url(Service.POSTGRESQL).rpartition('@')[2]}"
    if number < _OLDEST:
        return Finding(Verdict.FAILED, detail, "use PostgreSQL 14 or newer")
    return Finding(Verdict.OK, detail)


def schema(installation: Installation) -> Finding:
    """Whether the tables are those of this release."""
    from indexer.store.database import SCHEMA_REVISION, schema_revision

    with connected(installation) as connection:
        found = schema_revision(connection)
    if found == SCHEMA_REVISION:
        return Finding(Verdict.OK, f"at revision {found}")
    if found is None:
        return Finding(Verdict.WARNING, "empty", "the first import creates the tables")
    return Finding(
        Verdict.FAILED,
        f"at revision {found}, this release needs {SCHEMA_REVISION}",
        "if it is older, any command that writes upgrades it; if it is newer, use the release that created it",
    )


def quarantine_limit(installation: Installation) -> Finding:
    """Whether workers have stopped because too many documents would have gone to quarantine."""
    from indexer.datasets.registry import datasets
    from indexer.store.database import SCHEMA_REVISION, schema_revision
    from indexer.store.queue.drain_stops import drain_stop

    with connected(installation) as connection:
        known = datasets() if schema_revision(connection) == SCHEMA_REVISION else ()
        stops = [stop for dataset in known if (stop := drain_stop(connection, dataset)) is not None]
    if not stops:
        return Finding(Verdict.OK, "not exceeded")
    said = "; ".join(
        f"no {stop.dataset.replace('_', ' ')} are indexed since {stop.since:%Y-%m-%d %H:%M:%S %Z}: {stop.reason}; "
        f"for example {stop.error}"
        for stop in stops
    )
    return Finding(
        Verdict.FAILED, said, f"correct the cause, then: indexer quarantine resume --dataset {stops[0].dataset}"
    )


CHECKS = (
    Check("postgresql", reachable, Service.POSTGRESQL),
    Check("postgresql schema", schema, Service.POSTGRESQL),
    Check("quarantine limit", quarantine_limit, Service.POSTGRESQL),
)
