"""Exports as workers write them: leased by one worker at a time, moved on, and completed or failed.

What a worker has written for good moves on with a row here, so that the worker that goes on after a crash knows where.
Of files only this is known here: whether there may be any, and under which lease the last one was written, since its
name has the lease in it.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection

from indexer.store.jobs.exports import COLUMNS, EXPIRED, LEFT_OVER, UNFINISHED, Export

_PATIENCE = "interval '1 day'"
"""An export that comes no further for so long fails."""

_LONGEST_DELAY_SECONDS = 900


class Reached(NamedTuple):
    """How far a file is: the place of its last row (None: no row yet), where that ends, how many there are."""

    place: Sequence[Any] | None
    size: int
    rows: int


class LeasedExport(NamedTuple):
    """An export that is being written by who holds the lease; `before` is the lease that ran out, if one did."""

    export: Export
    lease_id: UUID
    before: UUID | None


def lease_export(connection: Connection, lease_seconds: float) -> LeasedExport | None:
    """The export that nobody works on and that has been due for longest, None if there is none."""
    lease_id = uuid4()
    row = connection.exec_driver_sql(
        f"""
        WITH free AS (
            SELECT export_id AS id, lease_id AS before FROM exports WHERE {UNFINISHED}
            ORDER BY coalesce(lease_until, created_at), created_at, export_id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        UPDATE exports SET state = 'running', has_file = true, lease_id = %(lease_id)s,
            held_up_since = coalesce(held_up_since, now()),
            lease_until = now() + make_interval(secs => %(seconds)s)
        FROM free WHERE export_id = free.id
        RETURNING free.before, {COLUMNS}
        """,
        {"lease_id": lease_id, "seconds": lease_seconds},
    ).one_or_none()
    return None if row is None else LeasedExport(Export(*row[1:]), lease_id, row[0])


def count_total(connection: Connection, leased: LeasedExport, total: int) -> None:
    """Note how many rows it will have about."""
    _update(connection, leased, "total = %(total)s", {"total": total})


def move_export(connection: Connection, leased: LeasedExport, reached: Reached, seconds: float) -> bool:
    """Note how far the file is, and keep the lease; False where the export is cancelled, or somebody else's by now."""
    return _update(
        connection,
        leased,
        "place = %(place)s, size = %(size)s, rows = %(rows)s, lease_until = now() + make_interval(secs => %(seconds)s),"
        " held_up_since = CASE WHEN rows = %(rows)s THEN held_up_since END",
        {
            **reached._asdict(),
            "place": None if reached.place is None else json.dumps(reached.place),
            "seconds": seconds,
        },
    )


def renew_export(connection: Connection, leased: LeasedExport, seconds: float) -> bool:
    """Keep the lease; False as for `move_export`."""
    return _update(connection, leased, "lease_until = now() + make_interval(secs => %(seconds)s)", {"seconds": seconds})


def release_export(connection: Connection, leased: LeasedExport) -> None:
    """Let somebody go on with it, after those that have been due for longer."""
    _update(connection, leased, "lease_id = NULL, lease_until = now(), held_up_since = NULL, error = NULL", {})


def hold_up_export(connection: Connection, leased: LeasedExport, error: str, least_seconds: float) -> bool:
    """Have it tried again after `least_seconds`, later each time; False if it has come no further for so long.

    It then has failed.
    """
    row = connection.exec_driver_sql(
        f"""
        UPDATE exports SET error = %(error)s, lease_id = NULL, held_up_since = coalesce(held_up_since, now()),
            state = CASE WHEN held_up_since < now() - {_PATIENCE} THEN 'failed' ELSE state END,
            lease_until = CASE WHEN held_up_since < now() - {_PATIENCE} THEN NULL ELSE now() + make_interval(
                secs => least(greatest(extract(epoch FROM now() - held_up_since) / 2, %(least)s), %(most)s)::float8
            ) END
        WHERE export_id = %(id)s AND lease_id = %(lease_id)s AND state = 'running'
        RETURNING state
        """,
        {
            "error": error.replace("\0", ""),
            "least": least_seconds,
            "most": _LONGEST_DELAY_SECONDS,
            "id": leased.export.export_id,
            "lease_id": leased.lease_id,
        },
    ).one_or_none()
    return row is None or row.state != "failed"


def complete_export(connection: Connection, leased: LeasedExport, hours: float) -> bool:
    """The file is whole, and may be fetched for so long; False as for `move_export`."""
    return _update(
        connection,
        leased,
        "state = 'complete', lease_until = NULL, completed_at = now(), mail_due_at = now(), error = NULL,"
        " held_up_since = NULL, expires_at = now() + make_interval(hours => 1) * %(hours)s::float8, total = rows",
        {"hours": hours},
    )


def fail_export(connection: Connection, leased: LeasedExport, error: str) -> None:
    """It cannot be written, and will not be tried again."""
    _update(connection, leased, "state = 'failed', lease_until = NULL, error = %(error)s", {"error": error})


def take_left_over(connection: Connection) -> list[str]:
    """Let the time of exports end that is over, and say whose files may be removed, once each."""
    connection.exec_driver_sql(f"UPDATE exports SET state = 'expired' WHERE {EXPIRED}")
    return list(
        connection.exec_driver_sql(
            f"UPDATE exports SET has_file = false WHERE {LEFT_OVER} RETURNING export_id"
        ).scalars()
    )


def _update(connection: Connection, leased: LeasedExport, changes: str, parameters: dict[str, Any]) -> bool:
    done = connection.exec_driver_sql(
        f"UPDATE exports SET {changes} WHERE export_id = %(id)s AND lease_id = %(lease_id)s AND state = 'running'",
        {**parameters, "id": leased.export.export_id, "lease_id": leased.lease_id},
    )
    return done.rowcount == 1
