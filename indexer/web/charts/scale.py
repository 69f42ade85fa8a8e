"""Round figures for the lines of a chart."""

from collections.abc import Iterator
from itertools import chain, count

_MOST_LINES = 5
_ROUND_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200)
_DAY = 86_400


def lines(highest: float, unit: str, *, whole: bool = True) -> list[float]:
    """The figures for lines: 0, and at most five more up to the first that is not below `highest`.

    `whole`: only whole numbers make sense.
    """
    step = next(step for step in _steps(unit, whole=whole) if highest <= step * _MOST_LINES)
    number = next(number for number in count(1) if step * number >= highest)
    return [step * place for place in range(number + 1)]


def _steps(unit: str, *, whole: bool) -> Iterator[float]:
    """Round distances, rising without an end."""
    if unit == "seconds":
        return chain(_ROUND_SECONDS, _decimal(_DAY))
    if whole:
        return _decimal(1)
    finest = 0.1 if unit == "percent" else 0.01  # the smallest distance that labels show
    return _decimal(finest)


def _decimal(first: float) -> Iterator[float]:
    """1, 2 and 5 times a power of ten, times `first`."""
    return (first * factor * 10**power for power in count() for factor in (1, 2, 5))
