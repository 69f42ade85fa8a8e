"""How long a state lasted within each period: its aggregations, and how the time is read from them.

A document has two numbers: when its state began and when it ended. In a period from a to b, all states count that
begin before b and end after a, each from the later of its beginning and a to the earlier of its end and b. Written for
all of them together, that is

    (sum of the ends that lie in the period + b for each that lasts longer)
    - (sum of the beginnings that lie in the period + a for each that began before)

so that beginnings and ends are added up by period independently, and no document has to be read twice. The bounds are
those of the periods in the reader's zone, whatever they are; the numbers are whole and exact.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from indexer.reports.periods import Interval, Span, first_instant, periods
from indexer.reports.question import Question
from indexer.reports.search_filters import Body

Bounds = Mapping[date, tuple[int, int]]
"""The first instant of each period and the first one after it, in order and without a gap."""


def bounds_of(question: Question, span: Span, interval: Interval, *, whole: bool = False) -> Bounds:
    """The periods of the range, without empty ones: up to the present (`as_of`), or `whole`."""
    found: dict[date, tuple[int, int]] = {}
    zone = question.zone
    # Only the question's own periods can be parts beside those of another range.
    present = question.periods(span) if interval is question.interval else periods(span, interval, question.week_start)
    starts = [first_instant(max(span.first, period), zone) for period in present]
    last = question.instants(span)[1]
    for period, (start, after) in zip(present, pairwise([*starts, last]), strict=True):
        end = min(after, last) if whole or question.as_of is None else min(after, last, question.as_of)
        if start < end:
            found[period] = start, end
    return found


def time_aggregations(fields: Sequence[str], name: str, bounds: Bounds) -> Body:
    """The beginnings and the ends in each period, as aggregations whose names begin with `name`.

    `fields` are the field with the second in which a state began, and the field with that in which it ended.
    """
    if not bounds:
        return {}
    # What ends with a period ends in it, and what begins with the next one does not begin in it.
    starts = [_range(period, start, end) for period, (start, end) in bounds.items()]
    ends = [_range(period, start + 1, end + 1) for period, (start, end) in bounds.items()]
    start_field, end_field = fields
    return {f"{name}_starts": _added_up(start_field, starts), f"{name}_ends": _added_up(end_field, ends)}


def read_times(bucket: Mapping[str, Any], name: str, bounds: Bounds) -> Iterator[tuple[date, dict[str, int]]]:
    """For each period its `seconds`, and how many documents overlap it (`doc_count`).

    The bucket holds all documents that overlap any of the periods, and no others.
    """
    if not bounds:
        return
    starts, ends = bucket[f"{name}_starts"]["buckets"], bucket[f"{name}_ends"]["buckets"]
    before = bucket["doc_count"] - sum(one["doc_count"] for one in starts.values())
    for period, (start, end) in bounds.items():
        began, ended = starts[period.isoformat()], ends[period.isoformat()]
        after = before + began["doc_count"] - ended["doc_count"]
        seconds = _sum(ended) + after * end - _sum(began) - before * start
        yield period, {"doc_count": before + began["doc_count"], "seconds": seconds}
        before = after


def overlap(question: Question, span: Span, start: int, end: int | None) -> int:
    """The seconds within the range of a state that lasted from `start` to `end` (None: it still lasts)."""
    return sum(
        min(end or upper, upper) - max(start, lower)
        for lower, upper in bounds_of(question, span, Interval.RANGE).values()
    )


def _range(period: date, start: int, end: int) -> Body:
    return {"key": period.isoformat(), "from": start, "to": end}


def _added_up(field: str, ranges: list[Body]) -> Body:
    return {
        "range": {"field": field, "keyed": True, "ranges": ranges},
        "aggs": {"sum": {"sum": {"field": field}}},
    }


def _sum(bucket: Mapping[str, Any]) -> int:
    # Sums of whole numbers are exact floats up to 2^53: some five million periods of this century in one bucket.
    return int(bucket["sum"]["value"])
