"""Durations between events, in elapsed time and within office hours.

A duration whose ends exist is never null: it is 0 if no part of it is within office hours (decision 3).
"""

from typing import Final

from indexer.conversation import Event
from indexer.office_hours import Clock, elapsed


class OfficeTime:
    """Durations of one conversation within office hours; the clock is asked once for each instant."""

    def __init__(self, clock: Clock) -> None:
        """`clock` is the schedule's."""
        self._clock: Final = clock
        self._is_elapsed: Final = clock is elapsed
        self._answers: Final[dict[int, int]] = {}

    def between(self, start: int, end: int) -> int:
        """Seconds within office hours from `start` to `end`, which are epoch seconds."""
        if self._is_elapsed:
            return end - start
        answers = self._answers
        since, until = answers.get(start), answers.get(end)
        if since is None:
            since = answers[start] = self._clock(start)
        if until is None:
            until = answers[end] = self._clock(end)
        return until - since

    def within(self, start: Event, end: Event) -> int:
        """Seconds within office hours from `start` to `end`."""
        return self.between(start.at, end.at)

    def both(self, start: Event, end: Event) -> tuple[int, int]:
        """Seconds from `start` to `end`: elapsed, and within office hours."""
        since, until = start.at, end.at
        return until - since, self.between(since, until)


def median(values: list[int]) -> int:
    """The median; of an even number of values their mean, rounded half up (decision 10). There must be one."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle] + 1) // 2
