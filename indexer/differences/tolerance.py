"""How far two values may be apart and still count as the same, by the kind of their field."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from indexer.calendar.durations import SIZES
from indexer.datasets.field import Field
from indexer.differences.pair import Pair
from indexer.metrics.schema import is_timestamp


class FieldKind(StrEnum):
    """The kind of a field's numbers; only times and durations, both in seconds, can have a tolerance."""

    TIMESTAMP = "timestamp"
    DURATION = "duration"
    OTHER = "other"


_TIMED = re.compile(r"(^|_)times?(_|$)|^(?!replies_).*_to_close$")


def kind_of_field(path: str) -> FieldKind:
    """The kind of a field by the last name of its path."""
    name = path.rpartition(".")[2]
    if is_timestamp(name):
        return FieldKind.TIMESTAMP
    return FieldKind.DURATION if _TIMED.search(name.removesuffix("_ooo")) else FieldKind.OTHER


KindOf = Callable[[str], FieldKind]
"""The kind of the field with this path."""

_KINDS = {
    "time": FieldKind.TIMESTAMP,
    "epoch seconds": FieldKind.TIMESTAMP,
    "seconds": FieldKind.DURATION,
    "list of seconds": FieldKind.DURATION,
}
"""The kinds by the words of the types of a catalogue."""


def kinds_of(fields: Iterable[Field]) -> KindOf:
    """The kinds of a dataset's fields by the types of its catalogue; by the name for a field that is not in it."""
    known = {field.path: _KINDS.get(field.type.words, FieldKind.OTHER) for field in fields}
    return lambda path: known.get(path) or kind_of_field(path)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The seconds that timestamps and durations may be apart."""

    timestamp: int = 0
    duration: int = 0

    def of(self, pair: Pair, kind_of: KindOf = kind_of_field) -> int:
        """The seconds for a pair of fields; 0 for fields of different kinds."""
        kinds = {kind_of(pair.left), kind_of(pair.right)}
        if kinds == {FieldKind.TIMESTAMP}:
            return self.timestamp
        return self.duration if kinds == {FieldKind.DURATION} else 0

    def within(self, pair: Pair, left: Any, right: Any, kind_of: KindOf = kind_of_field) -> bool:
        """Whether two different values of a pair are near enough, in lists one by one."""
        apart = distance(left, right)
        return apart is not None and apart <= self.of(pair, kind_of)


EXACT = Tolerance()
"""No tolerance."""


def distance(left: Any, right: Any) -> float | None:
    """The distance of two numbers, or the largest one of two lists of as many numbers; None for other values."""
    if isinstance(left, list) and isinstance(right, list):
        if not left or len(left) != len(right):
            return None
        apart = [distance(*both) for both in zip(left, right, strict=True)]
        return None if None in apart else max(one for one in apart if one is not None)
    if _is_number(left) and _is_number(right):
        return float(abs(left - right)) if isinstance(left - right, float) else abs(left - right)
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_WRITTEN = re.compile(r"(?:(timestamp|duration)=)?(\d{1,9})([smhd]?)")


def read_tolerance(written: list[str]) -> Tolerance:
    """Read `1s` for both kinds, `timestamp=1s` or `duration=2m`; raises `ValueError` that names any other text."""
    seconds = {"timestamp": 0, "duration": 0}
    for one in written:
        found = _WRITTEN.fullmatch(one.strip())
        if found is None:
            raise ValueError(f"{one!r} is not a tolerance such as 1s, timestamp=1s or duration=2m")
        for kind in [found[1]] if found[1] else list(seconds):
            seconds[kind] = int(found[2]) * SIZES.get(found[3], 1)
    return Tolerance(**seconds)
