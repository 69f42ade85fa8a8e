"""A scale from instants to places on a line: linear, but with long quiet times cut short where they are marked."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from indexer.office_hours.spans import Span

QUIET_SECONDS: Final = 3 * 86_400
"""A time without entries is cut only if it is longer than this: nights and weekends stay to scale."""

_SHARE_OF_REST: Final = 1 / 3
"""It also has to be longer than this share of all other times that are drawn; otherwise little would be gained."""

_SHORTEST: Final = 60
"""The fewest seconds that a line shows to scale."""

_CUT_WIDTH: Final = 0.07
"""The place that a cut takes, as a share of the line."""

_MOST_CUT: Final = 0.5
"""The most that all cuts together take."""

_MOST_TICKS: Final = 8
_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440)
_DAYS: Final = (1, 2, 7, 14, 28, 91, 364)
_MONDAY: Final = date(2001, 1, 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A round local time on the line; `place` is from 0 to 1."""

    at: int
    place: float
    local: datetime


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The line from `start` to `end` (epoch seconds, `start` < `end`); times within `cuts` are not to scale."""

    start: int
    end: int
    cuts: tuple[Span, ...]
    _pieces: tuple[tuple[int, float], ...]

    @classmethod
    def of(cls, instants: Iterable[int]) -> "TimeScale":
        """The scale on which all of these instants have a place; there is at least one. A line has a minute at least.

        The longest quiet times are cut first.
        """
        points = sorted(set(instants))
        start, end = points[0], max(points[-1], points[0] + _SHORTEST)
        cuts = tuple(sorted(_cuts(list(pairwise([*points, end])))))
        taken = min(_CUT_WIDTH * len(cuts), _MOST_CUT)
        scale = (1 - taken) / (end - start - sum(until - since for since, until in cuts))
        pieces: list[tuple[int, float]] = [(start, 0.0)]
        for since, until in cuts:
            place = pieces[-1][1] + (since - pieces[-1][0]) * scale
            pieces += [(since, place), (until, place + taken / len(cuts))]
        return cls(start, end, cuts, (*pieces, (end, 1.0)))

    def place(self, at: int) -> float:
        """The place of an instant, from 0 at the start to 1 at the end; instants outside are at the nearer end."""
        if at >= self.end:
            return 1.0
        at = max(at, self.start)
        number = bisect_right(self._pieces, at, key=lambda piece: piece[0])
        (since, low), (until, high) = self._pieces[number - 1], self._pieces[number]
        return low + (high - low) * (at - since) / (until - since)

    @property
    def drawn(self) -> list[Span]:
        """The times that are to scale, in order."""
        ends = [self.start, *(at for cut in self.cuts for at in cut), self.end]
        return [(since, until) for since, until in zip(ends[::2], ends[1::2], strict=True) if since < until]

    def ticks(self, zone: ZoneInfo) -> list[Tick]:
        """Round local times within what is to scale, about eight; those of a skipped hour are left out."""
        drawn = self.drawn
        whole = sum(until - since for since, until in drawn)
        minutes, days = (
            next((one for one in steps if one * unit * _MOST_TICKS >= whole), steps[-1])
            for steps, unit in ((_MINUTES, 60), (_DAYS, 86_400))
        )
        return [
            Tick(at, self.place(at), datetime.fromtimestamp(at, zone))
            for since, until in drawn
            for at in _round_times(since, until, zone, days, minutes)
        ]


def _cuts(gaps: Sequence[Span]) -> Iterator[Span]:
    """The quiet times to cut, the longest first."""
    rest = gaps[-1][1] - gaps[0][0]
    for since, until in sorted(gaps, key=lambda gap: gap[0] - gap[1]):
        rest -= until - since
        if rest < _SHORTEST or until - since <= QUIET_SECONDS or until - since <= rest * _SHARE_OF_REST:
            return
        yield since, until


def _round_times(since: int, until: int, zone: ZoneInfo, days: int, minutes: int) -> Iterator[int]:
    """The local times within `[since, until]` that are whole `minutes` of each `days`-th day."""
    day = datetime.fromtimestamp(since, zone).date()
    last = datetime.fromtimestamp(until, zone).date()
    while day <= last:
        if (day - _MONDAY).days % days == 0:
            instants = {
                int(local.timestamp())
                for minute in range(0, 1_440, minutes)
                for fold in (0, 1)
                if _exists(local := _local(day, minute, zone, fold))
            }
            yield from (at for at in sorted(instants) if since <= at <= until)
        day += timedelta(days=1)


def _local(day: date, minute: int, zone: ZoneInfo, fold: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60, fold=fold), zone)


def _exists(local: datetime) -> bool:
    """Whether clocks show this time, which they do not in an hour that they skip."""
    shown = datetime.fromtimestamp(local.timestamp(), local.tzinfo)
    return shown.replace(tzinfo=None) == local.replace(tzinfo=None)
