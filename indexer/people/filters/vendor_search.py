"""Reads a search of the vendor's API for contacts as a filter."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from indexer.people.attribute_value import Scalar
from indexer.people.filters.filter_days import day_of
from indexer.people.filters.filter_errors import FilterError, Misfit, below
from indexer.people.filters.filter_scope import FilterScope, value_type
from indexer.people.filters.filter_size import MOST_DEPTH, refuse_large
from indexer.people.filters.filter_tree import Condition, Filter, Group, Operator, Subject
from indexer.people.filters.filter_values import checked

_OPERATORS: Final[Mapping[str, Operator]] = {
    "=": "is",
    "!=": "is_not",
    "IN": "in",
    "NIN": "not_in",
    ">": "greater_than",
    "<": "less_than",
    ">=": "at_least",
    "<=": "at_most",
    "~": "contains",
    "!~": "does_not_contain",
    "^": "starts_with",
    "$": "ends_with",
}
_OF_TIMES: Final[Mapping[str, Operator]] = {"=": "on", ">": "after", "<": "before"}
_JOINED_BY: Final[Mapping[str, Literal["and", "or"]]] = {"AND": "and", "OR": "or"}
_SUBJECTS: Final[Mapping[str, Subject]] = {"tag_id": Subject("tag"), "segment_id": Subject("imported_segment")}
_CUSTOM: Final = "custom_attributes."
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_LATEST: Final = 32_503_680_000
"""The year 3000."""


def is_vendor_search(written: Any) -> bool:
    """Whether JSON has the form of a search of the vendor's API, not that of a filter."""
    return isinstance(written, Mapping) and ("query" in written or "field" in written or "value" in written)


def filter_from_search(written: Any, scope: FilterScope) -> Filter:
    """The filter that the body of `POST /contacts/search` has, or its `query`; raises `FilterError` with the path.

    Times and dates are matched by the days of the workspace's zone, as the vendor's API 2.16 does: `>` is from the next
    day on. Missing values (null) are unknown. Tags are compared by what is stored: names, or ids without them.
    """
    path, query = ("query", written["query"]) if isinstance(written, Mapping) and "query" in written else ("", written)
    found = _filter(query, scope, path, 0)
    refuse_large(found, scope)
    return found


def _filter(written: Any, scope: FilterScope, path: str, depth: int) -> Filter:
    if not isinstance(written, Mapping):
        raise FilterError(None, "is an object with operator and value", path=path)
    if depth > MOST_DEPTH:
        raise FilterError(None, f"groups are nested more than {MOST_DEPTH} deep", path=path)
    operator = written.get("operator")
    if "field" in written:
        return _condition(written, str(operator), scope, path)
    joined_by = _JOINED_BY.get(operator) if isinstance(operator, str) else None
    if joined_by is None:
        raise FilterError(None, f"{operator!r} does not join filters", "use AND, OR", path=below(path, "operator"))
    members = written.get("value")
    if not isinstance(members, list) or not members:
        raise FilterError(None, "is a list of at least one filter", path=below(path, "value"))
    place = below(path, "value")
    found = tuple(_filter(one, scope, f"{place}[{ordinal}]", depth + 1) for ordinal, one in enumerate(members))
    return found[0] if len(found) == 1 else Group(joined_by, found)


def _condition(written: Mapping[str, Any], operator: str, scope: FilterScope, path: str) -> Condition:
    field, value = written["field"], written.get("value")
    if not isinstance(field, str) or not field:
        raise FilterError(None, "is the name of a field", path=below(path, "field"))
    subject = _SUBJECTS.get(field) or Subject("attribute", field.removeprefix(_CUSTOM))
    try:
        type_ = value_type(subject, scope)
        if value is None and operator in {"=", "!="}:
            return checked(Condition(subject, "is_unknown" if operator == "=" else "has_any_value"), scope)
        is_time = type_ in {"date", "datetime"}
        meant = (_OF_TIMES if is_time else _OPERATORS).get(operator)
        if meant is None:
            raise Misfit("operator", f"{operator} is not an operator of {field}", f"use {_listed(is_time=is_time)}")
        values = value if isinstance(value, list) and meant in {"in", "not_in"} else [value]
        read = tuple(_value(one, ordinal, type_, scope) for ordinal, one in enumerate(values))
        return checked(Condition(subject, meant, read), scope)
    except Misfit as misfit:
        place = {"subject": "field", "operator": "operator", "value": "value"}[misfit.part]
        raise FilterError(None, misfit.message, misfit.remedy, path=below(path, place)) from None


def _listed(*, is_time: bool) -> str:
    return ", ".join(_OF_TIMES if is_time else _OPERATORS)


def _value(value: Any, ordinal: int, type_: str, scope: FilterScope) -> Scalar:
    """A value in the type of its field: clients of the vendor's API also write numbers and booleans as texts."""
    match type_:
        case "date" | "datetime":
            return _day(value, ordinal, scope)
        case "integer" | "float" if isinstance(value, str) and _NUMBER.fullmatch(value):
            return float(value) if "." in value else int(value)
        case "boolean" if value in ("true", "false"):
            return bool(value == "true")
    if not isinstance(value, str | bool | int | float):
        raise Misfit("value", "is a text, a number, true or false", ordinal=ordinal)
    return value


def _day(value: Any, ordinal: int, scope: FilterScope) -> int:
    instant = (
        int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 else value
    )
    if isinstance(instant, bool) or not isinstance(instant, int) or not 0 <= instant < _LATEST:
        raise Misfit("value", "is a time in epoch seconds", ordinal=ordinal)
    return day_of(instant, scope.zone)
