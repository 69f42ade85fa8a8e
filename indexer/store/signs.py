"""Signs of life: when each worker and each beat was last seen.

Each process writes its row every few seconds, so a killed process is known by its silence. A row stays when its
process has ended: the last row shows since when no process runs.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection

Role = Literal["worker", "beat"]

EVERY_SECONDS = 5.0
"""The time between two signs of a process."""

SILENT_SECONDS = 20.0
"""A process without a sign for this long counts as dead; a busy server may delay one or two signs."""


class Process(NamedTuple):
    """A process in a role, named by its host and its number there."""

    role: Role
    host: str
    pid: int


class Sign(NamedTuple):
    """The known facts about one process; `silent_seconds` is the time since its last sign.

    `queues` are those that a worker takes from, and `processes` how many of its own do so; a beat has neither.
    """

    role: Role
    host: str
    pid: int
    queues: tuple[str, ...]
    processes: int
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    silent_seconds: float

    @property
    def alive(self) -> bool:
        """Whether the process gave a sign lately, and has not signed off."""
        return self.ended_at is None and self.silent_seconds < SILENT_SECONDS


def begin_signs(connection: Connection, process: Process, queues: Sequence[str] = (), processes: int = 0) -> None:
    """Give the first sign of a process, and delete signs older than 30 days."""
    connection.exec_driver_sql("DELETE FROM signs WHERE seen_at < now() - interval '30 days'")
    connection.exec_driver_sql(
        """
        INSERT INTO signs (role, host, pid, queues, processes, began_at, seen_at)
        VALUES (%(role)s, %(host)s, %(pid)s, %(queues)s::text[], %(processes)s, now(), now())
        ON CONFLICT (role, host, pid) DO UPDATE SET queues = EXCLUDED.queues, processes = EXCLUDED.processes,
            began_at = EXCLUDED.began_at, seen_at = EXCLUDED.seen_at, ended_at = NULL
        """,
        {**process._asdict(), "queues": list(queues), "processes": processes},
    )


def give_sign(connection: Connection, process: Process) -> bool:
    """Record that a process is alive; False if it has no row, so that it has to call `begin_signs` again."""
    done = connection.exec_driver_sql(
        "UPDATE signs SET seen_at = now(), ended_at = NULL WHERE (role, host, pid) = (%(role)s, %(host)s, %(pid)s)",
        process._asdict(),
    )
    return done.rowcount == 1


def end_signs(connection: Connection, process: Process) -> None:
    """Record that a process ends because it was told to."""
    connection.exec_driver_sql(
        "UPDATE signs SET seen_at = now(), ended_at = now() WHERE (role, host, pid) = (%(role)s, %(host)s, %(pid)s)",
        process._asdict(),
    )


def list_signs(connection: Connection) -> list[Sign]:
    """All known processes, the one seen last first."""
    rows = connection.exec_driver_sql(
        """
        SELECT role, host, pid, queues, processes, began_at, seen_at, ended_at,
            extract(epoch FROM now() - seen_at)::float8
        FROM signs ORDER BY seen_at DESC, host, pid
        """
    )
    return [Sign(row[0], row[1], row[2], tuple(row[3]), *row[4:]) for row in rows]


def takers(signs: Iterable[Sign], queue: str) -> list[Sign]:
    """The living workers that take from a queue."""
    return [sign for sign in signs if sign.role == "worker" and sign.alive and queue in sign.queues]


def has_taker(connection: Connection, queue: str) -> bool:
    """Whether a living worker takes from a queue."""
    return bool(takers(list_signs(connection), queue))
