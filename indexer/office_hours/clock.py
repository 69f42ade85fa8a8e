"""The clock: the one function that measures all durations."""

from collections.abc import Callable

Clock = Callable[[int], int]
"""A function from an epoch second to a count of seconds that never falls.

Only differences mean anything: the duration from `a` to `b` is `clock(b) - clock(a)`. Two clocks have no common zero.
"""


def elapsed(instant: int) -> int:
    """The clock of elapsed time."""
    return instant
