"""Exports that workers write: what is asked for, how far each is, who may fetch it, and who is told.

An export is leased by one worker at a time. What it has written for good moves on with a row here, so that whoever
goes on after a crash knows where. Of files only this is known here: whether there may be any, and under which lease
the last one was written, since its name has the lease in it.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection

State = Literal["queued", "running", "complete", "failed", "cancelled", "expired"]

_PATIENCE = "interval '1 day'"
"""An export that comes no further for so long fails."""

_LONGEST_DELAY_SECONDS = 900

MOST_MAIL_ATTEMPTS = 20
_MAIL_PATIENCE_SECONDS = 120
"""After this long a mail that nobody says has been sent is tried again; longer each time."""


class Reached(NamedTuple):
    """How far a file is: the place of its last row (None: no row yet), where that ends, how many there are."""

    place: Sequence[Any] | None
    size: int
    rows: int


class Export(NamedTuple):
    """One export; `request` has the names of the API, `total` is None until somebody has counted.

    `lease_id` is that of who writes it or has completed it; None where nobody has begun, or the last one has let go.
    """

    export_id: str
    request: dict[str, Any]
    state: State
    rows: int
    total: int | None
    place: list[Any] | None
    size: int
    token_hashes: list[bytes]
    error: str | None
    mail_to: str | None
    mailed_at: datetime | None
    mail_attempts: int
    mail_error: str | None
    lease_id: UUID | None
    created_at: datetime
    completed_at: datetime | None
    expires_at: datetime | None


class LeasedExport(NamedTuple):
    """An export that is being written by who holds the lease; `before` is the lease that ran out, if one did."""

    export: Export
    lease_id: UUID
    before: UUID | None


_COLUMNS = ", ".join(Export._fields)

_UNFINISHED = "state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until <= now())"
_EXPIRED = "state = 'complete' AND expires_at <= now()"
_LEFT_OVER = (
    "has_file AND state IN ('failed', 'cancelled', 'expired') AND (lease_until IS NULL OR lease_until <= now())"
)
_MAIL_DUE = f"""
    state = 'complete' AND mail_to IS NOT NULL AND mailed_at IS NULL AND mail_due_at <= now()
    AND mail_attempts < {MOST_MAIL_ATTEMPTS} AND expires_at > now()
"""


def create_export(
    connection: Connection, export_id: str, request: dict[str, Any], token_hash: bytes, mail_to: str | None = None
) -> Export:
    """Order an export; whoever bears the token of that hash may fetch it."""
    row = connection.exec_driver_sql(
        f"""
        INSERT INTO exports (export_id, request, token_hashes, mail_to)
        VALUES (%(id)s, %(request)s, ARRAY[%(hash)s]::bytea[], %(mail_to)s) RETURNING {_COLUMNS}
        """,
        {"id": export_id, "request": json.dumps(request), "hash": token_hash, "mail_to": mail_to},
    ).one()
    return Export(*row)


def count_unfinished(connection: Connection) -> int:
    """How many exports are not written to their end yet."""
    found: int = connection.exec_driver_sql(
        "SELECT count(*) FROM exports WHERE state IN ('queued', 'running')"
    ).scalar_one()
    return found


def hold_orders(connection: Connection) -> None:
    """Let nobody else order an export until the transaction ends, so that limits hold for orders at the same time."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('exports', 22))")


def ordered_with_mail(connection: Connection, hours: float) -> int:
    """How many exports were ordered with mail in the last hours."""
    found: int = connection.exec_driver_sql(
        "SELECT count(*) FROM exports WHERE mail_to IS NOT NULL"
        " AND created_at > now() - make_interval(hours => 1) * %(hours)s::float8",
        {"hours": hours},
    ).scalar_one()
    return found


def get_export(connection: Connection, export_id: str) -> Export | None:
    """One export, if there is one of that id."""
    row = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM exports WHERE export_id = %(id)s", {"id": export_id}
    ).one_or_none()
    return None if row is None else Export(*row)


def list_exports(connection: Connection, workspace_id: str | None = None, limit: int = 50) -> list[Export]:
    """The last exports, of one workspace or all, the newest first."""
    rows = connection.exec_driver_sql(
        f"""
        SELECT {_COLUMNS} FROM exports
        WHERE %(workspace)s::text IS NULL OR request ->> 'workspace' = %(workspace)s
        ORDER BY created_at DESC, export_id LIMIT %(limit)s
        """,
        {"workspace": workspace_id, "limit": limit},
    )
    return [Export(*row) for row in rows]


def anything_to_do(connection: Connection) -> bool:
    """Whether an export is to be written, a file to be removed or somebody to be told."""
    return bool(
        connection.exec_driver_sql(
            f"SELECT EXISTS (SELECT FROM exports WHERE {_UNFINISHED} OR {_EXPIRED} OR {_LEFT_OVER} OR {_MAIL_DUE})"
        ).scalar_one()
    )


def being_written(connection: Connection) -> bool:
    """Whether an export is being written or could be; one that waits for a service to come back is not."""
    return bool(
        connection.exec_driver_sql(
            "SELECT EXISTS (SELECT FROM exports WHERE state IN ('queued', 'running')"
            " AND (lease_id IS NOT NULL OR lease_until IS NULL OR lease_until <= now()))"
        ).scalar_one()
    )


def lease_export(connection: Connection, lease_seconds: float) -> LeasedExport | None:
    """The export that nobody works on and that has been due for longest, None if there is none."""
    lease_id = uuid4()
    row = connection.exec_driver_sql(
        f"""
        WITH free AS (
            SELECT export_id AS id, lease_id AS before FROM exports WHERE {_UNFINISHED}
            ORDER BY coalesce(lease_until, created_at), created_at, export_id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        UPDATE exports SET state = 'running', has_file = true, lease_id = %(lease_id)s,
            held_up_since = coalesce(held_up_since, now()),
            lease_until = now() + make_interval(secs => %(seconds)s)
        FROM free WHERE export_id = free.id
        RETURNING free.before, {_COLUMNS}
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


def hold_exports(connection: Connection, workspace_id: str) -> list[Export]:
    """The exports of a workspace that have a file or will have one; nobody leases one until the transaction ends."""
    rows = connection.exec_driver_sql(
        f"""
        SELECT {_COLUMNS} FROM exports
        WHERE request ->> 'workspace' = %(workspace)s AND state IN ('queued', 'running', 'complete')
        ORDER BY export_id FOR UPDATE
        """,
        {"workspace": workspace_id},
    )
    return [Export(*row) for row in rows]


def take_back_exports(connection: Connection, export_ids: Sequence[str], reason: str) -> None:
    """End those that are complete, and have those that are being written begin again."""
    connection.exec_driver_sql(
        """
        UPDATE exports SET
            state = CASE state WHEN 'complete' THEN 'cancelled' ELSE 'queued' END,
            error = CASE state WHEN 'complete' THEN %(reason)s END,
            lease_id = CASE state WHEN 'complete' THEN lease_id END,
            lease_until = CASE state WHEN 'complete' THEN lease_until ELSE now() END,
            place = NULL, size = 0, rows = CASE state WHEN 'complete' THEN rows ELSE 0 END
        WHERE export_id = ANY (%(ids)s) AND state IN ('running', 'complete')
        """,
        {"ids": list(export_ids), "reason": reason},
    )


def cancel_export(connection: Connection, export_id: str) -> bool:
    """End an export, complete or not, so that its file is removed; whether there was one to end."""
    done = connection.exec_driver_sql(
        "UPDATE exports SET state = 'cancelled'"
        " WHERE export_id = %(id)s AND state IN ('queued', 'running', 'complete')",
        {"id": export_id},
    )
    return done.rowcount == 1


def take_left_over(connection: Connection) -> list[str]:
    """Let the time of exports end that is over, and say whose files may be removed, once each."""
    connection.exec_driver_sql(f"UPDATE exports SET state = 'expired' WHERE {_EXPIRED}")
    return list(
        connection.exec_driver_sql(
            f"UPDATE exports SET has_file = false WHERE {_LEFT_OVER} RETURNING export_id"
        ).scalars()
    )


def take_mail(connection: Connection, token_hash: bytes) -> Export | None:
    """An export that somebody is to be told of, with a further token for its link; nobody else takes it for a while."""
    row = connection.exec_driver_sql(
        f"""
        UPDATE exports SET token_hashes = token_hashes || %(hash)s::bytea, mail_attempts = mail_attempts + 1,
            mail_due_at = now() + make_interval(secs => %(seconds)s) * (mail_attempts + 1)
        WHERE export_id = (
            SELECT export_id FROM exports WHERE {_MAIL_DUE} ORDER BY mail_due_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING {_COLUMNS}
        """,
        {"hash": token_hash, "seconds": _MAIL_PATIENCE_SECONDS},
    ).one_or_none()
    return None if row is None else Export(*row)


def mailed(connection: Connection, export_id: str) -> None:
    """The mail has been taken by the server."""
    connection.exec_driver_sql(
        "UPDATE exports SET mailed_at = now(), mail_error = NULL WHERE export_id = %(id)s", {"id": export_id}
    )


def mail_failed(connection: Connection, export_id: str, error: str, *, for_good: bool) -> None:
    """The mail has not been taken, now or for good."""
    connection.exec_driver_sql(
        "UPDATE exports SET mail_error = %(error)s, mail_due_at = CASE WHEN %(for_good)s THEN NULL ELSE mail_due_at END"
        " WHERE export_id = %(id)s",
        {"id": export_id, "error": error.replace("\0", ""), "for_good": for_good},
    )


def _update(connection: Connection, leased: LeasedExport, changes: str, parameters: dict[str, Any]) -> bool:
    done = connection.exec_driver_sql(
        f"UPDATE exports SET {changes} WHERE export_id = %(id)s AND lease_id = %(lease_id)s AND state = 'running'",
        {**parameters, "id": leased.export.export_id, "lease_id": leased.lease_id},
    )
    return done.rowcount == 1
