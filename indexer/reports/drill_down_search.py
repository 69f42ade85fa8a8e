"""The conversations behind a cell of an answer: the search for a page of them, and its result."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from indexer.dotted_paths import value_at
from indexer.keys import key_of
from indexer.reports.cell import Cell, scope_of_cell, span_of_cell
from indexer.reports.check_question import as_asked
from indexer.reports.definition import Definition
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
    """A page of the conversations, in the order of time; `cursor` is None on the last one, `total` how many in all."""

    rows: list[Listed]
    total: int
    cursor: str | None


def listing_body(definition: Definition, question: Question, cell: Cell, size: int) -> Body:
    """The search for the first `size` conversations of a cell, by time; `InvalidQuestion` if it does not exist."""
    definition = as_asked(definition, question)
    scope = scope_of_cell(definition, question, cell)
    return {
        "size": size,
        "track_total_hits": True,
        "query": of_workspace(question.workspace, *_filters(definition, question, cell, scope)),
        "sort": [_order(definition, scope)],
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


def _order(definition: Definition, scope: Scope) -> Body:
    if definition.by_day_of_action:
        nested = {"path": scope.path, "filter": all_of(scope.action)}
        return {definition.axis: {"order": "asc", "mode": "min", "nested": nested}}
    by_creation = definition.is_board or definition.value.at_ends
    return {definition.vocabulary.axis if by_creation else definition.axis: {"order": "asc"}}


def read_hit(definition: Definition, question: Question, cell: Cell, hit: Mapping[str, Any]) -> Listed:
    """The conversation of one hit."""
    definition = as_asked(definition, question)
    source = hit.get("_source", {})
    return Listed(
        key_of(hit["_id"])[1],
        hit["sort"][0] // 1000,
        definition.value.of_document(definition, question, partial(span_of_cell, question, cell), hit),
        {column: value_at(source, column) for column in definition.columns},
    )


def list_of(definition: Definition, question: Question, cell: Cell) -> str:
    """A text that tells lists apart, for their cursors; the moment of a board may change between two pages."""
    return f"{definition.name} {question.model_dump_json(exclude={'as_of'})} {cell}"
