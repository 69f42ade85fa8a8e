"""The subscriptions of a workspace, as operators create, list and delete them."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from indexer.answers.page_catalogue import Pages
from indexer.answers.workspace_views import checked_name, show_view
from indexer.calendar.due_times import Every, Schedule, next_due
from indexer.calendar.zone_names import checked_zone
from indexer.dashboards.saved_address import read_address
from indexer.did_you_mean import did_you_mean, near_names
from indexer.errors import OperatorError, TooMany
from indexer.mail_server import checked_address
from indexer.mailings.letter import check_mail
from indexer.reports import Definition, InvalidQuestion, Weekday
from indexer.settings import Settings
from indexer.store.entities.workspaces import has_workspace, read_time_zones
from indexer.store.jobs.subscriptions import (
    NewSubscription,
    Subscription,
    create_subscription,
    delete_subscription,
    pause_subscription,
    read_subscriptions,
    resume_subscription,
)

_WEEKDAYS = list(Weekday)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_LAST_DAY = 31

MOST_OF_A_WORKSPACE = 100
"""The most subscriptions of a workspace, and the most alerts."""


class UnknownSubscription(OperatorError):
    """No subscription has this name."""


class SubscriptionRefused(OperatorError):
    """A subscription that cannot be created as things are."""


class AskedSubscription(NamedTuple):
    """A subscription as it is asked for; `every` is daily, weekly or monthly, `at` a local time such as 08:00.

    `on` is a weekday (Monday, if it is None), or a day of the month (the first).
    """

    name: str
    view: str
    to: str
    every: str
    at: str
    on: str | None = None
    time_zone: str | None = None


def create_named_subscription(
    connection: Connection,
    workspace: str,
    asked: AskedSubscription,
    *,
    now: datetime,
    settings: Settings,
    pages: Pages,
    reports: Mapping[str, Definition],
) -> Subscription:
    """Create a subscription to a view, due from `now` on.

    Raises `UnknownView`, `InvalidQuestion` for a value that cannot be used or a workspace that does not exist,
    `SubscriptionRefused` if the name is taken or the view shows the same dates for ever, `TooMany` if the workspace has
    as many as it may, and `OperatorError` if no mail can be sent.
    """
    checked_name(asked.name)
    expect_workspace_of_mail(connection, workspace)
    view = show_view(connection, workspace, asked.view)
    if read_address(view.address, workspace, pages, reports).is_fixed:
        raise SubscriptionRefused(
            f"the view {view.name} has fixed dates, and would be the same in every mail",
            "save it with a range such as 28d, or without dates",
        )
    check_recipient_of_mail(asked.to, settings)
    if len(read_subscriptions(connection, workspace)) >= MOST_OF_A_WORKSPACE:
        raise TooMany(
            f"{workspace} has {MOST_OF_A_WORKSPACE} subscriptions, which is the limit",
            "delete one of them first, or use the address of a mailing list",
        )
    new = NewSubscription(workspace, asked.name, view.name, asked.to, read_schedule(asked), _zone(asked.time_zone), now)
    found = create_subscription(connection, new)
    if found is None:
        raise SubscriptionRefused(f"there is already a subscription {asked.name}", "choose another name")
    return found


def find_subscription(connection: Connection, workspace: str, name: str) -> Subscription:
    """The subscription of that name; raises `UnknownSubscription`."""
    known = {one.name: one for one in read_subscriptions(connection, workspace)}
    if name not in known:
        remedy = did_you_mean(near_names(name, known)) or "list them: indexer subscriptions list"
        raise UnknownSubscription(f"there is no subscription {name!r}", remedy)
    return known[name]


def delete_named_subscription(connection: Connection, workspace: str, name: str) -> None:
    """Delete a subscription; raises `UnknownSubscription`."""
    find_subscription(connection, workspace, name)
    delete_subscription(connection, workspace, name)


def expect_workspace_of_mail(connection: Connection, workspace: str) -> None:
    """Raise `InvalidQuestion` unless the workspace exists: its name is in the mails, and could say anything."""
    if not has_workspace(connection, workspace):
        raise InvalidQuestion("workspace", f"there is no workspace {workspace!r}")


def pause_named_subscription(connection: Connection, workspace: str, name: str, *, now: datetime) -> Subscription:
    """Pause a subscription; raises `UnknownSubscription`, and `SubscriptionRefused` if it is paused already."""
    find_subscription(connection, workspace, name)
    if not pause_subscription(connection, workspace, name, now):
        raise SubscriptionRefused(f"the subscription {name} is paused already", "resume it, or leave it paused")
    return find_subscription(connection, workspace, name)


def resume_named_subscription(connection: Connection, workspace: str, name: str, *, now: datetime) -> Subscription:
    """Let a subscription be due again from `now` on, without what it has missed.

    Raises `UnknownSubscription`, and `SubscriptionRefused` if it is not paused.
    """
    find_subscription(connection, workspace, name)
    if not resume_subscription(connection, workspace, name, now):
        raise SubscriptionRefused(f"the subscription {name} is not paused", "there is nothing to resume")
    return find_subscription(connection, workspace, name)


def check_recipient_of_mail(address: str, settings: Settings) -> None:
    """Raise `InvalidQuestion` for a text that is not an address that mail may go to, and what `check_mail` raises."""
    try:
        checked_address(address)
    except ValueError as error:
        raise InvalidQuestion("to", str(error)) from error
    check_mail(address, settings)


def zone_of(connection: Connection, subscription: Subscription) -> ZoneInfo:
    """The zone of its times: its own, or that of its workspace."""
    workspace = subscription.workspace_id
    return ZoneInfo(subscription.time_zone or read_time_zones(connection, [workspace])[workspace])


def next_mail(subscription: Subscription, zone: ZoneInfo) -> datetime:
    """When the next mail is due, unless the subscription is paused; in the past if it is late."""
    return next_due(subscription.schedule, zone, subscription.handled_until)


def schedule_words(schedule: Schedule) -> str:
    """The schedule as people say it: `daily at 08:00`, `weekly on Monday at 08:00`, `monthly on day 1 at 08:00`."""
    days = {
        Every.WEEKLY: f" on {_WEEKDAYS[schedule.weekday].capitalize()}",
        Every.MONTHLY: f" on day {schedule.month_day}",
    }
    return f"{schedule.every}{days.get(schedule.every, '')} at {schedule.at:%H:%M}"


def read_schedule(asked: AskedSubscription) -> Schedule:
    """The schedule that is asked for; raises `InvalidQuestion`."""
    if asked.every not in (known := [one.value for one in Every]):
        raise InvalidQuestion("every", f"has to be {', '.join(known[:-1])} or {known[-1]}")
    if not _TIME.fullmatch(asked.at):
        raise InvalidQuestion("at", "has to be a local time such as 08:00")
    every, at, on = Every(asked.every), time.fromisoformat(asked.at), asked.on
    match every:
        case Every.DAILY:
            if on is not None:
                raise InvalidQuestion("on", "is for weekly and monthly subscriptions; leave it out")
            return Schedule(every, at)
        case Every.WEEKLY:
            if on is not None and on.lower() not in _WEEKDAYS:
                raise InvalidQuestion("on", "has to be a weekday such as monday")
            return Schedule(every, at, weekday=0 if on is None else _WEEKDAYS.index(Weekday(on.lower())))
        case Every.MONTHLY:
            if on is not None and not (on.isascii() and on.isdigit() and 1 <= int(on) <= _LAST_DAY):
                raise InvalidQuestion("on", f"has to be a day of the month, 1 to {_LAST_DAY}")
            return Schedule(every, at, month_day=int(on or 1))


def _zone(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        return checked_zone(name)
    except ValueError as error:
        raise InvalidQuestion("time_zone", str(error)) from error
