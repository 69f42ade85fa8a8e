"""A filter of people: conditions joined by and, or."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from indexer.people.attribute_value import Scalar

Source = Literal["attribute", "company_attribute", "event", "tag", "segment", "imported_segment", "company"]
"""What a condition is about. A `segment` is a saved filter; an `imported_segment` is one that the source computed."""

Operator = Literal[
    "is",
    "is_not",
    "in",
    "not_in",
    "contains",
    "does_not_contain",
    "starts_with",
    "ends_with",
    "contains_word",
    "greater_than",
    "less_than",
    "at_least",
    "at_most",
    "more_than_days_ago",
    "less_than_days_ago",
    "exactly_days_ago",
    "after",
    "on",
    "before",
    "is_unknown",
    "has_any_value",
]

SOURCES: Final[tuple[Source, ...]] = get_args(Source)
OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)

NEGATIVE: Final[dict[Operator, Operator]] = {
    "is_not": "is",
    "not_in": "in",
    "does_not_contain": "contains",
    "is_unknown": "has_any_value",
}
"""The operators that hold for people without the value, each with the one that it is the opposite of."""


class Subject(NamedTuple):
    """What a condition is about. `name` is that of the attribute or event; tags, segments and companies have none.

    Only events have a `measure`: `first`, `last`, `count`, or `metadata.KEY` with a key of the last event.
    """

    source: Source
    name: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One question about one value. Days after, on or before which something lies are days since 1970-01-01."""

    subject: Subject
    operator: Operator
    values: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Two or more filters of which all (`and`) or at least one (`or`) must hold."""

    joined_by: Literal["and", "or"]
    members: tuple["Filter", ...]


Filter = Condition | Group
