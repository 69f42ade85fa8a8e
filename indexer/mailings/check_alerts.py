"""Looks at the numbers of alerts, and the mails about them.

An alert mails when its number crosses the threshold and when it no longer does, each of the two at most once an hour.
A number that crosses back and forth is mailed again after that hour, if its state is not what the last mail said.
Without data nothing changes. An alert is leased for a look and settled after the mail server has taken the mail: as
with subscriptions, a mail comes at least once, and twice with one Message-ID only if a worker dies in between.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import structlog
from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from indexer.answers.labels import Connect
from indexer.answers.resolve_values import Resolver
from indexer.answers.run_report import run_report
from indexer.errors import OperatorError, RetryLater
from indexer.mailings.letter import FAULTS, Letter, local_minute, send_letter
from indexer.mailings.workspace_alerts import question_of_alert, question_words, threshold_words
from indexer.plain_text import first_line
from indexer.reports import Definition, InvalidQuestion, Question
from indexer.reports.figures import figure_text
from indexer.search.search_requests import NoIndexYet
from indexer.settings import Settings
from indexer.store.entities.workspaces import read_time_zones
from indexer.store.jobs.alerts import Alert, Found, lease_alert, read_alerts, settle_alert
from indexer.without_values import frames_of, of_defect

log = structlog.get_logger()

MAILS_APART = timedelta(hours=1)
LOOKS_APART = timedelta(minutes=1)
_LEASE = timedelta(minutes=10)
"""Longer than a task may take."""


class Look(NamedTuple):
    """A look at the number of an alert: what it found, and the reason if there is no number."""

    found: Found
    value: float | None
    report: Definition
    question: Question
    reason: str | None = None


def mail_due(alert: Alert, found: Found, now: datetime) -> bool:
    """Whether a mail has to say what was found now."""
    if found in (Found.NO_DATA, alert.told):
        return False
    last = alert.mail_at(found)
    return last is None or now - last >= MAILS_APART


def crossed(alert: Alert, value: float) -> bool:
    """Whether the number is beyond the threshold; the threshold itself is not."""
    return value > alert.threshold if alert.direction == "above" else value < alert.threshold


def look_at(
    alert: Alert,
    reports: Mapping[str, Definition],
    client: Elasticsearch,
    prefix: str,
    *,
    connect: Connect,
    now: datetime,
) -> Look:
    """Look at the number of an alert; raises `OperatorError` and `InvalidQuestion` if it cannot be asked for now."""
    report = reports.get(alert.report)
    if report is None:
        raise OperatorError(f"there is no report {alert.report} any more", "delete the alert")
    with connect() as connection:
        zone = ZoneInfo(read_time_zones(connection, [alert.workspace_id])[alert.workspace_id])
    question = question_of_alert(report, alert.workspace_id, alert.question, now, zone)
    resolver = Resolver(client, prefix, connect)
    try:
        [resolved] = resolver.resolve([(report, question)])
        if resolved.fault is not None:
            raise resolved.fault
        if resolved.unknown:
            return Look(Found.NO_DATA, None, report, question, resolved.unknown[0])
        total = run_report(client, prefix, report, resolved.question).total
        if not total.count and (missing := resolver.unindexed_workspace(report, alert.workspace_id)):
            return Look(Found.NO_DATA, None, report, question, missing)
    except NoIndexYet as error:
        return Look(Found.NO_DATA, None, report, question, str(error))
    if total.value is None:
        return Look(Found.NO_DATA, None, report, question, "nothing was counted")
    return Look(Found.CROSSED if crossed(alert, total.value) else Found.NOT_CROSSED, total.value, report, question)


def check_due_alerts(
    store: Engine,
    settings: Settings,
    look: Callable[[Alert], Look],
    now: datetime,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Look at each alert that no worker has looked at in the last minute; returns how many mails were sent."""
    sent = 0
    for read in due_alerts(store, now):
        if not go_on():
            break
        with store.begin() as connection:
            leased = lease_alert(connection, read, now, now + _LEASE)
        if leased is not None:
            values = _check(settings, leased, look, now)
            with store.begin() as connection:
                settle_alert(connection, leased, values | {"leased_until": now + LOOKS_APART, "checked_at": now})
            sent += "told" in values
    return sent


def due_alerts(store: Engine, now: datetime) -> list[Alert]:
    """The alerts that no worker has looked at in the last minute; first those that have waited the longest.

    Those that are paused are left out.
    """
    with store.connect() as connection:
        due = [
            one
            for one in read_alerts(connection)
            if one.paused_at is None and (one.leased_until is None or one.leased_until <= now)
        ]
    return sorted(due, key=lambda one: (one.leased_until or one.created_at, one.workspace_id, one.name))


def _check(settings: Settings, alert: Alert, look: Callable[[Alert], Look], now: datetime) -> dict[str, Any]:
    """Look at an alert, and send its mail if one is due; returns what is to be recorded."""
    names = {"workspace": alert.workspace_id, "alert": alert.name}
    try:
        seen = look(alert)
    except (OperatorError, *FAULTS) as error:
        if not isinstance(error, (OperatorError, InvalidQuestion)):
            log.error("alert_broken", **names, error=of_defect(error), traceback=frames_of(error))
        log.warning("alert_not_checked", **names, error=first_line(error))
        return {"error": first_line(error)}
    if seen.found is Found.NO_DATA and alert.found is not Found.NO_DATA:
        log.warning("alert_without_data", **names, reason=seen.reason)
    values: dict[str, Any] = {"found": seen.found.value, "value": seen.value, "error": seen.reason}
    if not mail_due(alert, seen.found, now):
        return values
    mail_at = {f"{seen.found}_mail_at": now}
    try:
        send_letter(settings, alert.mail_to, letter_of(settings, alert, seen, now), key_of_alert(alert, seen.found))
    except RetryLater as error:
        log.warning("alert_not_sent", **names, error=first_line(error))
        return values | {"error": first_line(error)}
    except (OperatorError, InvalidQuestion) as error:
        log.error("alert_refused", **names, error=first_line(error))
        return values | mail_at | {"error": first_line(error)}
    log.info("alert_sent", **names, found=seen.found.value)
    return values | mail_at | {"told": seen.found.value}


def letter_of(settings: Settings, alert: Alert, seen: Look, now: datetime) -> Letter:
    """The mail that says that the threshold is crossed, or is over."""
    report, question = seen.report, seen.question
    figure, threshold = figure_text(seen.value, report.unit), threshold_words(alert, report)
    is_crossed = seen.found is Found.CROSSED
    said = f"is {figure}, {threshold}" if is_crossed else f"is {figure}, no longer {threshold}"
    dates = "" if report.is_board else f"{question.from_} to {question.to}, "
    left_out = {"as_of", "interval"} | ({"from_", "to"} if report.is_board else set())
    asked = {
        "report": report.name,
        **question.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=left_out),
        "time_zone": question.time_zone,
    }
    written = {name: "true" if value is True else value for name, value in asked.items() if value is not None}
    text = (
        f"{report.title} {said}.\n\n"
        f"Workspace: {alert.workspace_id}\n"
        f"Asked for: {dates}{question_words(alert)}\n"
        f"Seen: {local_minute(now, question.zone)}\n"
        f"On the dashboard: {settings.public_url}/?{urlencode(written, doseq=True)}\n\n"
        f"This is the alert {alert.name}. It mails when its threshold is crossed and when it no longer is, each at "
        f"most once an hour.\n"
    )
    kind = "Crossed" if is_crossed else "No longer crossed"
    return Letter(f"{kind}: {alert.name}, {alert.workspace_id}: {figure} ({threshold})", text)


def key_of_alert(alert: Alert, found: Found) -> str:
    """What all attempts to say the same change have in common."""
    last = max((at for at in (alert.crossed_mail_at, alert.not_crossed_mail_at) if at), default=alert.created_at)
    return f"alert {alert.workspace_id}:{alert.name} {found} after {last.isoformat()}"
