"""The hours of the week, as a heatmap names them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from indexer.calendar.zones import changes_within
from indexer.office_hours.spans import clipped, merged
from indexer.reports.periods import Span

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = [f"{weekday} {hour:02}" for weekday in _WEEKDAYS for hour in range(24)]
"""`Mon 00` to `Sun 23`, in order."""

_HOUR, _WEEK = 3_600, 7 * 86_400
_A_MONDAY = 4 * 86_400
"""5 January 1970, 00:00, as though clocks were in UTC."""


class HourStretch(NamedTuple):
    """A stretch of time, from its first instant to the one after it, in which clocks show one full hour after another.

    Local hours begin `past` seconds after those of UTC.
    """

    start: int
    end: int
    past: int


def hour_of(instant: int, zone: ZoneInfo) -> str:
    """The hour of the week that clocks in the zone show at an instant (epoch seconds).

    When clocks go back, the hour that comes twice is one hour of the week; an hour that is left out is empty.
    """
    local = datetime.fromtimestamp(instant, zone)
    return HOURS[local.weekday() * 24 + local.hour]


def hour_stretches(span: Span, zone: ZoneInfo) -> list[HourStretch]:
    """The stretches of the range: nearly always one, since most clocks change by full hours at full hours."""
    start, end = span.instants(zone)
    if start >= end:
        return []
    begins: list[tuple[int, int]] = []
    for at, offset in changes_within(zone, start, end):
        past = -offset % _HOUR
        if not begins or past != begins[-1][1] or (at - past) % _HOUR:
            begins.append((at, past))
    return [HourStretch(at, until, past) for (at, past), (until, _) in pairwise([*begins, (end, 0)])]


def spans_of_hour(hour: str, span: Span, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Every stretch of the range in which clocks show that hour of the week: first instant, first instant after."""
    start, end = span.instants(zone)
    if start >= end:
        return
    shown = _A_MONDAY + HOURS.index(hour) * _HOUR
    found: list[tuple[int, int]] = []
    for (at, offset), (until, _) in pairwise([*changes_within(zone, start, end), (end, 0)]):
        first = at - (at + offset - shown) % _WEEK
        found += clipped(((begin, begin + _HOUR) for begin in range(first, until, _WEEK)), at, until)
    yield from merged(found)
