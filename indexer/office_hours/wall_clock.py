"""Local time as instants: when the clocks of a zone show a time, over gaps and folds.

A wall time is counted in seconds as though the clock were in UTC: 0 is its midnight of 1970-01-01.
"""

from bisect import bisect_left
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from indexer.office_hours.spans import Span

_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_DAY = 86_400


def midnight(day: date) -> int:
    """The wall time at which the day begins."""
    return (day.toordinal() - _EPOCH_DAY) * _DAY


def crossings(wall: int, zone: ZoneInfo) -> tuple[int, ...]:
    """The epoch seconds at which the wall clock passes `wall`, forwards or backwards.

    One as a rule: the clock shows `wall`, or jumps over it. Three if it shows `wall` twice: for the first time, when it
    is set back, and for the last time. So from the first crossing on the clock has been at `wall` or past it, and at
    the last crossing, no later, it is at `wall` or before it.
    """
    shown = (_EPOCH + timedelta(seconds=wall)).replace(tzinfo=zone)
    first, last = int(shown.timestamp()), int(shown.replace(fold=1).timestamp())
    if first == last:
        return (first,)
    if first < last:
        return (first, _turn(first, last, zone), last)
    return (_turn(last, first, zone),)  # in a gap the fold means the opposite


def instants_of(day: date, zone: ZoneInfo) -> list[Span]:
    """The spans in which the clock shows that date, some of them empty.

    One as a rule, only empty ones for a date that the zone skipped, several if the clock is set back over midnight
    into the day before.
    """
    edges = crossings(midnight(day), zone) + crossings(midnight(day) + _DAY, zone)
    return list(zip(edges[::2], edges[1::2], strict=True))


def _turn(low: int, high: int, zone: ZoneInfo) -> int:
    """The first instant after `low`, `high` at the latest, at which the offset differs from that at `low`."""
    usual = datetime.fromtimestamp(low, zone).utcoffset()
    return bisect_left(
        range(high), 1, lo=low, key=lambda instant: datetime.fromtimestamp(instant, zone).utcoffset() != usual
    )
