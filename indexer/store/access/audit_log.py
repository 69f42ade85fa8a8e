"""The audit log: an entry for every change and every export, with its actor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from indexer.store.schema import audit


class Entry(NamedTuple):
    """One action. `target` is what it was done to: a user, a token, an export, an address of the API."""

    entry_id: int
    at: datetime
    actor: str
    action: str
    workspace_id: str | None
    target: str | None
    client: str | None
    details: dict[str, Any]


def record_action(
    connection: Connection,
    actor: str,
    action: str,
    *,
    workspace_id: str | None = None,
    target: str | None = None,
    client: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry; `details` hold no secret and no content of records."""
    connection.execute(
        insert(audit).values(
            actor=actor,
            action=action,
            workspace_id=workspace_id,
            target=target,
            client=client,
            details=dict(details or {}),
        )
    )


def list_actions(
    connection: Connection, *, workspace_id: str | None = None, actor: str | None = None, limit: int = 100
) -> list[Entry]:
    """The last entries, the newest first."""
    wanted = select(*(audit.c[name] for name in Entry._fields)).order_by(audit.c.entry_id.desc()).limit(limit)
    if workspace_id is not None:
        wanted = wanted.where(audit.c.workspace_id == workspace_id)
    if actor is not None:
        wanted = wanted.where(audit.c.actor == actor)
    return [Entry(*row) for row in connection.execute(wanted)]
