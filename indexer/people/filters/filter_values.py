"""Which operators a type of value has, and whether a condition can be asked."""

from collections.abc import Mapping
from math import isfinite
from typing import Final

from indexer.did_you_mean import did_you_mean, near_names
from indexer.people.attribute_value import Scalar
from indexer.people.filters.filter_errors import Misfit
from indexer.people.filters.filter_scope import FilterScope, ValueType, options, value_type
from indexer.people.filters.filter_tree import Condition, Operator
from indexer.people.filters.filter_words import WORDS, quoted, subject_text
from indexer.people.folding import words

MOST_VALUES: Final = 500
MOST_CHARACTERS: Final = 1_000
MOST_DAYS: Final = 36_500
FIRST_DAY: Final = -25_567
LAST_DAY: Final = 376_199
"""Days lie between 1900-01-01 and 2999-12-31."""

_LARGEST: Final = 2**53 - 1

_EXISTENCE: Final[tuple[Operator, ...]] = ("is_unknown", "has_any_value")
_EQUALITY: Final[tuple[Operator, ...]] = ("is", "is_not", "in", "not_in")
_PARTS: Final[tuple[Operator, ...]] = ("contains", "does_not_contain", "starts_with", "ends_with", "contains_word")
_ORDER: Final[tuple[Operator, ...]] = ("greater_than", "less_than", "at_least", "at_most")
_RELATIVE: Final[tuple[Operator, ...]] = ("more_than_days_ago", "less_than_days_ago", "exactly_days_ago")
_ABSOLUTE: Final[tuple[Operator, ...]] = ("after", "on", "before")
_NUMBER: Final = (*_EQUALITY, *_ORDER, *_EXISTENCE)
_TIME: Final = (*_RELATIVE, *_ABSOLUTE, *_EXISTENCE)

OPERATORS_OF: Final[Mapping[ValueType, tuple[Operator, ...]]] = {
    "string": (*_EQUALITY, *_PARTS, *_EXISTENCE),
    "integer": _NUMBER,
    "float": _NUMBER,
    "boolean": ("is", "is_not", *_EXISTENCE),
    "date": _TIME,
    "datetime": _TIME,
    "list": (*_EQUALITY, *_EXISTENCE),
    "name": (*_EQUALITY, *_EXISTENCE),
    "metadata": (*_EQUALITY, *_PARTS, *_ORDER, *_RELATIVE, *_ABSOLUTE, *_EXISTENCE),
}
"""The operators of each type."""

NOUNS: Final[Mapping[ValueType, str]] = {
    "string": "a text",
    "integer": "a whole number",
    "float": "a number",
    "boolean": "true or false",
    "date": "a day",
    "datetime": "a time",
    "list": "one of the options of a list",
    "name": "a name",
    "metadata": "of any type",
}
"""Each type in the words of errors."""

_REMEDIES: Final[Mapping[ValueType, str]] = {
    "string": 'write is "…", contains "…", starts with "…"',
    "integer": "write is 3, > 3, <= 3",
    "float": "write is 3.5, > 3.5, <= 3.5",
    "boolean": "write is true, is false",
    "date": "write more than 30 days ago, or after 2026-01-31",
    "datetime": "write more than 30 days ago, or after 2026-01-31",
    "list": 'write is "…", in ("…", "…")',
    "name": 'write is "…", in ("…", "…")',
    "metadata": "",
}


def checked(condition: Condition, scope: FilterScope) -> Condition:
    """The condition with its values in the type of what it asks; raises `Misfit` if it cannot be asked."""
    subject, operator, values = condition.subject, condition.operator, condition.values
    type_ = value_type(subject, scope)
    allowed = _EQUALITY if subject.source == "segment" else OPERATORS_OF[type_]
    if operator not in allowed:
        raise Misfit(
            "operator",
            f"{subject_text(subject)} is {NOUNS[type_]}: “{_shown(operator)}” cannot be asked of it",
            _REMEDIES[type_],
        )
    _check_number_of(values, operator)
    typed = tuple(_value(one, ordinal, condition, type_, scope) for ordinal, one in enumerate(values))
    return Condition(subject, operator, typed)


def _shown(operator: Operator) -> str:
    return f"{WORDS[operator]} … days ago" if operator in _RELATIVE else WORDS[operator]


def _check_number_of(values: tuple[Scalar, ...], operator: Operator) -> None:
    least, most = (0, 0) if operator in _EXISTENCE else (1, MOST_VALUES if operator in {"in", "not_in"} else 1)
    if len(values) < least:
        raise Misfit("operator", f"{_shown(operator)} needs a value")
    if len(values) > most:
        reason = f"{_shown(operator)} takes {'no value' if not most else f'at most {most:,} values'}"
        raise Misfit("value", reason, ordinal=most)


def _value(value: Scalar, ordinal: int, condition: Condition, type_: ValueType, scope: FilterScope) -> Scalar:
    operator = condition.operator
    if operator in _RELATIVE:
        return _days(value, ordinal)
    if operator in _ABSOLUTE:
        return _day(value, ordinal)
    match _compared_as(operator, type_):
        case "boolean":
            if not isinstance(value, bool):
                raise _mismatch(value, ordinal, condition, "boolean")
            return value
        case "integer" | "float" as number:
            return _number(value, ordinal, condition, number)
        case "metadata":
            return _number(value, ordinal, condition, "float") if _is_number(value) else _of_metadata(value, ordinal)
        case _:
            return _text(value, ordinal, condition, type_, scope)


def _compared_as(operator: Operator, type_: ValueType) -> ValueType:
    if type_ != "metadata":
        return type_
    return "string" if operator in _PARTS else "float" if operator in _ORDER else "metadata"


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of_metadata(value: Scalar, ordinal: int) -> Scalar:
    return _checked_text(value, ordinal) if isinstance(value, str) else value


def _mismatch(value: Scalar, ordinal: int, condition: Condition, type_: ValueType) -> Misfit:
    written = quoted(value) if isinstance(value, str) else str(value).lower()
    remedy = f'write "{written}"' if type_ in {"string", "list", "name"} else _REMEDIES[type_]
    return Misfit("value", f"{subject_text(condition.subject)} is {NOUNS[type_]}, {written} is not", remedy, ordinal)


def _number(value: Scalar, ordinal: int, condition: Condition, type_: ValueType) -> Scalar:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mismatch(value, ordinal, condition, type_)
    if not isfinite(value) or (isinstance(value, int) and abs(value) > _LARGEST):
        raise Misfit("value", "the number is too large", "", ordinal)
    if type_ == "integer":
        if value != int(value):
            raise _mismatch(value, ordinal, condition, type_)
        value = int(value)
    if condition.subject.measure == "count":
        _check_count(value, ordinal, condition)
    return value


def _check_count(value: int | float, ordinal: int, condition: Condition) -> None:
    """Refuse counts below one: people without the event have no count, so nobody would be found."""
    operator = condition.operator
    least = {"greater_than": 0, "at_least": 1, "less_than": 2, "at_most": 1}.get(operator, 1)
    if value < least:
        raise Misfit(
            "value",
            f"nobody has such a count: people without the event {quoted(condition.subject.name)} have no count at all",
            f"write event {quoted(condition.subject.name)} has not happened",
            ordinal,
        )


def _days(value: Scalar, ordinal: int) -> Scalar:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_DAYS:
        raise Misfit(
            "value",
            f"days ago are a whole number between -{MOST_DAYS:,} and {MOST_DAYS:,}",
            "write 7 days ago",
            ordinal,
        )
    return value


def _day(value: Scalar, ordinal: int) -> Scalar:
    if isinstance(value, bool) or not isinstance(value, int) or not FIRST_DAY <= value <= LAST_DAY:
        raise Misfit("value", "a day lies between 1900-01-01 and 2999-12-31", "write 2026-01-31", ordinal)
    return value


def _text(value: Scalar, ordinal: int, condition: Condition, type_: ValueType, scope: FilterScope) -> Scalar:
    if not isinstance(value, str):
        raise _mismatch(value, ordinal, condition, type_)
    _checked_text(value, ordinal)
    if condition.operator == "contains_word" and not words(value).strip():
        raise Misfit("value", f"{quoted(value)} has no word", "write contains", ordinal)
    if condition.subject.source == "segment" and value not in scope.segments:
        raise _not_among(value, ordinal, "there is no segment", scope.segments)
    allowed = options(condition.subject, scope.catalogue)
    if allowed and value not in allowed and condition.operator in _EQUALITY:
        raise _not_among(value, ordinal, f"{subject_text(condition.subject)} has no option", allowed)
    return value


def _checked_text(value: str, ordinal: int) -> str:
    if not value:
        raise Misfit("value", "an empty text is not a value", "write is unknown, or has any value", ordinal)
    if len(value) > MOST_CHARACTERS:
        raise Misfit("value", f"the text is longer than {MOST_CHARACTERS:,} characters", "", ordinal)
    if any("\ud800" <= one <= "\udfff" for one in value):
        raise Misfit("value", "the text has a lone surrogate", "", ordinal)
    return value


def _not_among(value: str, ordinal: int, reason: str, known: Mapping[str, object] | tuple[str, ...]) -> Misfit:
    remedy = did_you_mean(near_names(value, known)) or f"there are {', '.join(list(known)[:8]) or 'none'}"
    return Misfit("value", f"{reason} {quoted(value)}", remedy, ordinal)
