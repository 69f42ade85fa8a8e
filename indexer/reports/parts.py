"""The parts of a distribution, as people read their bounds."""

from collections.abc import Sequence
from itertools import pairwise

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


def labels(bounds: Sequence[int]) -> list[str]:
    """The names of the parts that the bounds (seconds, rising) make: `< 5 m`, `5 m - 15 m`, `>= 8 h`, in order."""
    said = [_duration(bound) for bound in bounds]
    between = [f"{lower} - {upper}" for lower, upper in pairwise(said)]
    return [f"< {said[0]}", *between, f">= {said[-1]}"]


def _duration(seconds: int) -> str:
    for unit, size in _UNITS:
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
