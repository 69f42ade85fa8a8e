"""Durations between events, in elapsed time and within office hours.

A duration whose ends exist is never null: it is 0 if no part of it is within office hours (decision 3).
"""

from indexer.conversation import Event
from indexer.office_hours import Clock


class OfficeTime(dict[int, int]):
    """Open seconds up to each instant of one conversation; the clock is asked once for each instant."""

    __slots__ = ("_clock",)

    def __init__(self, clock: Clock) -> None:
        """`clock` is the schedule's."""
        self._clock = clock

    def __missing__(self, instant: int) -> int:
        """The clock's answer, kept."""
        answer = self[instant] = self._clock(instant)
        return answer

    def within(self, start: Event, end: Event) -> int:
        """Seconds within office hours from `start` to `end`."""
        return self[end.at] - self[start.at]

    def both(self, start: Event, end: Event) -> tuple[int, int]:
        """Seconds from `start` to `end`: elapsed, and within office hours."""
        since, until = start.at, end.at
        return until - since, self[until] - self[since]


def median(values: list[int]) -> int:
    """The median; of an even number of values their mean, rounded half up (decision 10). There must be one."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle] + 1) // 2
