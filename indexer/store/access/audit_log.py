"""The audit log: an entry for every change and every export, with its actor."""

from collections.abc import Collection, Mapping
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
    connection: Connection,
    *,
    workspaces: Collection[str] | None = None,
    actor: str | None = None,
    action: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Entry]:
    """The last entries, the newest first, of these workspaces or of all; `before` is the number of a later entry."""
    wanted = select(*(audit.c[name] for name in Entry._fields)).order_by(audit.c.entry_id.desc()).limit(limit)
    if workspaces is not None:
        wanted = wanted.where(audit.c.workspace_id.in_(workspaces))
    if actor is not None:
        wanted = wanted.where(audit.c.actor == actor)
    if action is not None:
        wanted = wanted.where(audit.c.action == action)
    if before is not None:
        wanted = wanted.where(audit.c.entry_id < before)
    return [Entry(*row) for row in connection.execute(wanted)]


class Known(NamedTuple):
    """The actors and the actions of the last entries, in alphabetical order, to choose from."""

    actors: list[str]
    actions: list[str]


_LATEST = 10_000


def list_known(connection: Connection, workspaces: Collection[str] | None = None) -> Known:
    """The actors and actions among the last 10,000 entries, of these workspaces or of all."""
    latest = select(audit.c.actor, audit.c.action).order_by(audit.c.entry_id.desc()).limit(_LATEST)
    if workspaces is not None:
        latest = latest.where(audit.c.workspace_id.in_(workspaces))
    rows = connection.execute(latest.subquery().select().distinct()).all()
    return Known(sorted({row.actor for row in rows}), sorted({row.action for row in rows}))
