"""Exports as workers write them: leased by one worker at a time, moved on, and completed or failed.

A row here records what a worker has written for good, so that the worker that continues after a crash knows where.
About files it only records whether there may be any, and under which lease the last one was written, since its name
has the lease in it.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection

from indexer.store.jobs.exports import COLUMNS, EXPIRED, LEFT_OVER, UNFINISHED, Export

_PATIENCE = "interval '1 day'"
"""An export without progress for this long fails."""

_LONGEST_DELAY_SECONDS = 900


class Reached(NamedTuple):
    """The progress of a file: the place of its last row (None: no row yet), the end of that row, the number of rows."""

    place: Sequence[Any] | None
    size: int
    rows: int


class LeasedExport(NamedTuple):
    """An export that the holder of the lease writes; `before` is the lease that expired, if one did."""

    export: Export
    lease_id: UUID
    before: UUID | None


def lease_export(connection: Connection, lease_seconds: float) -> LeasedExport | None:
    """Lease the export that has been due longest and that no worker has; returns None if there is none."""
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
    """Record the approximate number of rows."""
    _update(connection, leased, "total = %(total)s", {"total": total})


def move_export(connection: Connection, leased: LeasedExport, reached: Reached, seconds: float) -> bool:
    """Record the progress of the file, and renew the lease; False if the export is cancelled or has another worker."""
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
    """End the lease, so that a worker continues the export after those that have been due longer."""
    _update(connection, leased, "lease_id = NULL, lease_until = now(), held_up_since = NULL, error = NULL", {})


def hold_up_export(connection: Connection, leased: LeasedExport, error: str, least_seconds: float) -> bool:
    """Retry an export after `least_seconds`, later each time; False if it has had no progress for too long.

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
    """Record that the file is complete, and may be fetched for this long; False as for `move_export`."""
    return _update(
        connection,
        leased,
        "state = 'complete', lease_until = NULL, completed_at = now(), mail_due_at = now(), error = NULL,"
        " held_up_since = NULL, expires_at = now() + make_interval(hours => 1) * %(hours)s::float8, total = rows",
        {"hours": hours},
    )


def fail_export(connection: Connection, leased: LeasedExport, error: str) -> None:
    """Record that an export cannot be written, and will not be retried."""
    _update(connection, leased, "state = 'failed', lease_until = NULL, error = %(error)s", {"error": error})


def take_left_over(connection: Connection) -> list[str]:
    """Mark exports past their expiry as expired; returns those whose files can be removed, each once."""
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
