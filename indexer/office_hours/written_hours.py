"""Office hours as people write them in a form: open times by weekday, and a line for each date with other hours."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from indexer.calendar.written_times import read_day
from indexer.errors import Refused
from indexer.office_hours.schedule import DAY, Hours, When, week
from indexer.office_hours.schedule_reader import parse_office_hours
from indexer.office_hours.spans import Span, merged
from indexer.office_hours.wire import DayException, OfficeHoursJSON

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_CLOSED = "closed"
_YEARLY = "every year"
_TIME = r"(\d{1,2})(?::(\d{2}))?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|\u2013|\u2014|to)\s*{_TIME}", re.ASCII | re.IGNORECASE)


class WrittenHours(NamedTuple):
    """A schedule as it is written in a form.

    `time_zone` is empty if none is named. `days` are the open times of each weekday, Monday first, such as
    `09:00-12:00, 13:00-17:00`; `22:00-06:00` ends on the day after. `exceptions` has a line for each date, such as
    `2026-12-25 closed every year` or `2026-12-24 09:00-13:00`.
    """

    is_always_open: bool = True
    time_zone: str = ""
    days: tuple[str, ...] = ("",) * 7
    exceptions: str = ""


def written_hours(given: Mapping[str, Any] | None) -> WrittenHours:
    """The form of a schedule that `parse_office_hours` accepts; None is open around the clock."""
    if given is None:
        return WrittenHours()
    said = OfficeHoursJSON.model_validate(given)
    intervals = [(one.start_minute, one.end_minute) for one in said.time_intervals or []]
    is_always_open = bool(said.twenty_four_seven) or not intervals
    return WrittenHours(is_always_open, said.time_zone_name or "", _days(intervals), _lines(said.exceptions or []))


def week_of(given: Mapping[str, Any] | None) -> tuple[Hours, ...]:
    """The open minutes of each weekday, Monday first, of such a schedule; exceptions do not count."""
    said = OfficeHoursJSON.model_validate(given or {"twenty_four_seven": True})
    if said.twenty_four_seven or not said.time_intervals:
        return (((0, DAY),),) * 7
    return week((one.start_minute, one.end_minute) for one in said.time_intervals)


def read_hours(written: WrittenHours, before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The schedule that is written, in the shape that `parse_office_hours` accepts; None for around the clock.

    All that the form does not have, such as the hours of teams, stays as it was `before`; hours that mean the same as
    before are returned as they were. Raises `Refused` with the name of the field in the form.
    """
    kept = {key: value for key, value in (before or {}).items() if key not in _OF_FORM}
    found = kept | {"twenty_four_seven": written.is_always_open}
    if not written.is_always_open:
        intervals = [
            {"start_minute": weekday * DAY + start, "end_minute": weekday * DAY + end}
            for weekday, text in enumerate(written.days)
            for start, end in _spans(text, WEEKDAYS[weekday].lower())
        ]
        if not intervals:
            raise Refused("monday", "no day is open; give the hours of one day, or choose around the clock")
        found |= {"time_zone_name": written.time_zone, "time_intervals": intervals}
        if exceptions := [_exception(line) for line in written.exceptions.splitlines() if line.strip()]:
            found["exceptions"] = exceptions
    is_nothing = written.is_always_open and not kept.get("teams")
    try:
        return _as_before(None if is_nothing else found, before)
    except Refused as refused:
        names = {"time_zone_name": "time_zone"}
        head = refused.path.partition("[")[0]
        raise Refused(names.get(head, head), refused.reason) from None


_OF_FORM = frozenset({"time_zone_name", "twenty_four_seven", "time_intervals", "exceptions"})


def _as_before(found: dict[str, Any] | None, before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    is_same = parse_office_hours(found).id == parse_office_hours(before).id
    return (None if before is None else dict(before)) if is_same else found


def _days(intervals: Iterable[Span]) -> tuple[str, ...]:
    """The times of each weekday; an interval over midnight stays one if it is shorter than a day."""
    spans: list[list[Span]] = [[] for _ in WEEKDAYS]
    for start, end in intervals:
        begin, past = start % (7 * DAY), start % (7 * DAY) + end - start
        weekday, minute = divmod(begin, DAY)
        if past - begin < DAY:
            spans[weekday].append((minute, past - weekday * DAY))
            continue
        while begin < past:
            weekday, minute = divmod(begin, DAY)
            until = min((weekday + 1) * DAY, past)
            spans[weekday % 7].append((minute, until - weekday * DAY))
            begin = until
    return tuple(", ".join(_text(span) for span in sorted(of_day)) for of_day in spans)


def _text(span: Span) -> str:
    start, end = span
    return f"{_time(start)}-{_time(end if end <= DAY else end - DAY)}"


def _time(minute: int) -> str:
    return "{:02}:{:02}".format(*divmod(minute, 60))


def _lines(exceptions: Iterable[DayException]) -> str:
    """A line for each date; several exceptions on one date are open in the hours of any of them."""
    by_date: dict[When, tuple[DayException, list[Span]]] = {}
    for one in exceptions:
        day = one.exception_date
        when = (day.month, day.day) if one.recurring_annually else day
        spans = by_date.setdefault(when, (one, []))[1]
        if one.exception_type == "custom_hours":
            spans += [(interval.start_minute, interval.end_minute) for interval in one.time_intervals or []]
    return "\n".join(
        f"{one.exception_date.isoformat()} {', '.join(map(_text, merged(spans))) or _CLOSED}"
        f"{f' {_YEARLY}' if one.recurring_annually else ''}"
        for one, spans in by_date.values()
    )


def _spans(text: str, field: str) -> Sequence[Span]:
    """The spans of minutes from midnight; one that ends at or before its start ends on the day after."""
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if [part.lower() for part in parts] == [_CLOSED]:
        return []
    found = []
    for part in parts:
        match = _SPAN.fullmatch(part)
        if match is None:
            raise Refused(field, f"{part[:40]!r} is not a span of time such as 09:00-17:00")
        start, end = _minutes(match[1], match[2], field), _minutes(match[3], match[4], field)
        if start in (end, DAY):
            raise Refused(field, f"{part!r} has no end after its start")
        found.append((start, end if end > start else end + DAY))
    return found


def _minutes(hours: str, minutes: str | None, field: str) -> int:
    at = int(hours) * 60 + int(minutes or 0)
    if at > DAY or int(minutes or 0) > 59:
        raise Refused(field, f"{hours}:{minutes or '00'} is not a time of the day")
    return at


def _exception(line: str) -> dict[str, Any]:
    day, _, rest = line.strip().partition(" ")
    hours = rest.strip().rstrip(".")
    is_yearly = hours.lower().endswith(_YEARLY)
    hours = hours[: -len(_YEARLY)].strip() if is_yearly else hours
    try:
        on = read_day(day)
    except ValueError as error:
        raise Refused("exceptions", str(error)) from None
    if not hours:
        raise Refused("exceptions", f"{day} needs hours such as 09:00-13:00, or the word closed")
    spans = _spans(hours, "exceptions")
    if any(end > DAY for _, end in spans):
        raise Refused("exceptions", f"{day}: the hours of a date end at 24:00")
    found: dict[str, Any] = {"exception_date": on.isoformat(), "exception_type": "closed"}
    if spans:
        intervals = [{"start_minute": start, "end_minute": end} for start, end in spans]
        found |= {"exception_type": "custom_hours", "time_intervals": intervals}
    return found | ({"recurring_annually": True} if is_yearly else {})
