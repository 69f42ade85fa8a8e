"""Numbers out of lists of values, and whether another way of computing them gives the same."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and how many are behind it."""

    value: float | None
    count: int


def counted(number: int) -> Figure:
    return Figure(number, number)


def share(part: int, whole: int, count: int) -> Figure:
    """So many percent; none of nothing."""
    return Figure(100 * part / whole if whole else None, count)


def mean(values: list[Any]) -> Figure:
    return Figure(math.fsum(values) / len(values) if values else None, len(values))


def total(values: list[Any]) -> Figure:
    return Figure(sum(values), len(values))


def percentile(values: list[Any], percent: int, *, seconds: bool = True) -> Figure:
    """By linear interpolation between the two nearest in the order; the median of an even number is their mean.

    Of seconds it is rounded half up.
    """
    ordered = sorted(values)
    if not ordered:
        return Figure(None, 0)
    place = Fraction((len(ordered) - 1) * percent, 100)
    lower, upper = ordered[math.floor(place)], ordered[math.ceil(place)]
    found = lower + (upper - lower) * (place - math.floor(place))
    return Figure(math.floor(found + Fraction(1, 2)) if seconds else float(found), len(ordered))


def agrees(value: float | None, figure: Figure) -> bool:
    """Whether a computed value is the figure's, but for what floats cannot tell apart."""
    if value is None or figure.value is None:
        return value is figure.value
    return math.isclose(value, figure.value, rel_tol=1e-9, abs_tol=1e-9)
