"""A schedule compiled to instants: open intervals in UTC with the seconds open before each.

Durations are intersected as instants, never as wall-clock times, so that days of 23 and 25 hours are right. A duration
of any length then costs two bisections.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from indexer.office_hours.schedule import DAY, Minutes, Schedule

Clock = Callable[[int], int]
"""From an epoch second to a count of seconds; the duration from a to b is `clock(b) - clock(a)`."""


def elapsed(instant: int) -> int:
    """The clock that is always open."""
    return instant


class OpenTime:
    """The open intervals of the years that have been asked for, compiled as they are.

    `clock(instant)` is the number of open seconds since a fixed instant, negative before it; instants are epoch
    seconds of the years 1 to 9998.
    """

    def __init__(self, schedule: Schedule) -> None:
        """Compiles nothing yet."""
        self._schedule = schedule
        self._zone = ZoneInfo(schedule.zone)
        self._years = range(0)
        self._since = self._until = 0
        self._origin: int | None = None
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._open_before: list[int] = []
        self.clock = self._clock()

    def _clock(self) -> Clock:
        starts, ends, open_before = self._starts, self._ends, self._open_before

        def clock(instant: int) -> int:
            if not self._since <= instant < self._until:
                self._compile(instant)
            place = bisect_right(starts, instant) - 1
            end = ends[place]
            return open_before[place] + (instant if instant < end else end) - starts[place]

        return clock

    def intervals(self, start: int, end: int) -> list[tuple[int, int]]:
        """The open intervals within [start, end), in order."""
        self.clock(start)
        self.clock(end)
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end)
        cut = (
            (max(start, opens), min(end, closes))
            for opens, closes in zip(self._starts[first:last], self._ends[first:last], strict=True)
        )
        return [(opens, closes) for opens, closes in cut if opens < closes]

    def _compile(self, instant: int) -> None:
        """Compile the years around `instant` with those that were compiled before; no answer changes by that."""
        year = datetime.fromtimestamp(instant, UTC).year
        first = min(year - 1, self._years.start) if self._years else year - 1
        last = max(year + 1, self._years.stop - 1) if self._years else year + 1
        self._years = range(first, last + 1)
        self._since = _instant(self._zone, date(first, 1, 1), 0, as_end=False)
        self._until = _instant(self._zone, date(last + 1, 1, 1), 0, as_end=False)
        if self._origin is None:
            self._origin = self._since
        # The first interval is empty, so that every instant since then has one before it.
        starts, ends, open_before = [self._since], [self._since], [0]
        for start, end in self._open_intervals():
            if start <= ends[-1] and len(starts) > 1:
                ends[-1] = max(end, ends[-1])
            else:
                open_before.append(open_before[-1] + ends[-1] - starts[-1])
                starts.append(start)
                ends.append(end)
        self._starts[:], self._ends[:], self._open_before[:] = starts, ends, open_before
        shift = self.clock(self._origin)
        self._open_before[:] = [seconds - shift for seconds in open_before]

    def _open_intervals(self) -> Iterator[tuple[int, int]]:
        day, beyond = date(self._years.start, 1, 1), date(self._years.stop, 1, 1)
        while day < beyond:
            for start, end in self._on(day):
                opens = _instant(self._zone, day, start, as_end=False)
                closes = _instant(self._zone, day, end, as_end=True)
                if opens < closes:
                    yield opens, closes
            day += timedelta(days=1)

    def _on(self, day: date) -> Iterator[Minutes]:
        """The intervals of a date, in minutes from its midnight."""
        schedule = self._schedule
        special = schedule.dates.get(day)
        if special is None:
            special = schedule.yearly.get((day.month, day.day))
        if special is not None:
            yield from special
            return
        midnight = day.weekday() * DAY
        for start, end in schedule.week:
            if start < midnight + DAY and end > midnight:
                yield max(start - midnight, 0), min(end - midnight, DAY)


def _instant(zone: ZoneInfo, day: date, minute: int, *, as_end: bool) -> int:
    """The instant of a local time: where it occurs twice the first as a start and the last as an end.

    Where the clocks skip it, it is the first instant after the gap (decision 25).
    """
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    first = naive.replace(tzinfo=zone)
    last = first.replace(fold=1)
    if first.utcoffset() == last.utcoffset():
        return int(first.timestamp())
    if first.utcoffset() > last.utcoffset():  # type: ignore[operator]  # a zone always has an offset
        return int((last if as_end else first).timestamp())
    return _end_of_gap(zone, int(last.timestamp()), int(first.timestamp()))


def _end_of_gap(zone: ZoneInfo, before: int, after: int) -> int:
    """The instant between `before` and `after` at which the offset changes."""
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
