"""Subscriptions: saved views that are mailed at local times, and what has been sent of them."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from indexer.calendar.due_times import Every, Schedule
from indexer.store.schema import subscriptions


class Subscription(NamedTuple):
    """One subscription. `time_zone` is None for that of the workspace.

    What was due up to `handled_until` needs nothing any more. `attempts` are those since the last mail. `error` is why
    the last attempt sent no report. While it is paused (`paused_at`), nothing is due.
    """

    workspace_id: str
    name: str
    view_name: str
    mail_to: str
    every: Every
    on_day: int
    at_time: time
    time_zone: str | None
    created_at: datetime
    handled_until: datetime
    leased_until: datetime | None
    attempts: int
    sent_at: datetime | None
    failure_told_for: datetime | None
    error: str | None
    paused_at: datetime | None

    @property
    def schedule(self) -> Schedule:
        """When it is due."""
        if self.every is Every.MONTHLY:
            return Schedule(self.every, self.at_time, month_day=self.on_day)
        return Schedule(self.every, self.at_time, weekday=self.on_day)


class NewSubscription(NamedTuple):
    """A subscription to be created; `now` is the moment from which on it is due."""

    workspace_id: str
    name: str
    view_name: str
    mail_to: str
    schedule: Schedule
    time_zone: str | None
    now: datetime


def create_subscription(connection: Connection, new: NewSubscription) -> Subscription | None:
    """Create a subscription to a view that exists; None if its name is taken."""
    schedule = new.schedule
    values = {
        "workspace_id": new.workspace_id,
        "name": new.name,
        "view_name": new.view_name,
        "mail_to": new.mail_to,
        "every": schedule.every.value,
        "on_day": schedule.month_day if schedule.every is Every.MONTHLY else schedule.weekday,
        "at_time": schedule.at,
        "time_zone": new.time_zone,
        "handled_until": new.now,
    }
    try:
        with connection.begin_nested():
            return _subscription(
                connection.execute(insert(subscriptions).values(values).returning(subscriptions)).one()
            )
    except IntegrityError:
        return None


def read_subscriptions(connection: Connection, workspace_id: str | None = None) -> list[Subscription]:
    """The subscriptions of a workspace, or of all, by name."""
    wanted = select(subscriptions).order_by(subscriptions.c.workspace_id, subscriptions.c.name)
    if workspace_id is not None:
        wanted = wanted.where(subscriptions.c.workspace_id == workspace_id)
    return [_subscription(row) for row in connection.execute(wanted)]


def delete_subscription(connection: Connection, workspace_id: str, name: str) -> bool:
    """Delete a subscription; returns whether there was one."""
    return connection.execute(delete(subscriptions).where(*_is(workspace_id, name))).rowcount > 0


def pause_subscription(connection: Connection, workspace_id: str, name: str, now: datetime) -> bool:
    """Let nothing be due until it is resumed; returns whether it was not paused yet."""
    pausing = (
        update(subscriptions).where(*_is(workspace_id, name), subscriptions.c.paused_at.is_(None)).values(paused_at=now)
    )
    return connection.execute(pausing).rowcount > 0


def resume_subscription(connection: Connection, workspace_id: str, name: str, now: datetime) -> bool:
    """Let it be due again from `now` on; returns whether it was paused. What it has missed is not sent."""
    resuming = (
        update(subscriptions)
        .where(*_is(workspace_id, name), subscriptions.c.paused_at.is_not(None))
        .values(paused_at=None, handled_until=now, leased_until=None, attempts=0, error=None)
    )
    return connection.execute(resuming).rowcount > 0


def lease_subscription(
    connection: Connection, read: Subscription, now: datetime, until: datetime
) -> Subscription | None:
    """Lease a subscription as it was read, so that no other worker sends it before `until`.

    None if a worker has it, or if it has been paused.

    The update locks the row: of two workers, the second one waits for the first and then finds the lease.
    """
    row = connection.execute(
        update(subscriptions)
        .where(
            *_is(read.workspace_id, read.name),
            subscriptions.c.handled_until == read.handled_until,
            subscriptions.c.paused_at.is_(None),
            or_(subscriptions.c.leased_until.is_(None), subscriptions.c.leased_until <= now),
        )
        .values(leased_until=until, attempts=subscriptions.c.attempts + 1)
        .returning(subscriptions)
    ).one_or_none()
    return None if row is None else _subscription(row)


def settle_subscription(connection: Connection, leased: Subscription, values: Mapping[str, Any]) -> None:
    """Record what became of a leased subscription; nothing if its lease has expired and another worker has it."""
    connection.execute(
        update(subscriptions)
        .where(
            *_is(leased.workspace_id, leased.name),
            subscriptions.c.leased_until == leased.leased_until,
            subscriptions.c.attempts == leased.attempts,
        )
        .values(values)
    )


def _is(workspace_id: str, name: str) -> tuple[Any, ...]:
    return subscriptions.c.workspace_id == workspace_id, subscriptions.c.name == name


def _subscription(row: Any) -> Subscription:
    return Subscription(**(row._asdict() | {"every": Every(row.every)}))
