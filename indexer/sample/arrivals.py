"""When conversations begin: the hours of day and week, growth, holidays and a few bursts."""

from bisect import bisect_right
from datetime import datetime
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from indexer.sample.office_hours import is_holiday
from indexer.sample.sample_workspace import DUBLIN

HOUR = 3600
_HOURS_A_DAY = 24

_BY_WEEKDAY = (1.2, 1.1, 1.05, 1.0, 0.9, 0.35, 0.3)
_BY_HOUR = (
    *(0.12, 0.1, 0.08, 0.08, 0.08, 0.1, 0.15, 0.35, 0.8, 1.3, 1.6, 1.6),
    *(1.3, 1.3, 1.5, 1.5, 1.4, 1.1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2),
)
_GROWTH = 0.25
_HOLIDAY = 0.3
_DAYS_A_BURST = 40
_BURST = 7.0
_BACKLOG_HOURS = 8


class Arrivals:
    """The rate of new conversations over a history of whole days."""

    def __init__(self, random: Random, end: int, days: int) -> None:
        """Cover the `days` times 24 hours before `end` (epoch seconds); `random` sets moods and bursts."""
        self._start = end - days * _HOURS_A_DAY * HOUR
        rates = _usual_rates(self._start, days)
        for day in range(days):
            mood = random.uniform(0.8, 1.2)
            for hour in range(day * _HOURS_A_DAY, (day + 1) * _HOURS_A_DAY):
                rates[hour] *= mood
        self._bursts = _burst_hours(random, days)
        for hour in self._bursts:
            rates[hour] *= _BURST
        self._cumulative = list(accumulate(rates))
        self._loads = _loads(rates)

    def begin(self, chance: float, moment: float) -> int:
        """The start of a conversation: `chance` (0 ≤ chance < 1) finds the hour, `moment` the second in it."""
        hour = bisect_right(self._cumulative, chance * self._cumulative[-1])
        return self._start + hour * HOUR + int(moment * HOUR)

    def load(self, at: int) -> float:
        """How busy the hours up to `at` were: 1 for an average working time, more when people fall behind."""
        return self._loads[(at - self._start) // HOUR]

    def in_burst(self, at: int) -> bool:
        """Whether an incident is bringing in far more conversations than usual."""
        return (at - self._start) // HOUR in self._bursts


def _usual_rates(start: int, days: int) -> list[float]:
    zone = ZoneInfo(DUBLIN)
    hours = days * _HOURS_A_DAY
    rates = []
    for hour in range(hours):
        local = datetime.fromtimestamp(start + hour * HOUR, zone)
        rate = _BY_WEEKDAY[local.weekday()] * _BY_HOUR[local.hour] * (1 + _GROWTH * hour / hours)
        rates.append(rate * _HOLIDAY if is_holiday(local.date()) else rate)
    return rates


def _burst_hours(random: Random, days: int) -> frozenset[int]:
    """A few hours in the middle of one day in forty, on at least one day."""
    hours: set[int] = set()
    for _ in range(max(1, days // _DAYS_A_BURST)):
        begins = random.randrange(days) * _HOURS_A_DAY + random.randrange(9, 16)
        hours.update(range(begins, begins + random.randrange(2, 5)))
    return frozenset(hours)


def _loads(rates: list[float]) -> list[float]:
    """Each hour's recent volume next to the mean of all hours, damped, since a busy team also works faster."""
    typical = 2 * _BACKLOG_HOURS * sum(rates) / len(rates)
    totals = [0.0, *accumulate(rates)]
    recent = (totals[hour] - totals[max(0, hour - _BACKLOG_HOURS)] for hour in range(1, len(totals)))
    return [min(4.0, max(0.4, volume / typical)) for volume in recent]
