"""Queries on standard attributes of the person, which are fields of the document whatever the other values are."""

from collections.abc import Mapping, Sequence
from typing import Any

from indexer.people.attribute_model import Query
from indexer.people.attribute_value import Scalar
from indexer.people.standard import STANDARD


def field_exists(name: str) -> Query:
    """The field has a value."""
    return {"exists": {"field": name}}


def field_equals(name: str, values: Sequence[Scalar]) -> Query:
    """The field has one of these values."""
    return {"terms": {name: list(values)}}


def field_between(name: str, bounds: Mapping[str, Scalar | None]) -> Query:
    """The field is within the bounds (`gt`, `gte`, `lt`, `lte`)."""
    is_time = STANDARD["contact"][name].type == "datetime"
    return {"range": {name: {**given(bounds), **({"format": "epoch_second"} if is_time else {})}}}


def field_sort(name: str, order: str) -> dict[str, Any]:
    """A clause of `sort` by the field."""
    return {name: {"order": order, "missing": "_last"}}


def given(bounds: Mapping[str, Scalar | None]) -> dict[str, Scalar]:
    """The bounds that there are."""
    return {name: bound for name, bound in bounds.items() if bound is not None}
