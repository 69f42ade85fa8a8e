"""A schedule in its normal form: the open minutes of each calendar date."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from indexer.calendar.zones import fingerprint
from indexer.office_hours.spans import Span, clipped, merged

DAY = 1_440
WEEK = 7 * DAY

Hours = tuple[Span, ...]
"""The open minutes of one date, counted from its midnight to 1440: in order, neither overlapping nor adjacent."""

When = date | tuple[int, int]
"""When an exception holds: on one date, or on a month and day in every year."""

_ALL_DAY: Hours = ((0, DAY),)


def hours(spans: Iterable[Span]) -> Hours:
    """The open minutes of one date from any spans of them."""
    return tuple(merged(spans))


def week(spans: Iterable[Span]) -> tuple[Hours, ...]:
    """The hours of each weekday, Monday first, from spans of minutes since Monday 00:00.

    A span may pass midnight, and the end of the week into Monday, but is no longer than a week.
    """
    within: list[Span] = []
    for start, end in spans:
        begin = start % WEEK
        past = begin + (end - start)
        within += [(begin, min(past, WEEK)), (0, past - WEEK)]
    open_minutes = merged(span for span in within if span[0] < span[1])
    return tuple(_of_day(open_minutes, weekday * DAY) for weekday in range(7))


def _of_day(open_minutes: list[Span], begin: int) -> Hours:
    return tuple((start - begin, end - begin) for start, end in clipped(open_minutes, begin, begin + DAY))


@dataclass(frozen=True, slots=True)
class Schedule:
    """A weekly schedule with its exceptions by calendar date; both speak of local time in `zone`.

    An exception holds all open minutes of its date. One that recurs annually holds in every year, earlier ones too, so
    on 29 February in leap years only; one for that very date takes precedence, as it is more specific.
    """

    zone: ZoneInfo
    week: tuple[Hours, ...]
    exceptions: Mapping[When, Hours]

    def exception_on(self, day: date) -> Hours | None:
        """The hours of the exception on that date, None without an exception."""
        found = self.exceptions.get(day)
        return self.exceptions.get((day.month, day.day)) if found is None else found

    def hours_on(self, day: date) -> Hours:
        """The minutes that are open on that date."""
        exception = self.exception_on(day)
        return self.week[day.weekday()] if exception is None else exception

    @property
    def never_closes(self) -> bool:
        """Whether the schedule never closes: the whole week is open and there are no exceptions."""
        return not self.exceptions and all(day == _ALL_DAY for day in self.week)

    def content(self) -> dict[str, Any]:
        """Plain JSON that is equal for schedules that mean the same under the same edition of their zone."""
        return {
            "zone": self.zone.key,
            "offsets": fingerprint(self.zone.key),
            "week": self.week,
            "exceptions": {_written(when): open_minutes for when, open_minutes in self.exceptions.items()},
        }


def _written(when: When) -> str:
    return when.isoformat() if isinstance(when, date) else "{:02}-{:02}".format(*when)
