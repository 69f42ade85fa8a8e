"""Numbers out of lists of values, exact, and how near another way of computing them has to come."""

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, how many are behind it, and for percentiles what they are percentiles of."""

    value: float | None
    count: int
    values: tuple[float, ...] = ()
    percent: float | None = None


def counted(number: int) -> Figure:
    return Figure(number, number)


def share(part: int, whole: int, count: int) -> Figure:
    """So many percent; none of nothing."""
    return Figure(100 * part / whole if whole else None, count)


def mean(values: list[Any]) -> Figure:
    return Figure(math.fsum(values) / len(values) if values else None, len(values))


def total(values: list[Any]) -> Figure:
    return Figure(sum(values), len(values))


def percentile(values: list[Any], percent: float) -> Figure:
    """By linear interpolation between the two nearest in the order; the median of an even number is their mean."""
    ordered = tuple(sorted(values))
    if not ordered:
        return Figure(None, 0, (), percent)
    place = (len(ordered) - 1) * percent / 100
    lower, upper = ordered[math.floor(place)], ordered[math.ceil(place)]
    return Figure(lower + (upper - lower) * (place - math.floor(place)), len(ordered), ordered, percent)


def agrees(value: float | None, figure: Figure, *, exact: bool) -> bool:
    """Whether a computed value is the figure's, for an approximate percentile within the bound that is documented.

    That is: between the values whose ranks are within 1 % of the number of values, at least one rank, of the wanted.
    """
    if value is None or figure.value is None:
        return value is figure.value
    if exact or figure.percent is None:
        return math.isclose(value, figure.value, rel_tol=1e-9, abs_tol=1e-9)
    place = (len(figure.values) - 1) * figure.percent / 100
    slack = max(1.0, len(figure.values) / 100)
    lowest = figure.values[max(0, math.floor(place - slack))]
    highest = figure.values[min(len(figure.values) - 1, math.ceil(place + slack))]
    return lowest - 1e-9 <= value <= highest + 1e-9
