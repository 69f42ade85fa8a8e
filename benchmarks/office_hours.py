"""Durations within office hours a second, against businesstimedelta, on spans up to a week and of a year.

Both get their input in the form they like best, epoch seconds and aware datetimes, and are asked for the same spans,
on which both must agree: Monday to Friday 09:00 to 17:00 in New York, where no change of the clocks falls into an
interval. businesstimedelta is given fewer of them, since it walks from day to day.
"""

import random
from datetime import UTC, datetime, time
from typing import Any

import businesstimedelta
import pytz  # type: ignore[import-untyped]  # what businesstimedelta takes time zones from

from benchmarks._harness import Progress, Result, Timing, in_turn
from indexer.office_hours import Clock, parse_office_hours

ZONE = "America/New_York"
SCHEDULE = {
    "time_zone_name": ZONE,
    "twenty_four_seven": False,
    "time_intervals": [{"start_minute": day * 1440 + 540, "end_minute": day * 1440 + 1020} for day in range(5)],
}
DAY = 86_400
FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2020, 2025))

Span = tuple[int, int]
Ends = tuple[datetime, datetime]


def run(rounds: int, progress: Progress) -> Result:
    """Durations a second of both, and how many times as many are ours."""
    draw = random.Random(20240310)
    week = [_span(draw, draw.randrange(7 * DAY)) for _ in range(40_000)]
    year = [_span(draw, 365 * DAY) for _ in range(40_000)]
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for name, spans, fewer in (("week", week, 1_000), ("year", year, 40)):
        progress(f"{name}: {len(spans):,} spans for us, {fewer:,} of them for businesstimedelta")
        ours, theirs = _timings(spans, fewer, rounds, progress)
        figures[f"{name}_durations_per_second"] = len(spans) / ours.median
        figures[f"{name}_durations_per_second_businesstimedelta"] = fewer / theirs.median
        ratios[name] = theirs.times(ours) * len(spans) / fewer
    return Result(figures, ratios)


def _span(draw: random.Random, length: int) -> Span:
    start = draw.randrange(FIRST, LAST)
    return start, start + length


def _timings(spans: list[Span], fewer: int, rounds: int, progress: Progress) -> tuple[Timing, Timing]:
    """How long we take for all spans, and businesstimedelta for the first few of them, with the same results."""
    clock = parse_office_hours(SCHEDULE).clock
    zone = pytz.timezone(ZONE)
    rules = businesstimedelta.Rules([businesstimedelta.WorkDayRule(time(9), time(17), [0, 1, 2, 3, 4], tz=zone)])
    ends = [(datetime.fromtimestamp(start, zone), datetime.fromtimestamp(end, zone)) for start, end in spans[:fewer]]
    assert _ours(clock, spans[:fewer]) == [found.hours * 3600 + found.seconds for found in _theirs(rules, ends)]
    timings = in_turn({"ours": lambda: _ours(clock, spans), "theirs": lambda: _theirs(rules, ends)}, rounds, progress)
    return timings["ours"], timings["theirs"]


def _ours(clock: Clock, spans: list[Span]) -> list[int]:
    return [clock(end) - clock(start) for start, end in spans]


def _theirs(rules: Any, ends: list[Ends]) -> list[Any]:
    return [rules.difference(start, end) for start, end in ends]
