"""The hours of the week as a grid of shades."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.reports import Answer

LEVELS = 8
"""The number of shades besides that of zero."""

_DAYS = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the week; `level` is its shade, 0 (nothing) to 8 (the most)."""

    count: int
    level: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The days with their 24 hours, and the busiest hour with its count, None if all hours are empty."""

    days: Sequence[tuple[str, Sequence[Hour]]]
    busiest: tuple[str, int] | None


def grid_of(answer: Answer) -> Grid:
    """The grid of a heatmap's answer; several periods are added up."""
    counts: Counter[str] = Counter()
    for row in answer.rows:
        counts[row.group or ""] += row.count
    most = max(counts.values(), default=0)

    def hour(name: str) -> Hour:
        count = counts[name]
        return Hour(count, -(-count * LEVELS // most) if most else 0)

    days = [(day, [hour(f"{short} {number:02}") for number in range(24)]) for short, day in _DAYS.items()]
    if not most:
        return Grid(days, None)
    name = next(name for name, count in counts.items() if count == most)
    return Grid(days, (f"{_DAYS[name[:3]]}, {name[4:]}:00 to {name[4:]}:59", most))
