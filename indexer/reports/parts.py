"""The parts of a distribution, as people read their bounds."""

from collections.abc import Sequence
from itertools import pairwise

from indexer.durations import bound


def labels(bounds: Sequence[int]) -> list[str]:
    """The names of the parts that the bounds (seconds, rising) make: `< 5 m`, `5 m - 15 m`, `>= 8 h`, in order."""
    said = [bound(one) for one in bounds]
    between = [f"{lower} - {upper}" for lower, upper in pairwise(said)]
    return [f"< {said[0]}", *between, f">= {said[-1]}"]
