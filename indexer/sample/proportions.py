"""Shares and delays drawn in constant time from tables made once, since a history asks for dozens per conversation."""

import math
from statistics import NormalDist
from typing import Generic, TypeVar

T = TypeVar("T")

_STEPS = 1024


class Mix(Generic[T]):
    """Things and their shares."""

    __slots__ = ("_size", "_table")

    def __init__(self, *shares: tuple[T, int]) -> None:
        """`shares` are pairs of a thing and its whole-number weight."""
        self._table = tuple(thing for thing, weight in shares for _ in range(weight))
        self._size = len(self._table)

    def pick(self, chance: float) -> T:
        """The thing that `chance` (0 ≤ chance < 1) falls on."""
        return self._table[int(chance * self._size)]


class Delay:
    """Waiting times around a median, log-normally spread: most are near it, a few are many times as long."""

    __slots__ = ("_factors",)

    def __init__(self, sigma: float) -> None:
        """`sigma` is the standard deviation of the logarithm."""
        normal = NormalDist(0, sigma)
        self._factors = tuple(math.exp(normal.inv_cdf((step + 0.5) / _STEPS)) for step in range(_STEPS))

    def pick(self, median: float, chance: float) -> int:
        """Whole seconds around `median` seconds, at the quantile `chance` (0 ≤ chance < 1)."""
        return int(median * self._factors[int(chance * _STEPS)])


steady = Delay(0.7)
"""The delays of people at work."""

scattered = Delay(1.3)
"""The delays of customers, who have other things to do."""
