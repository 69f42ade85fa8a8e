"""From a question put to a report to the body of an Elasticsearch search."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from indexer.reports.check_question import as_asked
from indexer.reports.completeness import adds_up, finished
from indexer.reports.definition import NOW, Definition
from indexer.reports.dimensions import Dimension
from indexer.reports.filters import Body, all_of, condition_filters, exists, within
from indexer.reports.lasting import bounds_of, lasting
from indexer.reports.measures import measures
from indexer.reports.outflow import flows
from indexer.reports.period_buckets import cut_into_hours, cut_into_periods
from indexer.reports.periods import Interval, Span, part_of
from indexer.reports.question import Question
from indexer.reports.scope import PATH, Scope, of_workspace, scope_of
from indexer.reports.values import AtEnd, Heatmap, NetOutflow, Share, TimeIn

Page = Mapping[str, str | int | bool | None]
"""Where a page of groups begins: after the last group of the page before."""


class Chosen(NamedTuple):
    """The groups of a page that were chosen by name, whether those without a value, and what is taken together."""

    named: Sequence[str]
    nameless: bool = False
    others: Sequence[str] = ()


NAMED, NAMELESS, OTHERS = "=", "none", "others"
"""The names of chosen groups' aggregations: an equals sign and the group's own, and those of the two without one."""

# Elasticsearch refuses an answer of more than 65,536 buckets (search.max_buckets).
_MAX_BUCKETS = 60_000
_MAX_GROUPS = 1_000
_STRETCH = 10
STRETCH = "from_"
"""What the names of aggregations over a stretch of periods begin with."""
DOCUMENTS = "documents"
"""The name of the aggregation over the documents of a group of their actions."""
UNFINISHED = "unfinished"
"""The name of the aggregation over what lies in days that are not over."""

_MAX_TERMS = 65_536
"""How many values Elasticsearch takes in one condition."""


def search_body(definition: Definition, question: Question, span: Span, page: Page | Chosen | None = None) -> Body:
    """The search for what is in scope of `span`: the total, and the number of each period, in each group if asked.

    Only groups come in pages: `page` is None for the first one, then what `next_page` gave; or it is of groups that
    were chosen beforehand, each of which then has its number over the whole range as well. The total is measured
    over all that is in scope, never summed up from buckets: a conversation with three tags is one conversation.
    """
    definition = as_asked(definition, question)
    scope = scope_of(definition, question, span)
    return {
        "size": 0,
        "track_total_hits": True,
        "query": of_workspace(question.workspace, *scope.filters),
        "aggs": _aggregations(definition, question, span, scope, page),
    }


def with_fewer_groups(definition: Definition, question: Question, body: Body, rows: int) -> Body:
    """The search with a page of as many groups as make that many rows (one group at least), if it has that many."""
    if (dimension := definition.dimension(question.group_by)) is not None:
        groups = _asked_groups(dimension, body)
        most = max(1, rows // max(1, question.count_periods(question.span)))
        groups["composite"]["size"] = min(groups["composite"]["size"], most)
    return body


def next_page(definition: Definition, question: Question, body: Body, response: Mapping[str, Any]) -> Page | None:
    """Where the page after `response`, the answer to `body`, begins; None if that was the last one."""
    dimension = definition.dimension(question.group_by)
    if dimension is None:
        return None
    found = response["aggregations"]
    groups = (found[PATH]["in_scope"] if dimension.of_action else found)["groups"]
    if len(groups["buckets"]) < _asked_groups(dimension, body)["composite"]["size"]:
        return None
    after: Page = groups["after_key"]
    return after


def _asked_groups(dimension: Dimension, body: Body) -> Body:
    """The aggregation of a search that makes the groups."""
    asked: Body = body["aggs"]
    groups: Body = (asked[PATH]["aggs"]["in_scope"]["aggs"] if dimension.of_action else asked)["groups"]
    return groups


def chosen_pages(question: Question, named: Sequence[str], others: Sequence[str]) -> list[Chosen]:
    """The pages of chosen groups: as many in each as one response can hold."""
    size = _page_size(question, 2)
    first, *rest = [named[start : start + size] for start in range(0, len(named), size)] or [[]]
    return [Chosen(first, nameless=True, others=others), *map(Chosen, rest)]


def latest_body(definition: Definition, workspace: str) -> Body:
    """The search for the instant (`latest.value`, milliseconds) of the newest document that the report could count.

    Of a report on actions the newest action of any kind, of one on states the newest conversation.
    """
    where = condition_filters({} if definition.axis == NOW else definition.where, None)
    by_document = definition.axis == NOW or isinstance(definition.value, AtEnd | NetOutflow)
    latest: Body = {"latest": {"max": {"field": "created_at" if by_document else definition.axis}}}
    return {
        "size": 0,
        "track_total_hits": False,
        "query": of_workspace(workspace, *where),
        "aggs": {PATH: {"nested": {"path": PATH}, "aggs": latest}} if definition.by_day_of_action else latest,
    }


def any_body(workspace: str) -> Body:
    """The search that finds out whether a workspace has any document at all."""
    return {"size": 0, "track_total_hits": 1, "query": of_workspace(workspace)}


def workspaces_body() -> Body:
    """The search for the names of the workspaces that have documents, a thousand of them at most.

    The one search that belongs to no workspace: it tells nothing of a conversation.
    """
    by_name = {"field": "workspace_id", "size": 1_000, "order": {"_key": "asc"}}
    return {"size": 0, "track_total_hits": False, "aggs": {"workspaces": {"terms": by_name}}}


def _aggregations(
    definition: Definition, question: Question, span: Span, scope: Scope, page: Page | Chosen | None
) -> Body:
    dimension = definition.dimension(question.group_by)
    if definition.counts_actions and not definition.by_day_of_action:
        return _actions_by_document(definition, question, span, scope, page)
    within_scope = measures(definition, question)
    cut = _periods(definition, question, span, within_scope)
    if isinstance(definition.value, TimeIn):
        within_scope = lasting(definition.value, "whole", bounds_of(question, span, Interval.RANGE))
    if isinstance(definition.value, NetOutflow):
        within_scope = flows(definition.value.net_outflow, {"whole": span.instants(question.zone)})
    if isinstance(definition.value, AtEnd):
        within_scope = {"at_the_end": {"filter": _state_at_end_of(definition.value, question, span)}}
    within_group = within_scope | cut if isinstance(page, Chosen) else cut or within_scope
    within_scope = within_scope | _unfinished(definition, question, span, measures(definition, question))
    if dimension is None:
        return _of_items(definition, scope, within_scope | cut)
    if isinstance(definition.value, Share):
        within_scope = within_scope | cut  # what each period's groups are a share of
    if dimension.of_action and not definition.counts_actions:
        within_group = {DOCUMENTS: {"reverse_nested": {}} | ({"aggs": within_group} if within_group else {})}
        return within_scope | _in_scope(scope, _groups(question, dimension, page, within_group))
    if dimension.of_action or not definition.counts_actions:
        groups = _groups(question, dimension, page, within_group)
        return _of_items(definition, scope, within_scope | groups)
    groups = _groups(question, dimension, page, _in_scope(scope, within_group))
    return _in_scope(scope, within_scope) | groups


def _actions_by_document(
    definition: Definition, question: Question, span: Span, scope: Scope, page: Page | Chosen | None
) -> Body:
    """Of actions on the days of their documents: the periods are cut outside of the actions, where the date is.

    Groups of the actions' own are inside of the periods, which only those that are known by name can be.
    """
    dimension, each = definition.dimension(question.group_by), measures(definition, question)
    outside = _unfinished(definition, question, span, _in_scope(scope, each))
    if dimension is not None and dimension.of_action:
        groups = _groups(question, dimension, page, each)
        if isinstance(page, Chosen):
            outside |= _periods(definition, question, span, _in_scope(scope, groups))
        return _in_scope(scope, each | groups) | outside
    cut = _periods(definition, question, span, _in_scope(scope, each))
    if dimension is None:
        return _in_scope(scope, each) | outside | cut
    groups = _groups(question, dimension, page, _in_scope(scope, each) | cut)
    return _in_scope(scope, each) | outside | groups


def _unfinished(definition: Definition, question: Question, span: Span, inner: Body) -> Body:
    """What lies in days that are not over, which the average leaves out; nothing if there is none such."""
    over = finished(question, span)
    if not adds_up(definition) or over == span:
        return {}
    start, end = (over or span).instants(question.zone)
    _, end_of_span = span.instants(question.zone)
    found: Body = {"filter": within(definition.axis, end if over else start, end_of_span)}
    if inner:
        found["aggs"] = inner
    return {UNFINISHED: found}


def _of_items(definition: Definition, scope: Scope, aggregations: Body) -> Body:
    """The aggregations over the documents that match, or over those of their actions that are in scope."""
    return _in_scope(scope, aggregations) if definition.counts_actions else aggregations


def _in_scope(scope: Scope, aggregations: Body) -> Body:
    """The aggregations over the actions in scope of the documents that match."""
    in_scope: Body = {"filter": all_of(scope.action)}
    if aggregations:
        in_scope["aggs"] = aggregations
    return {PATH: {"nested": {"path": PATH}, "aggs": {"in_scope": in_scope}}}


def _periods(definition: Definition, question: Question, span: Span, within_each: Body) -> Body:
    """The answer knows which periods there are; with one for the whole range there is nothing to cut."""
    match definition.value:
        case AtEnd() as value:
            return _states(value, question, span)
        case NetOutflow(net_outflow=field):
            return _flows(field, question, span)
        case Heatmap():
            return cut_into_hours(definition.axis, question, span, within_each)
        case _ if question.interval is Interval.RANGE:
            return {}
        case TimeIn() as value:
            return lasting(value, "periods", bounds_of(question, span, question.interval))
        case _:
            return cut_into_periods(definition.axis, question, span, within_each)


def _states(value: AtEnd, question: Question, span: Span) -> Body:
    """The state at the end of every period, some periods at a time.

    A document is looked at for each period on its own, which is slow, and most last for a few of them only; so it is
    first found out for which stretches of the span it has to be.
    """
    present = question.periods(span)
    found: Body = {}
    for start in range(0, len(present), _STRETCH):
        stretch = present[start : start + _STRETCH]
        ends = {
            period.isoformat(): _last_second(question, part_of(span, question.interval, period)) for period in stretch
        }
        found[f"{STRETCH}{stretch[0]}"] = {
            "filter": within(value.at_end, min(ends.values()), max(ends.values()) + 1),
            "aggs": {
                "periods": {"filters": {"filters": {key: {"term": {value.at_end: end}} for key, end in ends.items()}}}
            },
        }
    return found


def _flows(field: str, question: Question, span: Span) -> Body:
    """What left a state and what came into it in every period, some periods at a time as with states."""
    present = question.periods(span)
    found: Body = {}
    for begin in range(0, len(present), _STRETCH):
        stretch = {
            period.isoformat(): part_of(span, question.interval, period).instants(question.zone)
            for period in present[begin : begin + _STRETCH]
        }
        first, last = min(start for start, _ in stretch.values()), max(end for _, end in stretch.values())
        found[f"{STRETCH}{present[begin]}"] = {
            "filter": within(field, first - 1, last),
            "aggs": flows(field, stretch),
        }
    return found


def _last_second(question: Question, span: Span) -> int:
    _, end = span.instants(question.zone)
    return end - 1


def _state_at_end_of(value: AtEnd, question: Question, span: Span) -> Body:
    """That a document's state lasts at the last second of the span."""
    return {"term": {value.at_end: _last_second(question, span)}}


def _groups(question: Question, dimension: Dimension, page: Page | Chosen | None, within_each: Body) -> Body:
    if isinstance(page, Chosen):
        groups: Body = {"filters": {"filters": _filters(dimension, page)}}
    else:
        source: Body = {"terms": {"field": dimension.field, "missing_bucket": True}}
        per_period = 2 if "periods_starts" in within_each else 1  # beginnings and ends
        groups = {"composite": {"size": _page_size(question, per_period), "sources": [{"group": source}]}}
        if page is not None:
            groups["composite"]["after"] = dict(page)
    return {"groups": groups | ({"aggs": within_each} if within_each else {})}


def _page_size(question: Question, per_period: int) -> int:
    return max(1, min(_MAX_GROUPS, _MAX_BUCKETS // (per_period * question.count_periods(question.span) + 1)))


def _filters(dimension: Dimension, chosen: Chosen) -> Body:
    """What is in each chosen group; of conversations with several values in each of theirs, and once in the others."""
    found: Body = {f"{NAMED}{name}": {"term": {dimension.field: name}} for name in chosen.named}
    if chosen.nameless:
        found[NAMELESS] = {"bool": {"must_not": [exists(dimension.field)]}}
    if chosen.others:
        found[OTHERS] = {"terms": {dimension.field: list(chosen.others)}}
    return found
