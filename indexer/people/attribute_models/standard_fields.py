"""Queries on standard attributes of the person, which are fields of the document whatever the other values are."""

from collections.abc import Mapping, Sequence
from typing import Any

from indexer.people.attribute_model import Query
from indexer.people.attribute_value import DataType, Scalar


def field_exists(name: str) -> Query:
    """The field has a value."""
    return {"exists": {"field": name}}


def field_equals(name: str, type_: DataType, values: Sequence[Scalar]) -> Query:
    """The field has one of these values."""
    return {"terms": {name: [_asked(type_, value) for value in values]}}


def field_between(name: str, type_: DataType, bounds: Mapping[str, Scalar | None]) -> Query:
    """The field is within the bounds (`gt`, `gte`, `lt`, `lte`)."""
    return {"range": {name: {side: _asked(type_, bound) for side, bound in given(bounds).items()}}}


def _asked(type_: DataType, value: Scalar) -> Scalar:
    """The value as queries have it: Elasticsearch takes a number for milliseconds, whatever the format of the field."""
    return str(value) if type_ == "datetime" else value


def field_sort(name: str, order: str) -> dict[str, Any]:
    """A clause of `sort` by the field."""
    return {name: {"order": order, "missing": "_last"}}


def given(bounds: Mapping[str, Scalar | None]) -> dict[str, Scalar]:
    """The bounds that there are."""
    return {name: bound for name, bound in bounds.items() if bound is not None}
