"""The values of attributes, each with its type."""

from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, get_args

DataType = Literal["string", "integer", "float", "boolean", "date", "datetime", "list"]
"""The types that an attribute can have; a `list` is a text that has to be one of the attribute's options."""

DATA_TYPES: Final[tuple[DataType, ...]] = get_args(DataType)

Scalar = str | bool | int | float
"""A value by its type: text for `string` and `list`, days since 1970-01-01 for `date`, epoch seconds for `datetime`."""


class Value(NamedTuple):
    """A value of an attribute, with the attribute's type. An attribute without a value is absent."""

    type: DataType
    value: Scalar


_EPOCH: Final = date(1970, 1, 1)


def day_number(on: date) -> int:
    """The date as the value of a `date`: days since 1970-01-01."""
    return (on - _EPOCH).days


def date_of(day: int) -> date:
    """The date of a number of days since 1970-01-01; raises `OverflowError` for one that no calendar has."""
    return _EPOCH + timedelta(days=day)
