"""From a question put to a report to the body of an Elasticsearch search."""

from collections.abc import Mapping
from typing import Any

from indexer.reports.definition import Definition
from indexer.reports.dimensions import Dimension
from indexer.reports.periods import Span, count_periods
from indexer.reports.question import Question

Body = dict[str, Any]
Page = Mapping[str, str | None]
"""Where a page of groups begins: after the last group of the page before."""

# Elasticsearch refuses an answer of more than 65,536 buckets (search.max_buckets).
_MAX_BUCKETS = 60_000
_MAX_GROUPS = 1_000


def search_body(definition: Definition, question: Question, span: Span, page: Page | None = None) -> Body:
    """The search for the documents of `span`, with their number in each period, and in each group if asked for.

    Only groups come in pages: `page` is None for the first one, then what `next_page` gave. The total is the
    number of hits, never a sum of buckets: a conversation with three tags is one conversation.
    """
    dimension = question.dimension
    return {
        "size": 0,
        "track_total_hits": True,
        "query": _of_workspace(question.workspace, *_filters(definition, question, span)),
        "aggs": _groups(definition, question, dimension, page) if dimension else _periods(definition, question),
    }


def next_page(body: Body, response: Mapping[str, Any]) -> Page | None:
    """Where the page after `response`, the answer to `body`, begins; None if that was the last one."""
    groups = response.get("aggregations", {}).get("groups")
    if groups is None or len(groups["buckets"]) < body["aggs"]["groups"]["composite"]["size"]:
        return None
    after: Page = groups["after_key"]
    return after


def latest_body(definition: Definition, workspace: str) -> Body:
    """The search for the instant of the newest document that the report could count."""
    return {
        "size": 0,
        "track_total_hits": False,
        "query": _of_workspace(workspace, *_fixed_filters(definition)),
        "aggs": {"latest": {"max": {"field": definition.axis}}},
    }


def any_body(workspace: str) -> Body:
    """The search that finds out whether a workspace has any document at all."""
    return {"size": 0, "track_total_hits": 1, "query": _of_workspace(workspace)}


def workspaces_body() -> Body:
    """The search for the names of the workspaces that have documents, a thousand of them at most.

    The one search that belongs to no workspace: it tells nothing of a conversation.
    """
    by_name = {"field": "workspace_id", "size": 1_000, "order": {"_key": "asc"}}
    return {"size": 0, "track_total_hits": False, "aggs": {"workspaces": {"terms": by_name}}}


def _of_workspace(workspace: str, *filters: Body) -> Body:
    """The one place where a query is made, so that none can do without its workspace."""
    return {"bool": {"filter": [{"term": {"workspace_id": workspace}}, *filters]}}


def _filters(definition: Definition, question: Question, span: Span) -> list[Body]:
    start, end = span.instants(question.zone)
    return [
        {"range": {definition.axis: {"gte": start, "lt": end, "format": "epoch_second"}}},
        *_fixed_filters(definition),
        *({"terms": {field: values}} for field, values in question.conditions.items()),
    ]


def _fixed_filters(definition: Definition) -> list[Body]:
    return [
        {"terms": {field: wanted}} if isinstance(wanted, list) else {"term": {field: wanted}}
        for field, wanted in definition.where.items()
    ]


def _periods(definition: Definition, question: Question) -> Body:
    """Periods without a document are left out here; the answer knows which there are."""
    return {
        "periods": {
            "date_histogram": {
                "field": definition.axis,
                "calendar_interval": question.interval.value,
                "time_zone": question.time_zone,
                "format": "yyyy-MM-dd",
                "min_doc_count": 1,
            }
        }
    }


def _groups(definition: Definition, question: Question, dimension: Dimension, page: Page | None) -> Body:
    source: Body = {"terms": {"field": dimension.field, "missing_bucket": True}}
    composite: Body = {
        "size": min(_MAX_GROUPS, _MAX_BUCKETS // (count_periods(question.span, question.interval) + 1)),
        "sources": [{"group": source}],
    }
    if page is not None:
        composite["after"] = dict(page)
    return {"groups": {"composite": composite, "aggs": _periods(definition, question)}}
