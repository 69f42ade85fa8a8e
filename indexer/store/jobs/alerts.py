"""Alerts: thresholds on numbers of reports, what was found at the last look, and what the last mail has said."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from indexer.store.schema import alerts

Direction = Literal["above", "below"]
"""On which side of its threshold a number has crossed it."""


class Found(enum.StrEnum):
    """What a look at a number finds: its threshold crossed or not, or no number."""

    CROSSED = "crossed"
    NOT_CROSSED = "not_crossed"
    NO_DATA = "no_data"


class Alert(NamedTuple):
    """One alert. `question` has the conditions and the range of dates of its report's question.

    `told` is what the last mail has said; before the first one, that the number is not crossed. The mail times are
    those of the last mail of each kind, or of the last one that was refused for good. `error` is why the last look or
    mail came to nothing. While it is paused (`paused_at`), nobody looks.
    """

    workspace_id: str
    name: str
    report: str
    question: dict[str, Any]
    direction: Direction
    threshold: float
    mail_to: str
    created_at: datetime
    leased_until: datetime | None
    told: Found
    found: Found | None
    value: float | None
    checked_at: datetime | None
    crossed_mail_at: datetime | None
    not_crossed_mail_at: datetime | None
    error: str | None
    paused_at: datetime | None

    def mail_at(self, found: Found) -> datetime | None:
        """The time of the last mail that said so."""
        return self.crossed_mail_at if found is Found.CROSSED else self.not_crossed_mail_at


class NewAlert(NamedTuple):
    """An alert to be created."""

    workspace_id: str
    name: str
    report: str
    question: dict[str, Any]
    direction: Direction
    threshold: float
    mail_to: str


def create_alert(connection: Connection, new: NewAlert) -> Alert | None:
    """Create an alert; None if its name is taken."""
    try:
        with connection.begin_nested():
            return _alert(connection.execute(insert(alerts).values(new._asdict()).returning(alerts)).one())
    except IntegrityError:
        return None


def read_alerts(connection: Connection, workspace_id: str | None = None) -> list[Alert]:
    """The alerts of a workspace, or of all, by name."""
    wanted = select(alerts).order_by(alerts.c.workspace_id, alerts.c.name)
    if workspace_id is not None:
        wanted = wanted.where(alerts.c.workspace_id == workspace_id)
    return [_alert(row) for row in connection.execute(wanted)]


def delete_alert(connection: Connection, workspace_id: str, name: str) -> bool:
    """Delete an alert; returns whether there was one."""
    return connection.execute(delete(alerts).where(*_is(workspace_id, name))).rowcount > 0


def pause_alert(connection: Connection, workspace_id: str, name: str, now: datetime) -> bool:
    """Let nobody look at it until it is resumed; returns whether it was not paused yet."""
    pausing = update(alerts).where(*_is(workspace_id, name), alerts.c.paused_at.is_(None)).values(paused_at=now)
    return connection.execute(pausing).rowcount > 0


def resume_alert(connection: Connection, workspace_id: str, name: str) -> bool:
    """Let it be looked at again; returns whether it was paused. What the last mail has said stays."""
    resuming = (
        update(alerts)
        .where(*_is(workspace_id, name), alerts.c.paused_at.is_not(None))
        .values(paused_at=None, leased_until=None, error=None)
    )
    return connection.execute(resuming).rowcount > 0


def lease_alert(connection: Connection, read: Alert, now: datetime, until: datetime) -> Alert | None:
    """Lease an alert, so that no other worker looks at it before `until`.

    None if a worker has it or has just looked, or if it has been paused.
    """
    row = connection.execute(
        update(alerts)
        .where(
            *_is(read.workspace_id, read.name),
            alerts.c.paused_at.is_(None),
            or_(alerts.c.leased_until.is_(None), alerts.c.leased_until <= now),
        )
        .values(leased_until=until)
        .returning(alerts)
    ).one_or_none()
    return None if row is None else _alert(row)


def settle_alert(connection: Connection, leased: Alert, values: Mapping[str, Any]) -> None:
    """Record what became of a look; nothing if the lease has expired and another worker has the alert."""
    connection.execute(
        update(alerts)
        .where(*_is(leased.workspace_id, leased.name), alerts.c.leased_until == leased.leased_until)
        .values(values)
    )


def _is(workspace_id: str, name: str) -> tuple[Any, ...]:
    return alerts.c.workspace_id == workspace_id, alerts.c.name == name


def _alert(row: Any) -> Alert:
    found = None if row.found is None else Found(row.found)
    return Alert(**(row._asdict() | {"told": Found(row.told), "found": found}))
