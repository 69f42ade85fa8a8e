"""The conversations behind a cell of an answer: the search for a page of them, and its result."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from indexer.dotted_paths import value_at
from indexer.keys import key_of
from indexer.reports.cell import Cell, scope_of_cell, span_of_cell
from indexer.reports.check_question import as_asked
from indexer.reports.definition import Definition
from indexer.reports.question import InvalidQuestion, Question
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


class Cursor(NamedTuple):
    """The start of the next page: its view of the index (a point in time), and the conversation before it."""

    view: str
    after: Sequence[int]


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


def write_cursor(definition: Definition, question: Question, cell: Cell, cursor: Cursor) -> str:
    """The cursor as opaque text, valid for this list alone."""
    content = json.dumps([_fingerprint(definition, question, cell), cursor.view, list(cursor.after)])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(definition: Definition, question: Question, cell: Cell, written: str) -> Cursor:
    """The cursor from its text; raises `InvalidQuestion` if it is not a cursor, or one of another list."""
    try:
        content = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        fingerprint, view, after = json.loads(content)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise InvalidQuestion("cursor", "is not valid for this list; start without a cursor") from error
    usable = isinstance(view, str) and view.isascii() and isinstance(after, list) and all(map(_is_place, after))
    if not usable or fingerprint != _fingerprint(definition, question, cell):
        raise InvalidQuestion("cursor", "belongs to another list; start without a cursor")
    return Cursor(view, after)


def _is_place(one: object) -> bool:
    """Whether this can be a document's place from Elasticsearch: a number of 64 bits."""
    return type(one) is int and -(2**63) <= one < 2**63


def _fingerprint(definition: Definition, question: Question, cell: Cell) -> str:
    """A text that tells lists apart; the moment of a board may change between two pages."""
    asked = question.model_dump_json(exclude={"as_of"})
    return hashlib.sha256(f"{definition.name} {asked} {cell}".encode()).hexdigest()[:16]
