"""A condition as tests of a value: what both the evaluation in Python and the query of Elasticsearch are made of."""

from typing import NamedTuple

from indexer.people.attribute_model import TextMatch
from indexer.people.attribute_value import DataType, Scalar
from indexer.people.filters.filter_days import Bounds, bounds_of_day, bounds_of_time
from indexer.people.filters.filter_scope import FilterScope, ValueType, value_type
from indexer.people.filters.filter_tree import NEGATIVE, Condition, Operator


class Exists(NamedTuple):
    """There is a value."""


class Equals(NamedTuple):
    """The value has this type and is one of these; numbers, whole or not, are one type."""

    type: DataType
    values: tuple[Scalar, ...]


class Between(NamedTuple):
    """The value has this type and lies within the bounds."""

    type: DataType
    bounds: Bounds


class TextTest(NamedTuple):
    """The text matches regardless of capitals."""

    match: TextMatch
    text: str


Test = Exists | Equals | Between | TextTest


def tests_of(condition: Condition, scope: FilterScope) -> tuple[Test, ...]:
    """The tests of a condition, or of its opposite if the operator is negative.

    If one value passes one of the tests, a positive condition holds, and a negative one does not.
    """
    positive = NEGATIVE.get(condition.operator, condition.operator)
    return _tests(positive, condition.values, value_type(condition.subject, scope), scope)


def _tests(operator: Operator, values: tuple[Scalar, ...], type_: ValueType, scope: FilterScope) -> tuple[Test, ...]:
    match operator:
        case "has_any_value":
            return (Exists(),)
        case "contains" | "starts_with" | "ends_with" | "contains_word":
            return (TextTest(operator, str(values[0])),)
        case "is" | "in":
            return _equal(values, type_)
        case "greater_than" | "less_than" | "at_least" | "at_most":
            return (Between("integer" if type_ == "integer" else "float", _bounds_of_number(operator, values[0])),)
    value = int(values[0])
    day = Between("date", bounds_of_day(operator, value, scope))
    time = Between("datetime", bounds_of_time(operator, value, scope))
    return {"date": (day,), "datetime": (time,)}.get(type_, (day, time))


def _equal(values: tuple[Scalar, ...], type_: ValueType) -> tuple[Test, ...]:
    if type_ == "name":
        return (Equals("string", values),)
    if type_ != "metadata":
        return (Equals(type_, values),)
    texts = tuple(one for one in values if isinstance(one, str))
    flags = tuple(one for one in values if isinstance(one, bool))
    numbers = tuple(one for one in values if isinstance(one, int | float) and not isinstance(one, bool))
    found = (Equals("string", texts), Equals("boolean", flags), Equals("float", numbers))
    return tuple(one for one in found if one.values)


def _bounds_of_number(operator: Operator, value: Scalar) -> Bounds:
    if isinstance(value, str):
        raise TypeError(value)
    match operator:
        case "greater_than":
            return Bounds(gt=value)
        case "less_than":
            return Bounds(lt=value)
        case "at_least":
            return Bounds(gte=value)
        case _:
            return Bounds(lte=value)
