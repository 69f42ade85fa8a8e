"""A schedule compiled to instants, so that a duration costs two look-ups whatever its length.

Local hours become UTC spans once, with the open seconds up to each of them; two wall times are never subtracted.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import NamedTuple, Self

from indexer.office_hours.schedule import Schedule
from indexer.office_hours.spans import Span, clipped, merged, without
from indexer.office_hours.wall_clock import crossings, instants_of, midnight

_ONE_DAY = timedelta(days=1)
_DAY_SECONDS = 86_400
_MARGIN = timedelta(days=2)  # no zone is further from UTC, and no clock is set back by more


def _new_year(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


EARLIEST, LATEST = _new_year(1970), _new_year(2101)
"""The seconds between which schedules are compiled; before and after them nothing counts as open."""


def open_spans(schedule: Schedule, low: int, high: int) -> list[Span]:
    """The spans of epoch seconds in `[low, high)` in which the schedule is open, in order.

    An interval lasts from the first instant at which the wall clock shows its start or more to the last at which it
    shows its end or less. So a start or an end in a gap is the instant of the change, an ambiguous start is the first
    of the two and an ambiguous end the last. No instant of a date with an exception is open by another date's hours.
    """
    zone = schedule.zone
    day = _utc_date(low) - _MARGIN
    last = _utc_date(high) + _MARGIN
    found: list[Span] = []
    while day <= last:
        begin = midnight(day)
        spans = [
            (crossings(begin + 60 * start, zone)[0], crossings(begin + 60 * end, zone)[-1])
            for start, end in schedule.hours_on(day)
        ]
        for neighbour in (day - _ONE_DAY, day + _ONE_DAY):  # reached only if midnight comes twice
            if spans and schedule.exception_on(neighbour) is not None:
                for hole in instants_of(neighbour, zone):
                    spans = without(spans, hole)
        found += spans
        day += _ONE_DAY
    return clipped(merged(found), low, high)


def _utc_date(instant: int) -> date:
    return datetime.fromtimestamp(instant, UTC).date()


class _Window(NamedTuple):
    """The compiled part of time, `[low, high)`, whole UTC days, as flat lists with one entry a span.

    After the start of a span the count is `instant + shift`, but never more than `ceiling`, where it stays until the
    next span. The first entry is an empty span at `low`, so that every instant of the window has one; after the last
    start comes `high`. `days` has for each day the span in force as it begins: from there it is a step or two to any
    instant of the day, which takes half the time of a bisection.
    """

    low: int
    high: int
    days: list[int]
    starts: list[int]
    shifts: list[int]
    ceilings: list[int]

    @classmethod
    def of(cls, low: int, high: int, spans: list[Span], count: int) -> Self:
        """The window with these spans, and the count `count` at `low`."""
        starts, shifts, ceilings = [low], [count - low], [count]
        for start, end in spans:
            starts.append(start)
            shifts.append(count - start)
            count += end - start
            ceilings.append(count)
        days = [bisect_right(starts, day) - 1 for day in range(low, high, _DAY_SECONDS)]
        return cls(low, high, days, [*starts, high], shifts, ceilings)

    def spans(self) -> list[Span]:
        """The open spans of the window."""
        ends = [ceiling - shift for ceiling, shift in zip(self.ceilings, self.shifts, strict=True)]
        return list(zip(self.starts[1:-1], ends[1:], strict=True))


class CompiledSchedule:
    """The instants of a schedule, compiled by whole years when they are first asked for.

    Any epoch second from 1970 to 2100 may be asked for. The window grows and never moves its zero, so that counts from
    before and after it grew may be subtracted.
    """

    __slots__ = ("_growing", "_schedule", "_window")

    def __init__(self, schedule: Schedule) -> None:
        """Nothing is compiled before the first question."""
        self._schedule = schedule
        self._window = _Window(EARLIEST, EARLIEST, [], [], [], [])
        self._growing = Lock()

    def clock(self, instant: int) -> int:
        """The clock of open seconds."""
        low, high, days, starts, shifts, ceilings = self._window
        if not low <= instant < high:
            instant = min(max(instant, EARLIEST), LATEST - 1)
            low, _, days, starts, shifts, ceilings = self._covering(instant, instant)
        place = days[(instant - low) // _DAY_SECONDS]
        while starts[place + 1] <= instant:
            place += 1
        count = instant + shifts[place]
        ceiling = ceilings[place]
        return count if count < ceiling else ceiling

    def intervals(self, start: int, end: int) -> list[Span]:
        """The open spans in `[start, end)`, clipped to it, in order."""
        start, end = max(start, EARLIEST), min(end, LATEST)
        return clipped(self._covering(start, end - 1).spans(), start, end) if start < end else []

    def _covering(self, first: int, last: int) -> _Window:
        """The window, grown so that it covers the years of both instants."""
        with self._growing:
            old = self._window
            if old.low <= first and last < old.high:
                return old
            low, high = _new_year(_utc_date(first).year), _new_year(_utc_date(last).year + 1)
            if old.low == old.high:
                self._window = _Window.of(low, high, open_spans(self._schedule, low, high), count=0)
                return self._window
            low, high = min(low, old.low), max(high, old.high)
            earlier = open_spans(self._schedule, low, old.low)
            later = open_spans(self._schedule, old.high, high)
            count = old.ceilings[0] - sum(end - start for start, end in earlier)
            self._window = _Window.of(low, high, merged([*earlier, *old.spans(), *later]), count)
            return self._window
