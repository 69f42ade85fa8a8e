"""Exports: their requests, their progress, and who may fetch them.

This is the side of those who order exports. The workers' side is `export_leases`, and `export_mail` for the mails.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from indexer.datasets.conversations import CONVERSATIONS

State = Literal["queued", "running", "complete", "failed", "cancelled", "expired"]

MessageState = Literal["pending", "in_progress", "completed", "no_data", "failed", "canceled", "expired"]
"""The vendor's names of the states of an export of messages, and the state of one whose file is removed."""

_MESSAGE_STATES: dict[State, MessageState] = {
    "queued": "pending",
    "running": "in_progress",
    "complete": "completed",
    "failed": "failed",
    "cancelled": "canceled",
    "expired": "expired",
}

MOST_MAIL_ATTEMPTS = 20


class Export(NamedTuple):
    """One export; `request` has the names of the API, `total` is None until a worker has counted.

    `lease_id` is that of the worker that writes it or has completed it; None if none has begun, or the last has left.
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

    @property
    def dataset(self) -> str:
        """What it is an export of: `messages`, or `conversations`, whose requests do not say it."""
        return str(self.request.get("dataset", CONVERSATIONS.name))

    @property
    def status(self) -> State | MessageState:
        """The state as it is shown: of an export of messages by its vendor's name, of which one is for no data."""
        if self.dataset != "messages":
            return self.state
        return "no_data" if self.state in ("complete", "expired") and not self.rows else _MESSAGE_STATES[self.state]


COLUMNS = ", ".join(Export._fields)

UNFINISHED = "state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until <= now())"
EXPIRED = "state = 'complete' AND expires_at <= now()"
LEFT_OVER = "has_file AND state IN ('failed', 'cancelled', 'expired') AND (lease_until IS NULL OR lease_until <= now())"
MAIL_DUE = f"""
    state = 'complete' AND mail_to IS NOT NULL AND mailed_at IS NULL AND mail_due_at <= now()
    AND mail_attempts < {MOST_MAIL_ATTEMPTS} AND expires_at > now()
"""


def create_export(
    connection: Connection, export_id: str, request: dict[str, Any], token_hash: bytes, mail_to: str | None = None
) -> Export:
    """Order an export; a request with the token of that hash may fetch it."""
    row = connection.exec_driver_sql(
        f"""
        INSERT INTO exports (export_id, request, token_hashes, mail_to)
        VALUES (%(id)s, %(request)s, ARRAY[%(hash)s]::bytea[], %(mail_to)s) RETURNING {COLUMNS}
        """,
        {"id": export_id, "request": json.dumps(request), "hash": token_hash, "mail_to": mail_to},
    ).one()
    return Export(*row)


def count_unfinished(connection: Connection) -> int:
    """The number of exports that are not completely written yet."""
    found: int = connection.exec_driver_sql(
        "SELECT count(*) FROM exports WHERE state IN ('queued', 'running')"
    ).scalar_one()
    return found


def find_unfinished(connection: Connection, dataset: str, workspace_id: str) -> str | None:
    """The id of an export of a dataset and a workspace that is not completely written yet; None if there is none."""
    found: str | None = connection.exec_driver_sql(
        "SELECT export_id FROM exports WHERE state IN ('queued', 'running')"
        " AND request ->> 'dataset' = %(dataset)s AND request ->> 'workspace' = %(workspace)s LIMIT 1",
        {"dataset": dataset, "workspace": workspace_id},
    ).scalar_one_or_none()
    return found


def hold_orders(connection: Connection) -> None:
    """Block other orders of exports until the transaction ends, so that limits hold for orders at the same time."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('exports', 22))")


def ordered_with_mail(connection: Connection, hours: float) -> int:
    """The number of exports ordered with mail in the last hours."""
    found: int = connection.exec_driver_sql(
        "SELECT count(*) FROM exports WHERE mail_to IS NOT NULL"
        " AND created_at > now() - make_interval(hours => 1) * %(hours)s::float8",
        {"hours": hours},
    ).scalar_one()
    return found


def get_export(connection: Connection, export_id: str) -> Export | None:
    """The export of that id, if it exists."""
    row = connection.exec_driver_sql(
        f"SELECT {COLUMNS} FROM exports WHERE export_id = %(id)s", {"id": export_id}
    ).one_or_none()
    return None if row is None else Export(*row)


def list_exports(connection: Connection, workspace_id: str | None = None, limit: int = 50) -> list[Export]:
    """The last exports, of one workspace or all, the newest first."""
    rows = connection.exec_driver_sql(
        f"""
        SELECT {COLUMNS} FROM exports
        WHERE %(workspace)s::text IS NULL OR request ->> 'workspace' = %(workspace)s
        ORDER BY created_at DESC, export_id LIMIT %(limit)s
        """,
        {"workspace": workspace_id, "limit": limit},
    )
    return [Export(*row) for row in rows]


def anything_to_do(connection: Connection) -> bool:
    """Whether an export is to be written, a file to be removed or a mail to be sent."""
    return bool(
        connection.exec_driver_sql(
            f"SELECT EXISTS (SELECT FROM exports WHERE {UNFINISHED} OR {EXPIRED} OR {LEFT_OVER} OR {MAIL_DUE})"
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


def hold_exports(connection: Connection, workspace_id: str) -> list[Export]:
    """The exports of a workspace that have a file or will have one; none is leased until the transaction ends."""
    rows = connection.exec_driver_sql(
        f"""
        SELECT {COLUMNS} FROM exports
        WHERE request ->> 'workspace' = %(workspace)s AND state IN ('queued', 'running', 'complete')
        ORDER BY export_id FOR UPDATE
        """,
        {"workspace": workspace_id},
    )
    return [Export(*row) for row in rows]


def take_back_exports(connection: Connection, export_ids: Sequence[str], reason: str) -> None:
    """Let complete exports expire, and let those being written start again."""
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
    """Cancel an export, complete or not, so that its file is removed; returns whether there was one to cancel."""
    done = connection.exec_driver_sql(
        "UPDATE exports SET state = 'cancelled'"
        " WHERE export_id = %(id)s AND state IN ('queued', 'running', 'complete')",
        {"id": export_id},
    )
    return done.rowcount == 1
