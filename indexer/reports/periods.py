"""Local dates and their instants: the days, weeks and months of a report."""

import enum
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


class Interval(enum.StrEnum):
    """How long a period of a report is; `range` is one period of all days asked for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    RANGE = "range"


class Weekday(enum.StrEnum):
    """The day that weeks begin on, in the order of a week that begins on Monday."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEKDAYS = list(Weekday)


class Span(NamedTuple):
    """A range of local dates, both inclusive."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """The number of calendar dates in it."""
        return (self.last - self.first).days + 1

    def before(self) -> "Span":
        """The range of as many days that ends on the day before this one begins."""
        return Span(self.first - self.days * _DAY, self.first - _DAY)

    def moved(self, days: int) -> "Span":
        """The range of as many days that begins that many days later."""
        return Span(self.first + days * _DAY, self.last + days * _DAY)

    def instants(self, zone: ZoneInfo) -> tuple[int, int]:
        """Its first instant and the first instant after it, in epoch seconds."""
        return first_instant(self.first, zone), first_instant(self.last + _DAY, zone)


def day_bounds(first: date | None, last: date | None, zone: ZoneInfo) -> tuple[int | None, int | None]:
    """The first instant of one local date, and the first one after another; None for a date that is not given."""
    return (
        None if first is None else first_instant(first, zone),
        None if last is None else first_instant(last + _DAY, zone),
    )


def period_of(day: date, interval: Interval, span: Span, week_start: Weekday = Weekday.MONDAY) -> date:
    """The date on which the period with `day` begins, among those of `span`."""
    match interval:
        case Interval.RANGE:
            return span.first
        case Interval.DAY:
            return day
        case Interval.WEEK:
            return day - (day.weekday() - _WEEKDAYS.index(week_start)) % 7 * _DAY
        case Interval.MONTH:
            return day.replace(day=1)


def periods(span: Span, interval: Interval, week_start: Weekday = Weekday.MONDAY) -> list[date]:
    """The dates on which the periods that overlap `span` begin, in order; the first may be before the span.

    Calendar dates, whatever the zone: a date that a zone has skipped (30 December 2011 in Apia) is a period too,
    an empty one.
    """
    first, last = (period_of(day, interval, span, week_start) for day in span)
    if days := {Interval.DAY: 1, Interval.WEEK: 7}.get(interval):
        return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1, days)]
    found = [first]
    while found[-1] < last:
        found.append(_following(found[-1], interval))
    return found


def count_periods(span: Span, interval: Interval, week_start: Weekday = Weekday.MONDAY) -> int:
    """How many periods overlap `span`, without listing them."""
    first, last = (period_of(day, interval, span, week_start) for day in span)
    match interval:
        case Interval.RANGE:
            return 1
        case Interval.DAY:
            return (last - first).days + 1
        case Interval.WEEK:
            return (last - first).days // 7 + 1
        case Interval.MONTH:
            return (last.year - first.year) * 12 + last.month - first.month + 1


def part_of(span: Span, interval: Interval, period: date) -> Span:
    """The days of a period (named by the date it begins on) within the span."""
    if interval is Interval.RANGE:
        return span
    return Span(max(span.first, period), min(span.last, _following(period, interval) - _DAY))


def whole_period(interval: Interval, period: date) -> Span:
    """All days of a period, named by the date it begins on; a range has no length of its own and is one day here."""
    return Span(period, _following(period, interval) - _DAY)


def _following(start: date, interval: Interval) -> date:
    match interval:
        case Interval.DAY | Interval.RANGE:
            return start + _DAY
        case Interval.WEEK:
            return start + 7 * _DAY
        case Interval.MONTH:
            return (start + timedelta(days=31)).replace(day=1)


@lru_cache(maxsize=8192)
def first_instant(day: date, zone: ZoneInfo) -> int:
    """The first instant of a local date in epoch seconds: midnight, the earlier one if it comes twice.

    If clocks were put forward over midnight it is the instant of that change, which for a date that was
    skipped altogether belongs to the date after it.
    """
    midnight = datetime.combine(day, time(), zone)
    start = midnight.astimezone(UTC)
    if start.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return int(start.timestamp())
    # In a gap the first reading of the wall clock is after the change of the clocks, the second one before it.
    before, after = int(midnight.replace(fold=1).timestamp()), int(start.timestamp())
    offset = start.astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
