"""The hours of the week, as a heatmap names them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from indexer.reports.periods import Span

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = [f"{weekday} {hour:02}" for weekday in _WEEKDAYS for hour in range(24)]
"""`Mon 00` to `Sun 23`, in order."""

_STEP = 900


def hour_of(instant: int, zone: ZoneInfo) -> tuple[date, str]:
    """The date and the hour of the week that clocks in the zone show at an instant (epoch seconds).

    When clocks go back, the hour that comes twice is one hour of the week; one that is left out has nothing.
    """
    local = datetime.fromtimestamp(instant, zone)
    return local.date(), HOURS[local.weekday() * 24 + local.hour]


def spans_of_hour(hour: str, span: Span, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Every stretch of the span in which clocks show that hour of the week: first instant, first instant after."""
    start, end = span.instants(zone)
    weekday, wanted = divmod(HOURS.index(hour), 24)
    first = span.first + timedelta(days=(weekday - span.first.weekday()) % 7)
    while first <= span.last:
        # All that can be this hour somewhere near its date; clocks change at whole quarters.
        nominal = int(datetime(first.year, first.month, first.day, wanted, tzinfo=zone).astimezone(UTC).timestamp())
        quarters = range(nominal - nominal % _STEP - 4 * 3600, nominal + 5 * 3600, _STEP)
        inside = [at for at in quarters if start <= at < end and hour_of(at, zone) == (first, hour)]
        yield from _joined(inside)
        first += timedelta(days=7)


def _joined(quarters: list[int]) -> Iterator[tuple[int, int]]:
    begin = None
    for position, at in enumerate(quarters):
        begin = at if begin is None else begin
        if position + 1 == len(quarters) or quarters[position + 1] != at + _STEP:
            yield begin, at + _STEP
            begin = None
