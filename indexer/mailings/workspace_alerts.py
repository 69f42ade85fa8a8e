"""The alerts of a workspace, as operators create, list and delete them, and the questions that they ask."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from indexer.answers.catalogue import find_report
from indexer.answers.workspace_views import checked_name
from indexer.calendar.durations import SIZES
from indexer.dashboards.date_ranges import PRESET_NAMES, Preset, span_of
from indexer.did_you_mean import did_you_mean, near_names
from indexer.errors import OperatorError, TooMany
from indexer.mailings.workspace_subscriptions import (
    MOST_OF_A_WORKSPACE,
    check_recipient_of_mail,
    expect_workspace_of_mail,
)
from indexer.reports import Definition, Interval, InvalidQuestion, Question, read_question
from indexer.reports.figures import figure_text
from indexer.reports.question import NO_GROUP
from indexer.settings import Settings
from indexer.store.jobs.alerts import (
    Alert,
    Direction,
    NewAlert,
    create_alert,
    delete_alert,
    pause_alert,
    read_alerts,
    resume_alert,
)

_PARTS = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([smhd])", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)


class UnknownAlert(OperatorError):
    """No alert has this name."""


class AlertRefused(OperatorError):
    """An alert that cannot be created as things are."""


class AskedAlert(NamedTuple):
    """An alert as it is asked for: exactly one of `above` and `below` is a number, or a duration such as 2h30m.

    `range` is the name of a range of dates that moves with the day; a board has none.
    """

    name: str
    report: str
    to: str
    above: str | None = None
    below: str | None = None
    range: str | None = None
    where: Sequence[str] = ()
    param: Sequence[str] = ()
    office_hours: bool = False


def create_named_alert(
    connection: Connection,
    workspace: str,
    asked: AskedAlert,
    *,
    now: datetime,
    settings: Settings,
    reports: Mapping[str, Definition],
) -> Alert:
    """Create an alert.

    Raises `UnknownReport`, `InvalidQuestion` for a value that cannot be used or a workspace that does not exist,
    `AlertRefused` if the name is taken, `TooMany` if the workspace has as many as it may, and what `check_mail` raises.
    """
    checked_name(asked.name)
    report = find_report(reports, asked.report)
    direction, threshold = _threshold(asked, report)
    new = NewAlert(workspace, asked.name, report.name, _stored(asked, report), direction, threshold, asked.to)
    question_of_alert(report, workspace, new.question, now, ZoneInfo("UTC"))
    check_recipient_of_mail(asked.to, settings)
    expect_workspace_of_mail(connection, workspace)
    if len(read_alerts(connection, workspace)) >= MOST_OF_A_WORKSPACE:
        raise TooMany(f"{workspace} has {MOST_OF_A_WORKSPACE} alerts, which is the limit", "delete one of them first")
    found = create_alert(connection, new)
    if found is None:
        raise AlertRefused(f"there is already an alert {asked.name}", "choose another name")
    return found


def find_alert(connection: Connection, workspace: str, name: str) -> Alert:
    """The alert of that name; raises `UnknownAlert`."""
    known = {one.name: one for one in read_alerts(connection, workspace)}
    if name not in known:
        raise UnknownAlert(
            f"there is no alert {name!r}", did_you_mean(near_names(name, known)) or "list them: indexer alerts list"
        )
    return known[name]


def delete_named_alert(connection: Connection, workspace: str, name: str) -> None:
    """Delete an alert; raises `UnknownAlert`."""
    find_alert(connection, workspace, name)
    delete_alert(connection, workspace, name)


def pause_named_alert(connection: Connection, workspace: str, name: str, *, now: datetime) -> Alert:
    """Pause an alert; raises `UnknownAlert`, and `AlertRefused` if it is paused already."""
    find_alert(connection, workspace, name)
    if not pause_alert(connection, workspace, name, now):
        raise AlertRefused(f"the alert {name} is paused already", "resume it, or leave it paused")
    return find_alert(connection, workspace, name)


def resume_named_alert(connection: Connection, workspace: str, name: str) -> Alert:
    """Let workers look at an alert again; raises `UnknownAlert`, and `AlertRefused` if it is not paused."""
    find_alert(connection, workspace, name)
    if not resume_alert(connection, workspace, name):
        raise AlertRefused(f"the alert {name} is not paused", "there is nothing to resume")
    return find_alert(connection, workspace, name)


def question_of_alert(
    report: Definition, workspace: str, stored: Mapping[str, Any], now: datetime, zone: ZoneInfo
) -> Question:
    """The question about the one number of an alert; raises `InvalidQuestion` if its report cannot be asked so."""
    asked: dict[str, Any] = {**stored, "workspace": workspace, "time_zone": zone.key, "group_by": NO_GROUP}
    preset = asked.pop("range", None)
    if report.needs_the_present:
        asked["as_of"] = int(now.timestamp())
    if preset is not None:
        span = span_of(Preset(preset), now.astimezone(zone).date())
        asked |= {"from": span.first, "to": span.last, "interval": Interval.RANGE}
    return read_question(report, asked)


def threshold_words(alert: Alert, report: Definition | None) -> str:
    """The threshold as people say it, such as `above 2 h`."""
    return f"{alert.direction} {figure_text(alert.threshold, '' if report is None else report.unit)}"


def question_words(alert: Alert) -> str:
    """What is asked besides the report: the range of dates, conditions, office hours."""
    stored = alert.question
    said = [PRESET_NAMES[Preset(stored["range"])].lower() if stored.get("range") else "now"]
    said += [*stored.get("where", ()), *stored.get("param", ())]
    return ", ".join([*said, *(["within office hours"] if stored.get("office_hours") else [])])


def _stored(asked: AskedAlert, report: Definition) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    if not report.is_board:
        ranges = [one.value for one in Preset]
        if asked.range is not None and asked.range not in ranges:
            raise InvalidQuestion("range", f"has to be one of {', '.join(ranges)}")
        stored["range"] = asked.range or Preset.TODAY.value
    elif asked.range is not None:
        raise InvalidQuestion("range", f"{report.name} shows the present; leave it out")
    if asked.where:
        stored["where"] = list(asked.where)
    if asked.param:
        stored["param"] = list(asked.param)
    if asked.office_hours:
        stored["office_hours"] = True
    return stored


def _threshold(asked: AskedAlert, report: Definition) -> tuple[Direction, float]:
    if (asked.above is None) == (asked.below is None):
        raise InvalidQuestion("above", "give either above or below")
    if asked.above is not None:
        return "above", read_threshold(asked.above, report.unit, "above")
    return "below", read_threshold(str(asked.below), report.unit, "below")


def read_threshold(written: str, unit: str, parameter: str) -> float:
    """The number, or the seconds of a duration such as `2h`, `90m` or `1d 4h`; raises `InvalidQuestion`."""
    if _NUMBER.fullmatch(written):
        return float(written)
    if unit == "percent" and _NUMBER.fullmatch(written.removesuffix("%").rstrip()):
        return float(written.removesuffix("%"))
    if unit == "seconds" and not _PARTS.sub("", written).strip() and written.strip():
        return sum(float(number) * SIZES[size] for number, size in _PARTS.findall(written))
    form = "seconds or a duration such as 2h or 1h30m" if unit == "seconds" else "a number such as 50"
    raise InvalidQuestion(parameter, f"{written!r} is not {form}")
