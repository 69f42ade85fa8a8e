"""From a question put to a report to the body of an Elasticsearch search."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from indexer.reports.check_question import as_asked
from indexer.reports.completeness import adds_up, finished
from indexer.reports.definition import Definition
from indexer.reports.dimensions import Dimension
from indexer.reports.known_people import group_filter, names_of_groups
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.scope import Scope, of_workspace, scope_of
from indexer.reports.search_filters import Body, all_of, any_of, condition_filters, exists, within

Page = Mapping[str, str | int | bool | None]
"""The start of a page of groups: after the last group of the page before."""


class Chosen(NamedTuple):
    """The chosen groups of a page by name, whether the one without a value is chosen, and those combined as others."""

    named: Sequence[str]
    nameless: bool = False
    others: Sequence[str] = ()


NAMED, NAMELESS, OTHERS = "=", "none", "others"
"""The names of chosen groups' aggregations: an equals sign and the group's name, and those of the two without one."""

# Elasticsearch refuses an answer of more than 65,536 buckets (search.max_buckets).
_MAX_BUCKETS = 60_000
_MAX_GROUPS = 1_000
DOCUMENTS = "documents"
"""The name of the aggregation over the documents of a group of their actions."""
UNFINISHED = "unfinished"
"""The name of the aggregation over days that are not over."""


def search_body(definition: Definition, question: Question, span: Span, page: Page | Chosen | None = None) -> Body:
    """The search of a question within `span`: the total, and the number of each period, in each group if asked.

    Only groups come in pages: `page` is None for the first one, then the result of `next_page`; or it has groups that
    were chosen beforehand, each of which then has its number over the whole range as well. The total is measured
    over everything in scope, never summed from buckets: a conversation with three tags is one conversation.
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
    """The search with a smaller page: only as many groups as make that many rows (at least one group)."""
    if (dimension := definition.dimension(question.group_by)) is not None and not dimension.of_people:
        groups = _asked_groups(dimension, body)
        most = max(1, rows // max(1, question.count_periods(question.span)))
        groups["composite"]["size"] = min(groups["composite"]["size"], most)
    return body


def next_page(definition: Definition, question: Question, body: Body, response: Mapping[str, Any]) -> Page | None:
    """The start of the page after `response`, the response to `body`; None if that was the last page.

    Groups of people are all on one page.
    """
    dimension = definition.dimension(question.group_by)
    if dimension is None or dimension.of_people:
        return None
    found = response["aggregations"]
    groups = (found[dimension.nested]["in_scope"] if dimension.nested else found)["groups"]
    if len(groups["buckets"]) < _asked_groups(dimension, body)["composite"]["size"]:
        return None
    after: Page = groups["after_key"]
    return after


def _asked_groups(dimension: Dimension, body: Body) -> Body:
    """The aggregation of a search that makes the groups."""
    asked: Body = body["aggs"]
    groups: Body = (asked[dimension.nested]["aggs"]["in_scope"]["aggs"] if dimension.nested else asked)["groups"]
    return groups


def chosen_pages(question: Question, named: Sequence[str], others: Sequence[str]) -> list[Chosen]:
    """The pages of chosen groups: as many in each as one response can hold."""
    size = _page_size(question, 2)
    first, *rest = [named[start : start + size] for start in range(0, len(named), size)] or [[]]
    return [Chosen(first, nameless=True, others=others), *map(Chosen, rest)]


def latest_body(definition: Definition, workspace: str) -> Body:
    """The search for the instant (`latest.value`, milliseconds) of the newest document that the report could count.

    For a report on actions it is the newest action of any kind, for one on states the newest conversation.
    """
    where = condition_filters({} if definition.is_board else definition.where, None)
    by_document = definition.is_board or definition.value.at_ends
    latest: Body = {"latest": {"max": {"field": definition.vocabulary.axis if by_document else definition.axis}}}
    if definition.by_day_of_action:
        latest = {definition.nested_path: {"nested": {"path": definition.nested_path}, "aggs": latest}}
    return {"size": 0, "track_total_hits": False, "query": of_workspace(workspace, *where), "aggs": latest}


def any_body(workspace: str) -> Body:
    """The search that finds out whether a workspace has any document at all."""
    return {"size": 0, "track_total_hits": 1, "query": of_workspace(workspace)}


def workspaces_body() -> Body:
    """The search for the names of the workspaces that have documents, a thousand of them at most.

    This is the only search without a workspace: it returns nothing about conversations.
    """
    by_name = {"field": "workspace_id", "size": 1_000, "order": {"_key": "asc"}}
    return {"size": 0, "track_total_hits": False, "aggs": {"workspaces": {"terms": by_name}}}


def _aggregations(
    definition: Definition, question: Question, span: Span, scope: Scope, page: Page | Chosen | None
) -> Body:
    dimension = definition.dimension(question.group_by)
    if definition.counts_actions and not definition.by_day_of_action:
        return _actions_by_document(definition, question, span, scope, page)
    value = definition.value
    each = value.aggregations(definition, question)
    cut = value.cut(definition, question, span, each)
    within_scope = value.total_aggregations(definition, question, span)
    within_group = within_scope | cut if isinstance(page, Chosen) else cut or within_scope
    within_scope = within_scope | _unfinished(definition, question, span, each)
    if dimension is None:
        return _of_items(definition, scope, within_scope | cut)
    if value.is_share_of_all:
        within_scope = within_scope | cut  # the whole that each period's groups are a share of
    if dimension.of_action and not definition.counts_actions:
        within_group = {DOCUMENTS: {"reverse_nested": {}} | ({"aggs": within_group} if within_group else {})}
        return within_scope | _in_scope(scope, _groups(definition, question, dimension, page, within_group))
    if dimension.of_action or not definition.counts_actions:
        groups = _groups(definition, question, dimension, page, within_group)
        return _of_items(definition, scope, within_scope | groups)
    groups = _groups(definition, question, dimension, page, _in_scope(scope, within_group))
    return _in_scope(scope, within_scope) | groups


def _actions_by_document(
    definition: Definition, question: Question, span: Span, scope: Scope, page: Page | Chosen | None
) -> Body:
    """Aggregations of actions on the days of their documents: periods are outside of the actions, where the date is.

    Groups by a property of the actions are inside the periods, which is only possible if their names are known.
    """
    dimension, value = definition.dimension(question.group_by), definition.value
    each = value.aggregations(definition, question)
    outside = _unfinished(definition, question, span, _in_scope(scope, each))
    if dimension is not None and dimension.of_action:
        groups = _groups(definition, question, dimension, page, each)
        if isinstance(page, Chosen):
            outside |= value.cut(definition, question, span, _in_scope(scope, groups))
        return _in_scope(scope, each | groups) | outside
    cut = value.cut(definition, question, span, _in_scope(scope, each))
    if dimension is None:
        return _in_scope(scope, each) | outside | cut
    groups = _groups(definition, question, dimension, page, _in_scope(scope, each) | cut)
    return _in_scope(scope, each) | outside | groups


def _unfinished(definition: Definition, question: Question, span: Span, inner: Body) -> Body:
    """The aggregation over days that are not over, which the average leaves out; empty if there are none."""
    over = finished(question, span)
    if not adds_up(definition) or over == span:
        return {}
    start, end = question.instants(over or span)
    _, end_of_span = question.instants(span)
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
    return {scope.path: {"nested": {"path": scope.path}, "aggs": {"in_scope": in_scope}}}


def _groups(
    definition: Definition, question: Question, dimension: Dimension, page: Page | Chosen | None, within_each: Body
) -> Body:
    if dimension.of_people:
        chosen = page if isinstance(page, Chosen) else Chosen(names_of_groups(question.people), nameless=True)
        groups: Body = {"filters": {"filters": _filters_of_people(dimension, question, chosen)}}
    elif isinstance(page, Chosen):
        groups = {"filters": {"filters": _filters(dimension, page)}}
    else:
        source: Body = {"terms": {"field": dimension.field, "missing_bucket": True}}
        size = _page_size(question, definition.value.buckets_of_a_period)
        groups = {"composite": {"size": size, "sources": [{"group": source}]}}
        if page is not None:
            groups["composite"]["after"] = dict(page)
    return {"groups": groups | ({"aggs": within_each} if within_each else {})}


def _page_size(question: Question, per_period: int) -> int:
    return max(1, min(_MAX_GROUPS, _MAX_BUCKETS // (per_period * question.count_periods(question.span) + 1)))


def _filters(dimension: Dimension, chosen: Chosen) -> Body:
    """A filter for each chosen group; a conversation with several values is in each of them, and once in the others."""
    found: Body = {f"{NAMED}{name}": {"term": {dimension.field: name}} for name in chosen.named}
    if chosen.nameless:
        found[NAMELESS] = {"bool": {"must_not": [exists(dimension.field)]}}
    if chosen.others:
        found[OTHERS] = {"terms": {dimension.field: list(chosen.others)}}
    return found


def _filters_of_people(dimension: Dimension, question: Question, chosen: Chosen) -> Body:
    """The same for groups of people, whose ids the question has."""

    def of(group: str | None) -> Body:
        return group_filter(dimension, group, question.people)

    found: Body = {f"{NAMED}{name}": of(name) for name in chosen.named}
    if chosen.nameless:
        found[NAMELESS] = of(None)
    if chosen.others:
        found[OTHERS] = any_of([of(name) for name in chosen.others])
    return found
