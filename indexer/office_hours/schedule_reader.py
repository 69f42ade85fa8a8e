"""Office hours from decoded JSON."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from indexer.calendar.zone_names import known_zone
from indexer.errors import Refused
from indexer.office_hours.hours import ALWAYS_OPEN, OfficeHours
from indexer.office_hours.schedule import Hours, Schedule, When, hours, week
from indexer.office_hours.spans import Span
from indexer.office_hours.wire import DayException, OfficeHoursJSON, ScheduleJSON

_Warn = Callable[[str], None]


def parse_office_hours(data: object) -> OfficeHours:
    """Office hours from decoded JSON in the shape of the vendor's `office_hours_schedule`.

    Beside its `time_zone_name`, `twenty_four_seven` and `time_intervals` (minutes from Monday 00:00) there may be
    `exceptions` (a list, or the vendor's page of them) and `teams` (the same shape by team id). Null means that there
    are no office hours. An empty week with the flag off is open at all times, as is one with the flag on, and both
    ignore exceptions; `warnings` say so if something else may have been meant.

    An exception replaces all hours of its local calendar date, in every year if it recurs annually. Of several on one
    date, a one-off takes precedence over an annual one; those of the same kind are open in the hours of any of them.

    Raises `Refused` with the path (`teams.42.time_intervals[2].end_minute`) of a value that cannot be meant, such as a
    name that is not a time zone, an interval that ends where or before it starts (but see `WeekInterval`), and a date
    that is both closed and has custom hours.
    """
    if data is None:
        return ALWAYS_OPEN
    said = _read(data)
    warnings: list[str] = []
    own = _schedule(said, "", warnings.append)
    teams = {
        team_id: _schedule(team, f"teams.{team_id}.", warnings.append)
        for team_id, team in (said.teams or {}).items()
        if team is not None
    }
    return OfficeHours.of(own, teams, tuple(warnings))


def _read(data: object) -> OfficeHoursJSON:
    try:
        return OfficeHoursJSON.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Refused(_path(first["loc"]), _reason(first["type"], first["msg"], first["input"])) from None


def _path(location: tuple[int | str, ...]) -> str:
    path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in location)
    return path.removeprefix(".")


def _reason(kind: str, message: str, given: Any) -> str:
    match kind:
        case "office_hours":
            return message
        case "missing":
            return "is missing"
        case "model_type":
            return "is not a JSON object"
        case _:
            return f"{message.removeprefix('Input ')}, not {json.dumps(given, default=repr)[:60]}"


def _schedule(said: ScheduleJSON, path: str, warn: _Warn) -> Schedule | None:
    """The schedule, or None if it never closes."""
    exceptions = said.exceptions or []
    if said.twenty_four_seven:
        if exceptions:
            warn(f"{path}exceptions: no effect, because twenty_four_seven is on")
        return None
    if not said.time_intervals:
        warn(f"{path}time_intervals: no open hours, though twenty_four_seven is off; counted as open at all times")
        return None
    if said.time_zone_name is None:
        raise Refused(f"{path}time_zone_name", "is missing; the minutes are local time")
    schedule = Schedule(
        zone=known_zone(said.time_zone_name),
        week=week((interval.start_minute, interval.end_minute) for interval in said.time_intervals),
        exceptions=_by_date(exceptions, path),
    )
    return None if schedule.never_closes else schedule


def _by_date(exceptions: list[DayException], path: str) -> dict[When, Hours]:
    types: dict[When, str] = {}
    found: dict[When, Hours] = {}
    for place, entry in enumerate(exceptions):
        day = entry.exception_date
        when = (day.month, day.day) if entry.recurring_annually else day
        if types.setdefault(when, entry.exception_type) != entry.exception_type:
            raise Refused(f"{path}exceptions[{place}].exception_date", f"{day} is closed and has custom hours at once")
        found[when] = hours((*found.get(when, ()), *_open_minutes(entry)))
    return found


def _open_minutes(entry: DayException) -> list[Span]:
    match entry.exception_type:
        case "closed":
            return []
        case "custom_hours":
            return [(interval.start_minute, interval.end_minute) for interval in entry.time_intervals or []]
