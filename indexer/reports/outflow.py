"""What left a state between the two ends of a span, and what came into it."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from indexer.reports.search_filters import Body, all_of, any_of, none_of

_AFTER, _STAYED = "after", "stayed"


def left(field: str, start: int, end: int) -> Body:
    """That a document was in the state just before `start`, and is not in the last second before `end`."""
    return all_of([_lasts(field, start), none_of(_lasts(field, end))])


def changed(field: str, start: int, end: int) -> Body:
    """That it left the state or came into it."""
    return any_of([left(field, start, end), all_of([_lasts(field, end), none_of(_lasts(field, start))])])


def flows(field: str, bounds: Mapping[str, tuple[int, int]]) -> Body:
    """The aggregations that count both in every span, by the spans' names; each begins where the one before ends.

    To find out whether a state lasts is what takes time. So it is asked once for each instant, and a second time only
    of the documents in the state: what stayed has neither left nor come.
    """
    found: Body = {
        name: {"filter": _lasts(field, start), "aggs": {_STAYED: {"filter": _lasts(field, end)}}}
        for name, (start, end) in bounds.items()
    }
    *_, (_, end) = bounds.values()
    return found | {_AFTER: {"filter": _lasts(field, end)}}


def flowed(bucket: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, int]]]:
    """For each span, in the order of names, how many `left` and how many `entered`; `doc_count` has both."""
    names = sorted(name for name, one in bucket.items() if isinstance(one, Mapping) and _STAYED in one)
    for name, following in pairwise([*names, _AFTER]):
        stayed = bucket[name][_STAYED]["doc_count"]
        gone, come = bucket[name]["doc_count"] - stayed, bucket[following]["doc_count"] - stayed
        yield name, {"doc_count": gone + come, "left": gone, "entered": come}


def _lasts(field: str, instant: int) -> Body:
    """That the state lasts in the second before an instant."""
    return {"term": {field: instant - 1}}
