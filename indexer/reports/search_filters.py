"""From conditions to the filters of a search: those of the definition, and those of the question."""

from collections.abc import Mapping
from typing import Any

from indexer.reports.definition_conditions import Condition
from indexer.reports.dimensions import Dimension
from indexer.reports.question_conditions import Clause

Body = dict[str, Any]

_ORDER = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt"}


def condition_filters(
    conditions: Mapping[str, Condition], as_of: int | None, prefix: str = "", until: int | None = None
) -> list[Body]:
    """Filters for a definition's conditions; `prefix` leads to fields of actions.

    Ages are measured up to `as_of` (epoch seconds), if a condition asks for one. A first time, such as `first_open_at`,
    that is not before `until` has not come yet.
    """
    return [found for field, wanted in conditions.items() for found in _condition(prefix + field, wanted, as_of, until)]


def _condition(field: str, wanted: Condition, as_of: int | None, until: int | None) -> list[Body]:
    found = []
    if wanted.in_:
        found.append(_equals(field, wanted.in_))
    if wanted.not_:
        found.append(none_of(_equals(field, wanted.not_)))
    if wanted.bounds:
        found.append({"range": {field: wanted.bounds}})
    if wanted.exists is not None:
        has_value = exists(field) if until is None or not _is_first_time(field) else _before(field, until)
        found.append(has_value if wanted.exists else none_of(has_value))
    if wanted.older_than is not None and as_of is not None:
        found.append({"range": {field: {"lt": as_of - wanted.older_than, "format": "epoch_second"}}})
    return found


def clause_filters(dimension: Dimension, clauses: list[Clause]) -> list[Body]:
    """Filters for a question's conditions on one field: one of several `=` is enough, all others must hold."""
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


def _is_first_time(field: str) -> bool:
    """Whether a field is the time at which something happened first: once it has come, it stays as it is."""
    name = field.rpartition(".")[2]
    return name.startswith("first_") and name.endswith("_at")


def _before(field: str, until: int) -> Body:
    return {"range": {field: {"lt": until, "format": "epoch_second"}}}


def exists(field: str) -> Body:
    """The filter for documents in which a field has a value."""
    return {"exists": {"field": field}}


def none_of(*filters: Body) -> Body:
    """The filter for documents to which none of the filters applies."""
    return {"bool": {"must_not": list(filters)}}


def all_of(filters: list[Body]) -> Body:
    """The filter for documents to which every filter applies."""
    return {"bool": {"filter": filters}}


def within(field: str, start: int, end: int) -> Body:
    """The filter for dates from `start` to before `end`, in epoch seconds."""
    return {"range": {field: {"gte": start, "lt": end, "format": "epoch_second"}}}


def up_to(field: str, moment: int | None) -> list[Body]:
    """The filter for dates that are not after a moment in epoch seconds; none for None."""
    return [] if moment is None else [{"range": {field: {"lte": moment, "format": "epoch_second"}}}]


def marked(wanted: Body, name: str) -> Body:
    """A filter that matches all documents, and marks hits that match `wanted` (of `all_of`) with a name."""
    return {"bool": {"should": [{"bool": wanted["bool"] | {"_name": name}}, {"match_all": {}}]}}


def nothing() -> Body:
    """A filter that matches no document."""
    return {"match_none": {}}


def _equals(field: str, values: list[Any]) -> Body:
    return {"term": {field: values[0]}} if len(values) == 1 else {"terms": {field: values}}


def any_of(filters: list[Body]) -> Body:
    """The filter for documents to which one of the filters applies; without filters, it matches none."""
    return {"bool": {"should": filters, "minimum_should_match": 1}} if filters else {"match_none": {}}
