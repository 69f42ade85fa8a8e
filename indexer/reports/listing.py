"""The conversations behind a cell of an answer: the search for a page of them, and what it gives."""

import base64
import binascii
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from indexer.keys import key_of
from indexer.reports.cell import Cell, scope_of_cell, span_of_cell
from indexer.reports.check_question import as_asked
from indexer.reports.definition import Definition
from indexer.reports.filters import Body, all_of, condition_filters
from indexer.reports.lasting import overlap
from indexer.reports.measures import measured_field, quantile, rounded, whole
from indexer.reports.outflow import left
from indexer.reports.question import InvalidQuestion, Question
from indexer.reports.scope import PATH, Scope, of_workspace
from indexer.reports.values import (
    Age,
    AtEnd,
    Count,
    Distribution,
    Heatmap,
    Max,
    Mean,
    Median,
    Min,
    NetOutflow,
    Percentile,
    Range,
    Rate,
    Share,
    Sum,
    TimeIn,
    percent_of,
)

MAX_PAGE = 1_000
_MAX_ACTIONS = 100
_MEETS = "meets"


class Listed(NamedTuple):
    """A conversation: when it counts (epoch seconds), what its number is for it alone, the report's columns.

    Of several actions `at` is the first one's; `value` is computed of the first hundred of them at most.
    """

    conversation_id: str
    at: int
    value: float | int | None
    columns: dict[str, Any]


class Cursor(NamedTuple):
    """Where the next page begins: in which view of the index (a point in time), after which conversation."""

    view: str
    after: Sequence[int]


class ListedPage(NamedTuple):
    """A page of the conversations, in the order of time; `cursor` is None on the last one, `total` how many in all."""

    rows: list[Listed]
    total: int
    cursor: str | None


def listing_body(definition: Definition, question: Question, cell: Cell, size: int) -> Body:
    """The search for the first `size` conversations of a cell, by time; raises `InvalidQuestion` for no such cell."""
    definition = as_asked(definition, question)
    scope = scope_of_cell(definition, question, cell)
    own = measured_field(definition, question)
    return {
        "size": size,
        "track_total_hits": True,
        "query": of_workspace(question.workspace, *_filters(definition, question, cell, scope, own)),
        "sort": [_order(definition, scope)],
        # An empty list would mean everything.
        "_source": [*definition.columns, *_own_fields(definition, own)] or False,
    }


def _own_fields(definition: Definition, own: str | None) -> list[str]:
    """What of a document its own number is made of."""
    if isinstance(definition.value, TimeIn):
        return definition.value.ends
    if isinstance(definition.value, Age):
        return [definition.value.age.field]
    return [own] if own and not definition.counts_actions else []


def _filters(definition: Definition, question: Question, cell: Cell, scope: Scope, own: str | None) -> list[Body]:
    if not definition.counts_actions:
        found = list(scope.filters)
    else:
        found = list(scope.document)
        inner: Body = {"size": _MAX_ACTIONS, "_source": False, "docvalue_fields": [own] if own else []}
        found.append({"nested": {"path": PATH, "query": all_of(scope.action), "inner_hits": inner}})
    if isinstance(definition.value, NetOutflow):
        bounds = span_of_cell(question, cell).instants(question.zone)
        gone = {"bool": left(definition.value.net_outflow, *bounds)["bool"] | {"_name": _MEETS}}
        found.append({"bool": {"should": [gone, {"match_all": {}}]}})
    if isinstance(definition.value, Rate):
        prefix = f"{PATH}." if definition.counts_actions else ""
        meets = all_of(condition_filters(definition.value.rate, question.as_of, prefix))
        if definition.counts_actions:
            both = all_of([*scope.action, meets])
            marked: Body = {"nested": {"path": PATH, "query": both, "inner_hits": {"name": _MEETS, "size": 0}}}
        else:
            marked = {"bool": meets["bool"] | {"_name": _MEETS}}
        found.append({"bool": {"should": [marked, {"match_all": {}}]}})
    return found


def _order(definition: Definition, scope: Scope) -> Body:
    if definition.by_day_of_action:
        nested = {"path": PATH, "filter": all_of(scope.action)}
        return {definition.axis: {"order": "asc", "mode": "min", "nested": nested}}
    by_creation = definition.is_board or isinstance(definition.value, AtEnd | NetOutflow)
    return {"created_at" if by_creation else definition.axis: {"order": "asc"}}


def listed(definition: Definition, question: Question, cell: Cell, hit: Mapping[str, Any]) -> Listed:
    """One hit as the conversation it is."""
    definition = as_asked(definition, question)
    source = hit.get("_source", {})
    return Listed(
        key_of(hit["_id"])[1],
        hit["sort"][0] // 1000,
        _number(definition, question, cell, hit),
        {column: _at_path(source, column) for column in definition.columns},
    )


def _number(  # noqa: PLR0911 (one for each kind of value)
    definition: Definition, question: Question, cell: Cell, hit: Mapping[str, Any]
) -> float | int | None:
    actions = hit["inner_hits"][PATH]["hits"]["total"]["value"] if definition.counts_actions else 1
    match definition.value:
        case Count(count="actions") | Heatmap(heatmap="actions"):
            return int(actions)
        case Count() | Heatmap() | Share() | AtEnd():
            return 1
        case TimeIn() as value:
            source = hit["_source"]
            ends = [source.get(field) for field in value.ends]
            return overlap(question, span_of_cell(question, cell), *ends)
        case Rate() if definition.counts_actions:
            meeting: int = hit["inner_hits"][_MEETS]["hits"]["total"]["value"]
            return 100 * meeting / int(actions)
        case NetOutflow():
            return 1 if _MEETS in hit.get("matched_queries", ()) else -1
        case Age(age=wanted):
            return (question.as_of or 0) - int(_at_path(hit["_source"], wanted.field))
        case Rate():
            return 100 if _MEETS in hit.get("matched_queries", ()) else 0
        case _:
            return _of_values(definition, _values(definition, question, hit))


def _values(definition: Definition, question: Question, hit: Mapping[str, Any]) -> list[float]:
    field = str(measured_field(definition, question))
    if definition.counts_actions:
        return [value for inner in hit["inner_hits"][PATH]["hits"]["hits"] for value in inner["fields"][field]]
    found = _at_path(hit["_source"], field)
    return found if isinstance(found, list) else [found]


def _of_values(definition: Definition, values: list[float]) -> float | int | None:
    match definition.value:
        case Mean():
            found: float | None = sum(values) / len(values)
        case Sum():
            found = sum(values)
        case Min() | Range() | Distribution():
            found = min(values)
        case Max():
            found = max(values)
        case (Median() | Percentile()) as value:
            found = rounded(definition, quantile(Counter(values), percent_of(value)) or 0)
        case _:
            found = None
    return None if found is None else whole(found)


def _at_path(source: Any, path: str) -> Any:
    for name in path.split("."):
        source = source.get(name) if isinstance(source, Mapping) else None
    return source


def write_cursor(definition: Definition, question: Question, cell: Cell, cursor: Cursor) -> str:
    """The cursor as text that tells nothing; it serves for this list alone."""
    content = json.dumps([_fingerprint(definition, question, cell), cursor.view, list(cursor.after)])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(definition: Definition, question: Question, cell: Cell, written: str) -> Cursor:
    """The cursor out of its text; raises `InvalidQuestion` if it is none, or one of another list."""
    try:
        content = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        fingerprint, view, after = json.loads(content)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise InvalidQuestion("cursor", "is none that a list has given; begin without one") from error
    usable = isinstance(view, str) and view.isascii() and isinstance(after, list) and all(map(_is_place, after))
    if not usable or fingerprint != _fingerprint(definition, question, cell):
        raise InvalidQuestion("cursor", "belongs to another list; begin without one")
    return Cursor(view, after)


def _is_place(one: object) -> bool:
    """Whether Elasticsearch can have given it as the place of a document: a number of 64 bits."""
    return type(one) is int and -(2**63) <= one < 2**63


def _fingerprint(definition: Definition, question: Question, cell: Cell) -> str:
    """What tells lists apart; the moment of a board may move on between two pages."""
    asked = question.model_dump_json(exclude={"as_of"})
    return hashlib.sha256(f"{definition.name} {asked} {cell}".encode()).hexdigest()[:16]
