"""The mails of subscriptions that are due, sent by workers.

A subscription is leased before its report is made, and settled after the mail server has taken the mail: of two
workers, one sends it. If a worker dies between these two, the next one sends it once more after the lease, with the
same Message-ID. So a mail comes at least once, and twice only if a worker dies in that moment.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Engine

from indexer.calendar.due_times import last_due, next_due
from indexer.errors import OperatorError, RetryLater
from indexer.mailings.letter import FAULTS, Letter, local_minute, send_letter
from indexer.mailings.workspace_subscriptions import zone_of
from indexer.plain_text import first_line
from indexer.reports import InvalidQuestion
from indexer.settings import Settings
from indexer.store.entities.saved_views import SavedView, find_view
from indexer.store.jobs.subscriptions import (
    Subscription,
    lease_subscription,
    read_subscriptions,
    settle_subscription,
)
from indexer.without_values import frames_of, of_defect

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
"""Longer than a task may take."""

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

Draw = Callable[[Subscription, SavedView, datetime, ZoneInfo], Letter]
"""Makes the report that was due at a moment; raises `OperatorError` or `InvalidQuestion` unless it is complete."""


def due_subscriptions(store: Engine, now: datetime) -> list[tuple[Subscription, datetime, ZoneInfo]]:
    """The subscriptions that are due and not paused, and that no worker has: each with its last due time and its zone.

    Of several moments that were missed, only the last one needs a mail.
    """
    with store.connect() as connection:
        read = [(one, zone_of(connection, one)) for one in read_subscriptions(connection)]
    return [
        (one, due, zone)
        for one, zone in read
        if one.paused_at is None
        and (one.leased_until is None or one.leased_until <= now)
        and (due := last_due(one.schedule, zone, one.handled_until, now)) is not None
    ]


def send_due_subscriptions(
    store: Engine, settings: Settings, draw: Draw, now: datetime, go_on: Callable[[], bool] = lambda: True
) -> int:
    """Send what is due at `now`, until `go_on` says to stop; returns how many reports were sent."""
    sent = 0
    for read, due, zone in due_subscriptions(store, now):
        if not go_on():
            break
        with store.begin() as connection:
            leased = lease_subscription(connection, read, now, now + LEASE)
            view = None if leased is None else find_view(connection, leased.workspace_id, leased.view_name)
        if leased is not None and view is not None:
            values = _send(settings, draw, leased, view, due, zone, now)
            with store.begin() as connection:
                settle_subscription(connection, leased, values)
            sent += "sent_at" in values
    return sent


def _send(  # noqa: PLR0917 (what is sent, to what moment it belongs, and how)
    settings: Settings, draw: Draw, one: Subscription, view: SavedView, due: datetime, zone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    """Send the report that was due; returns what is to be recorded."""
    try:
        letter = draw(one, view, due, zone)
    except (OperatorError, *FAULTS) as error:
        if not isinstance(error, (OperatorError, InvalidQuestion)):
            names = {"workspace": one.workspace_id, "subscription": one.name}
            log.error("subscription_broken", **names, error=of_defect(error), traceback=frames_of(error))
        log.warning("subscription_not_made", workspace=one.workspace_id, subscription=one.name, error=first_line(error))
        return _put_off(one, now, error) | _tell_failure(settings, one, due, zone, now, error)
    try:
        send_letter(settings, one.mail_to, letter, key_of_subscription(one, due))
    except RetryLater as error:
        log.warning("subscription_not_sent", workspace=one.workspace_id, subscription=one.name, error=first_line(error))
        return _put_off(one, now, error)
    except (OperatorError, InvalidQuestion) as error:
        log.error("subscription_refused", workspace=one.workspace_id, subscription=one.name, error=first_line(error))
        return {"handled_until": due, "leased_until": None, "attempts": 0, "error": first_line(error)}
    log.info("subscription_sent", workspace=one.workspace_id, subscription=one.name, due=due.isoformat())
    return {"handled_until": due, "leased_until": None, "attempts": 0, "sent_at": now, "error": None}


def key_of_subscription(one: Subscription, due: datetime) -> str:
    """What the mails about one due moment of a subscription have in common."""
    return f"subscription {one.workspace_id}:{one.name} {due.isoformat()}"


def _put_off(one: Subscription, now: datetime, error: Exception) -> dict[str, Any]:
    return {"leased_until": now + wait_after(one.attempts), "error": first_line(error)}


def wait_after(attempts: int) -> timedelta:
    """How long the next attempt waits: 1, 2, 4 … minutes, an hour at most."""
    return min(_FIRST_WAIT * (1 << min(attempts - 1, 10)), _LONGEST_WAIT)


def _tell_failure(  # noqa: PLR0917 (as above)
    settings: Settings, one: Subscription, due: datetime, zone: ZoneInfo, now: datetime, error: Exception
) -> dict[str, Any]:
    """Say once by mail that the report of a due moment cannot be made."""
    if one.failure_told_for == due:
        return {}
    until = next_due(one.schedule, zone, now)
    text = (
        f"The report {one.view_name} of {one.workspace_id}, due {local_minute(due, zone)}, cannot be made:\n\n"
        f"    {first_line(error)}\n\n"
        "It is tried again, and comes as soon as it is complete. "
        f"If it cannot be made by then, the next one is due {local_minute(until, zone)}.\n"
    )
    letter = Letter(f"Not sent: {one.view_name}, {one.workspace_id}", text)
    try:
        send_letter(settings, one.mail_to, letter, f"{key_of_subscription(one, due)} failed")
    except (RetryLater, OperatorError, InvalidQuestion) as refused:
        said = first_line(refused)
        log.warning("subscription_not_sent", workspace=one.workspace_id, subscription=one.name, error=said)
        return {}
    return {"failure_told_for": due}
