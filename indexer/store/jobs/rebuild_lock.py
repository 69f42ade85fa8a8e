"""The lock of the one process that acts on the rebuild of a dataset.

A session of PostgreSQL holds it, on a connection of its own. So it becomes free as soon as its process has ended, in
whatever way, and it is lost with the connection: statements on `RebuildLock.transaction` run under the lock or not at
all, and before each effect elsewhere such a transaction checks whether the lock is held.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from indexer.datasets.dataset import Dataset
from indexer.errors import OperatorError

PATIENCE_SECONDS = 2.0
"""How long to wait for the lock: its last holder may be ending, or need it only for a moment."""

_SPACE = 12
"""The first half of the key; all other advisory locks here have keys of a single number."""

_ABOUT = "indexer: "

_KEY = f"{_SPACE}, hashtext(%(dataset)s)"

_HOLDERS = f"""
    FROM pg_locks AS held JOIN pg_database ON held.database = pg_database.oid
    WHERE held.locktype = 'advisory' AND held.granted AND datname = current_database()
        AND held.classid = {_SPACE} AND held.objid = hashtext(%(dataset)s)::oid AND held.objsubid = 2
"""

_LOCK_NOT_AVAILABLE = "55P03"


class RebuildHeld(OperatorError):
    """Another process has the lock."""


@dataclass(frozen=True, slots=True)
class RebuildLock:
    """The lock on a dataset's rebuild, as its holder has it."""

    connection: Connection
    dataset: Dataset

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of the session that holds the lock; raises `OperatorError` if it has been lost."""
        with self.connection.begin():
            if not _is_held_here(self.connection, self.dataset):
                raise OperatorError(
                    f"the connection to PostgreSQL broke, and with it the lock on the rebuild of {self.dataset}",
                    "see its progress: indexer index status; continue it: indexer index rebuild",
                )
            yield self.connection


@contextmanager
def hold_rebuild(
    store: Engine, dataset: Dataset, *, patience_seconds: float = PATIENCE_SECONDS
) -> Iterator[RebuildLock]:
    """Hold the lock; raises `RebuildHeld` with the name of its holder if another process keeps it for this long."""
    with store.connect() as connection:
        connection.detach()  # when it is closed, the session ends, so the pool never hands out a session with a lock
        try:
            with connection.begin():
                connection.exec_driver_sql(
                    """
                    SELECT set_config('application_name', %(name)s, false),
                        set_config('lock_timeout', %(patience)s, true),
                        -- A host that is gone says nothing: the server lets its lock go after a minute and a half.
                        set_config('tcp_keepalives_idle', '30', false),
                        set_config('tcp_keepalives_interval', '15', false),
                        set_config('tcp_keepalives_count', '4', false)
                    """,
                    {
                        "name": f"{_ABOUT}pid {os.getpid()} on {socket.gethostname()}",
                        "patience": f"{patience_seconds * 1_000:.0f}ms",
                    },
                )
                connection.exec_driver_sql(f"SELECT pg_advisory_lock({_KEY})", {"dataset": dataset.name})
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            with store.connect() as other:
                holder = holder_of_rebuild(other, dataset) or "another process"
            raise RebuildHeld(
                f"{holder} is at work on the rebuild of {dataset}",
                "let it end, or end it (Ctrl-C there, or kill it): the rebuild stays where it is; see: "
                "indexer index status",
            ) from error
        yield RebuildLock(connection, dataset)


def holder_of_rebuild(connection: Connection, dataset: Dataset) -> str | None:
    """The process that acts on the rebuild of a dataset, such as `pid 4711 on web-1`; None if none does."""
    row = connection.exec_driver_sql(
        f"""
        SELECT pid, (SELECT application_name FROM pg_stat_activity AS session WHERE session.pid = held.pid) {_HOLDERS}
        """,  # noqa: S608 - made of constants
        {"dataset": dataset.name},
    ).first()
    if row is None:
        return None
    pid, name = row
    # Sessions of other roles may be hidden, and a pooler may give its own name.
    return name.removeprefix(_ABOUT) if name and name.startswith(_ABOUT) else f"PostgreSQL session {pid}"


def _is_held_here(connection: Connection, dataset: Dataset) -> bool:
    # SQLAlchemy connects again if a connection was lost: the session must be the one that took the lock.
    found: bool = connection.exec_driver_sql(
        f"SELECT EXISTS (SELECT {_HOLDERS} AND held.pid = pg_backend_pid())",
        {"dataset": dataset.name},
    ).scalar_one()
    return found
