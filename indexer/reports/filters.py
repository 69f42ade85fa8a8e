"""From conditions to the filters of a search: those of the definition, and those of the question."""

from collections.abc import Mapping
from typing import Any

from indexer.reports.clauses import Clause
from indexer.reports.conditions import Condition
from indexer.reports.dimensions import Dimension

Body = dict[str, Any]

PATH = "actions"
"""The nested objects of a document."""

_ORDER = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt"}


def condition_filters(conditions: Mapping[str, Condition], as_of: int | None, prefix: str = "") -> list[Body]:
    """What a definition wants of its fields; `prefix` leads to fields of actions.

    `as_of` (epoch seconds) is what ages are measured from, where a condition asks for one.
    """
    return [found for field, wanted in conditions.items() for found in _condition(prefix + field, wanted, as_of)]


def _condition(field: str, wanted: Condition, as_of: int | None) -> list[Body]:
    found = []
    if wanted.in_:
        found.append(_equals(field, wanted.in_))
    if wanted.not_:
        found.append(none_of(_equals(field, wanted.not_)))
    if wanted.bounds:
        found.append({"range": {field: wanted.bounds}})
    if wanted.exists is not None:
        found.append(exists(field) if wanted.exists else none_of(exists(field)))
    if wanted.older_than is not None and as_of is not None:
        found.append({"range": {field: {"lt": as_of - wanted.older_than, "format": "epoch_second"}}})
    return found


def clause_filters(dimension: Dimension, clauses: list[Clause]) -> list[Body]:
    """What a question wants of one field: of several `=` one is enough, everything else must hold."""
    field = dimension.field
    alternatives = [clause.wanted for clause in clauses if clause.operator == "="]
    found = []
    if None in alternatives:
        found.append(exists(field))
    elif alternatives:
        found.append({"terms": {field: alternatives}})
    for _, operator, wanted in clauses:
        if operator in _ORDER:
            found.append({"range": {field: {_ORDER[operator]: int(str(wanted))}}})
        elif operator == "!=":
            found.append(none_of(exists(field) if wanted is None else {"term": {field: wanted}}))
    return found


def exists(field: str) -> Body:
    """That a field has a value."""
    return {"exists": {"field": field}}


def none_of(*filters: Body) -> Body:
    """That none of the filters holds."""
    return {"bool": {"must_not": list(filters)}}


def all_of(filters: list[Body]) -> Body:
    """That every filter holds."""
    return {"bool": {"filter": filters}}


def within(field: str, start: int, end: int) -> Body:
    """That a date lies from `start` to before `end`, in epoch seconds."""
    return {"range": {field: {"gte": start, "lt": end, "format": "epoch_second"}}}


def marked(wanted: Body, name: str) -> Body:
    """What every document fulfils; those that `wanted` (of `all_of`) holds for are marked with a name in their hit."""
    return {"bool": {"should": [{"bool": wanted["bool"] | {"_name": name}}, {"match_all": {}}]}}


def nothing() -> Body:
    """What no document fulfils."""
    return {"match_none": {}}


def _equals(field: str, values: list[Any]) -> Body:
    return {"term": {field: values[0]}} if len(values) == 1 else {"terms": {field: values}}


def any_of(filters: list[Body]) -> Body:
    """That one of the filters holds; with none of them, nothing does."""
    return {"bool": {"should": filters, "minimum_should_match": 1}} if filters else {"match_none": {}}
