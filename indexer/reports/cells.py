"""From the responses of Elasticsearch to the buckets of each group and period."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from indexer.reports.definition import Definition
from indexer.reports.hours import hour_of
from indexer.reports.measures import Bucket
from indexer.reports.periods import Interval, Span, period_of
from indexer.reports.question import Question
from indexer.reports.scope import PATH
from indexer.reports.values import AtEnd

Cells = dict[date, list[Bucket]]
"""The buckets by period: one nearly always, none where there is nothing."""


def total_bucket(definition: Definition, response: Mapping[str, Any]) -> Bucket:
    """What the total is read off: all that is in scope, or what is in the state at the end."""
    everything = whole_bucket(definition, response)
    at_the_end: Bucket = everything["at_the_end"] if isinstance(definition.value, AtEnd) else everything
    return at_the_end


def whole_bucket(definition: Definition, response: Mapping[str, Any]) -> Bucket:
    """The whole response as a bucket: of documents, or of their actions that are in scope."""
    found: Bucket = {"doc_count": response["hits"]["total"]["value"], **response.get("aggregations", {})}
    return _in_scope(definition, found)


def grouped(
    definition: Definition, question: Question, response: Mapping[str, Any]
) -> Iterator[tuple[str | None, Bucket]]:
    """The groups of a page, each with its bucket."""
    dimension = definition.dimension(question.group_by)
    if dimension is None:
        return
    of_action = dimension.of_action
    found = whole_bucket(definition, response) if of_action else response["aggregations"]
    for bucket in found["groups"]["buckets"]:
        yield _name(bucket["key"]["group"]), bucket if of_action else _in_scope(definition, bucket)


def cells(definition: Definition, question: Question, span: Span, bucket: Bucket) -> Cells:
    """A bucket's own buckets by period."""
    match definition.value:
        case AtEnd():
            states = bucket["periods"]["buckets"]
            return {date.fromisoformat(period): [state] for period, state in states.items()}
        case _ if question.interval is Interval.RANGE:
            return {span.first: [bucket]} if bucket["doc_count"] else {}
        case _:
            found: Cells = {}
            for one in bucket["periods"]["buckets"]:
                day = date.fromisoformat(one["key_as_string"])
                found.setdefault(_nearest(day, question.interval, span), []).append(one)
            return found


def hours_of(question: Question, span: Span, bucket: Bucket) -> dict[tuple[date, str], list[Bucket]]:
    """The buckets of a heatmap's hours by period and hour of the week."""
    found: dict[tuple[date, str], list[Bucket]] = {}
    for one in bucket["periods"]["buckets"]:
        day, hour = hour_of(one["key"] // 1000, question.zone)
        found.setdefault((_nearest(day, question.interval, span), hour), []).append(one)
    return found


def _nearest(day: date, interval: Interval, span: Span) -> date:
    """The period of a date.

    A date outside of the span (clocks that went back over midnight, another edition of the zone database) goes to
    the nearest period: the range of instants is the searched one in any case, and no conversation is lost.
    """
    return period_of(min(max(day, span.first), span.last), interval, span)


def _in_scope(definition: Definition, bucket: Bucket) -> Bucket:
    if not definition.on_actions:
        return bucket
    found: Bucket = bucket[PATH]["in_scope"]
    return found


def _name(key: object) -> str | None:
    if key is None:
        return None
    return str(key).lower() if isinstance(key, bool) else str(key)
