"""The buckets of a search that are a report's periods, or a heatmap's hours, bounded by instants.

Elasticsearch has its own database of time zones, of another edition than ours, and rounds to hours wrongly if clocks
change by less. So it is never told a zone. If clocks do not change in the range, a histogram at their offset makes the
periods; if they do, each period is a range from its first instant to that of the next.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from indexer.calendar.zones import changes_within
from indexer.reports.heatmap_hours import hour_of, hour_stretches
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, within
from indexer.reports.time_in_state import bounds_of

Bucket = Mapping[str, Any]
"""A bucket of a response, as Elasticsearch gives it."""

_HOURS = "hours_from_"


def cut_into_periods(field: str, question: Question, span: Span, within_each: Body) -> Body:
    """The aggregation `periods` by a date field, with `within_each` in every bucket; empty if the range has no instant.

    A histogram leaves out periods without a document; ranges do not.
    """
    start, end = question.instants(span)
    if start >= end:
        return {}
    first, *changes = changes_within(question.zone, start, end)
    if changes or question.has_weeks_of_its_own or question.has_parts_beside:
        bounds = bounds_of(question, span, question.interval, whole=True)
        ranges = [{"key": period.isoformat(), "from": start, "to": end} for period, (start, end) in bounds.items()]
        cut: Body = {"date_range": {"field": field, "format": "epoch_second", "ranges": ranges}}
    else:
        cut = {
            "date_histogram": {
                "field": field,
                "calendar_interval": question.interval.value,
                "time_zone": _written(first[1]),
                "format": "yyyy-MM-dd",
                "min_doc_count": 1,
            }
        }
    return {"periods": cut | ({"aggs": within_each} if within_each else {})}


def by_period(bucket: Mapping[str, Any]) -> Iterator[tuple[date, Bucket]]:
    """The buckets that have documents, with their periods."""
    for one in bucket["periods"]["buckets"] if "periods" in bucket else ():
        if one["doc_count"]:
            yield date.fromisoformat(one.get("key_as_string") or one["key"]), one


def cut_into_hours(field: str, question: Question, span: Span, within_each: Body) -> Body:
    """An aggregation by hours for each stretch of the range in which full hours follow each other."""
    stretches = hour_stretches(span, question.zone)
    found: Body = {}
    for start, end, past in stretches:
        hours: Body = {"field": field, "fixed_interval": "1h", "min_doc_count": 1}
        hours |= {"time_zone": _written(-past)} if past else {}
        cut: Body = {"date_histogram": hours} | ({"aggs": within_each} if within_each else {})
        alone = len(stretches) == 1
        found[f"{_HOURS}{start}"] = cut if alone else {"filter": within(field, start, end), "aggs": {"hours": cut}}
    return found


def by_hour(question: Question, bucket: Mapping[str, Any]) -> Iterator[tuple[int, str, Bucket]]:
    """The buckets of hours, each with an instant in it and the hour of the week that clocks show."""
    for name, found in bucket.items():
        if name.startswith(_HOURS):
            start = int(name.removeprefix(_HOURS))
            for one in found.get("hours", found)["buckets"]:
                # The first hour of a stretch may have begun before it.
                instant = max(one["key"] // 1000, start)
                yield instant, hour_of(instant, question.zone), one


def _written(offset: int) -> str:
    """An offset in seconds in the form of ISO 8601."""
    sign, seconds = "-" if offset < 0 else "+", abs(offset)
    written = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{written}:{seconds % 60:02}" if seconds % 60 else written
