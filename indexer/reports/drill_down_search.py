"""The conversations behind a cell of an answer: the search for a page of them, and its result."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from indexer.dotted_paths import value_at
from indexer.keys import EntityKey
from indexer.reports.cell import Cell, scope_of_cell, span_of_cell
from indexer.reports.check_question import as_asked
from indexer.reports.definition import Definition
from indexer.reports.list_order import AT, BY_TIME, VALUE, ListOrder
from indexer.reports.question import Question
from indexer.reports.scope import Scope, of_workspace
from indexer.reports.search_filters import Body, all_of

MAX_PAGE = 1_000
_MAX_ACTIONS = 100


class Listed(NamedTuple):
    """A conversation: when it counts (epoch seconds), its own number, and the report's columns.

    If several actions count, `at` is that of the first; `value` is computed from at most the first hundred of them.
    """

    conversation_id: str
    at: int
    value: float | int | None
    columns: dict[str, Any]


class ListedPage(NamedTuple):
    """A page of the conversations in the list's order; `cursor` is None on the last one, `total` how many in all."""

    rows: list[Listed]
    total: int
    cursor: str | None


def listing_body(definition: Definition, question: Question, cell: Cell, size: int, order: ListOrder = BY_TIME) -> Body:
    """The search for the first `size` conversations of a cell; raises `InvalidQuestion` if it does not exist.

    `order` is one that the index can sort by.
    """
    definition = as_asked(definition, question)
    scope = scope_of_cell(definition, question, cell)
    return {
        "size": size,
        "track_total_hits": True,
        "query": of_workspace(question.workspace, *_filters(definition, question, cell, scope)),
        "sort": [*_column_sort(definition, question, order), _time_sort(definition, scope, order)],
        # An empty list would mean everything.
        "_source": [*definition.columns, *definition.value.listed_fields(definition, question)] or False,
    }


def _filters(definition: Definition, question: Question, cell: Cell, scope: Scope) -> list[Body]:
    if not definition.counts_actions:
        found = list(scope.filters)
    else:
        found = list(scope.document)
        own = definition.value.field_asked(definition, question)
        inner: Body = {"size": _MAX_ACTIONS, "_source": False, "docvalue_fields": [own] if own else []}
        found.append({"nested": {"path": scope.path, "query": all_of(scope.action), "inner_hits": inner}})
    return [*found, *definition.value.marks(definition, question, span_of_cell(question, cell), scope.action)]


def sort_field(definition: Definition, question: Question, order: ListOrder) -> str | None:
    """The field of a document that the order is by; None if it is by time, or by numbers that are in no field."""
    if order.column == AT:
        return None
    if order.column == VALUE:
        return as_asked(definition, question).value.list_field(definition, question)
    return order.column


def _column_sort(definition: Definition, question: Question, order: ListOrder) -> list[Body]:
    field = sort_field(definition, question, order)
    if field is None:
        return []
    # An index of an earlier mapping may not have the field yet.
    direction = "desc" if order.falls else "asc"
    return [{field: {"order": direction, "missing": "_last", "unmapped_type": "keyword"}}]


def _time_sort(definition: Definition, scope: Scope, order: ListOrder) -> Body:
    direction = "desc" if order.column == AT and order.falls else "asc"
    if definition.by_day_of_action:
        nested = {"path": scope.path, "filter": all_of(scope.action)}
        return {definition.axis: {"order": direction, "mode": "min", "nested": nested}}
    by_creation = definition.is_board or definition.value.at_ends
    return {definition.vocabulary.axis if by_creation else definition.axis: {"order": direction}}


def read_hit(
    definition: Definition, question: Question, cell: Cell, hit: Mapping[str, Any], order: ListOrder = BY_TIME
) -> Listed:
    """The conversation of one hit of such a search."""
    definition = as_asked(definition, question)
    source = hit.get("_source", {})
    return Listed(
        EntityKey.from_document_id(hit["_id"]).entity_id,
        hit["sort"][len(_column_sort(definition, question, order))] // 1000,
        definition.value.of_document(definition, question, partial(span_of_cell, question, cell), hit),
        {column: value_at(source, column) for column in definition.columns},
    )


def list_of(definition: Definition, question: Question, cell: Cell, order: ListOrder) -> str:
    """A text that tells lists apart, for their cursors; the moment of a board may change between two pages."""
    return f"{definition.name} {question.model_dump_json(exclude={'as_of'})} {cell} {order}"
