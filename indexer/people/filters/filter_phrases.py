"""The words that people write for operators, and the operator that each means beside a value."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from indexer.people.filters.filter_tree import Operator

Written = Operator | Literal["equal", "unequal", "greater", "less", "happened", "not_happened"]
"""An operator as it is written: some words mean another operator for numbers, days and days ago."""

_PHRASES: Final[Mapping[str, Written]] = {
    "is": "equal",
    "=": "equal",
    "==": "equal",
    "exactly": "equal",
    "is exactly": "equal",
    "is not": "unequal",
    "!=": "unequal",
    "<>": "unequal",
    "in": "in",
    "is in": "in",
    "is one of": "in",
    "not in": "not_in",
    "is not in": "not_in",
    "is not one of": "not_in",
    "contains": "contains",
    "does not contain": "does_not_contain",
    "contains exact word": "contains_word",
    "contains word": "contains_word",
    "starts with": "starts_with",
    "begins with": "starts_with",
    "ends with": "ends_with",
    ">": "greater",
    "more than": "greater",
    "is more than": "greater",
    "greater than": "greater",
    "is greater than": "greater",
    "<": "less",
    "less than": "less",
    "is less than": "less",
    "fewer than": "less",
    ">=": "at_least",
    "at least": "at_least",
    "is at least": "at_least",
    "<=": "at_most",
    "at most": "at_most",
    "is at most": "at_most",
    "after": "after",
    "is after": "after",
    "on": "on",
    "is on": "on",
    "before": "before",
    "is before": "before",
    "is unknown": "is_unknown",
    "has no value": "is_unknown",
    "is not set": "is_unknown",
    "is empty": "is_unknown",
    "is null": "is_unknown",
    "has any value": "has_any_value",
    "is known": "has_any_value",
    "is set": "has_any_value",
    "is not empty": "has_any_value",
    "is not null": "has_any_value",
    "is not unknown": "has_any_value",
    "has happened": "happened",
    "has not happened": "not_happened",
}
_LONGEST: Final = max(len(phrase.split()) for phrase in _PHRASES)

_BESIDE: Final[Mapping[Written, tuple[Operator, Operator | None, Operator | None]]] = {
    "equal": ("is", "on", "exactly_days_ago"),
    "unequal": ("is_not", None, None),
    "greater": ("greater_than", "after", "more_than_days_ago"),
    "less": ("less_than", "before", "less_than_days_ago"),
}
"""The operator beside a number or text, beside a day, and beside days ago; None if there is none."""

PHRASES: Final = tuple(_PHRASES)


def read_phrase(words: Sequence[str]) -> tuple[Written, int] | None:
    """The operator that these words begin with, and how many of them it takes; None if they begin with none."""
    for length in range(min(_LONGEST, len(words)), 0, -1):
        if found := _PHRASES.get(" ".join(words[:length]).lower()):
            return found, length
    return None


def meant(written: Written, beside: Literal["value", "day", "days_ago"]) -> Operator | None:
    """The operator that is meant beside such a value; None if there is none."""
    if written in _BESIDE:
        return _BESIDE[written][("value", "day", "days_ago").index(beside)]
    match written:
        case "happened":
            return "has_any_value"
        case "not_happened":
            return "is_unknown"
        case "equal" | "unequal" | "greater" | "less":
            raise AssertionError(written)
        case operator:
            return operator if beside != "days_ago" else None
