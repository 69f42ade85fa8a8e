"""Values that kinds of numbers read from the buckets and hits of a search: counts, shares, numbers of actions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from indexer.reports.period_buckets import Bucket

Figures = Mapping[str, float | int | None]
"""The further figures of a row, by name."""

Figure = tuple[float | int | None, int] | tuple[float | int | None, int, Figures]
"""A report's number and the count behind it; an answer has one for each of its rows. Some kinds have more figures."""

Cells = dict[date, list[Bucket]]
"""The buckets by period: nearly always one, none if the period is empty."""

Reader = Callable[[Sequence[Bucket]], Figure]


def documents(buckets: Sequence[Bucket]) -> int:
    """The number of documents, or actions, in the buckets."""
    found = 0
    for bucket in buckets:
        found += bucket["doc_count"]
    return found


def inside(name: str, buckets: Sequence[Bucket]) -> int:
    """The number in an aggregation of that name in the buckets."""
    return documents([bucket[name] for bucket in buckets])


def percent(part: int, whole: int) -> float | None:
    """A part of the whole in percent; None of nothing."""
    return 100 * part / whole if whole else None


def whole_number(value: float) -> float | int:
    """A number without a fraction as an integer: Elasticsearch computes sums of integers as floats."""
    return int(value) if float(value).is_integer() else value


def actions_behind(hit: Mapping[str, Any], name: str) -> int:
    """The number of actions of a listed document that count, or that have that mark."""
    return int(hit["inner_hits"][name]["hits"]["total"]["value"])
