"""The distances of any number of differing values, in constant memory."""

import math
from collections import Counter
from dataclasses import dataclass, field

EXACT_BELOW = 64
_GROWTH = math.log(1.02)

MEDIAN_ERROR = 0.01
"""The share by which the median of distances can be off; distances below 64 are exact."""


@dataclass(slots=True)
class Spread:
    """Distances between two sides' numbers, in the field's unit, counted in classes that grow by two percent.

    Classes are signed: positive if the right side is larger. There are at most some two thousand.
    """

    count: int = 0
    biggest: float = 0
    classes: Counter[int] = field(default_factory=Counter)

    def add(self, difference: float) -> None:
        """Count one difference, right minus left."""
        size = abs(difference)
        self.count += 1
        self.biggest = max(self.biggest, size)
        place = _place(size)
        self.classes[-place if difference < 0 else place] += 1

    @property
    def median(self) -> float | None:
        """The lower median of the distances, within `MEDIAN_ERROR`; None without any."""
        if not self.count:
            return None
        by_size: Counter[int] = Counter()
        for place, count in self.classes.items():
            by_size[abs(place)] += count
        left = (self.count + 1) // 2
        for place in sorted(by_size):
            left -= by_size[place]
            if left <= 0:
                return min(_middle(place), self.biggest)
        raise AssertionError("the classes hold every difference")

    def between(self, low: float, high: float) -> int:
        """The number of differences in classes whose middle is in `[low, high)`, signed."""
        return sum(
            count for place, count in self.classes.items() if low <= math.copysign(_middle(abs(place)), place) < high
        )


def _place(size: float) -> int:
    if size < EXACT_BELOW:
        return round(size)
    return EXACT_BELOW + int(math.log(size / EXACT_BELOW) / _GROWTH)


def _middle(place: int) -> float:
    if place < EXACT_BELOW:
        return place
    return round(EXACT_BELOW * math.exp((place - EXACT_BELOW + 0.5) * _GROWTH))
