"""The words of filters: how operators and names are written."""

import re
from typing import Final
from unicodedata import category

from indexer.people.attribute import Model
from indexer.people.filters.filter_tree import Operator, Subject
from indexer.people.standard import STANDARD

WORDS: Final[dict[Operator, str]] = {
    "is": "is",
    "is_not": "is not",
    "in": "in",
    "not_in": "not in",
    "contains": "contains",
    "does_not_contain": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "contains_word": "contains exact word",
    "greater_than": ">",
    "less_than": "<",
    "at_least": ">=",
    "at_most": "<=",
    "more_than_days_ago": "more than",
    "less_than_days_ago": "less than",
    "exactly_days_ago": "exactly",
    "after": "after",
    "on": "on",
    "before": "before",
    "is_unknown": "is unknown",
    "has_any_value": "has any value",
}
"""Each operator as filters are printed."""

RESERVED: Final = frozenset({"and", "or", "not", "event", "tag", "segment", "imported_segment", "company", "custom"})
"""Words that are names of attributes only in quotes."""

_BARE: Final = re.compile(r"[^\W\d][\w\-]*(?:\.[\w\-]+)*")
_ESCAPED: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
_MOST_OF_ESCAPES: Final = 0xFFFF


def quoted(text: str) -> str:
    """The text in quotation marks, so that filters read it back as it is."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(one: str) -> str:
    if one in _ESCAPED:
        return _ESCAPED[one]
    return f"\\u{ord(one):04x}" if category(one) in _INVISIBLE and ord(one) <= _MOST_OF_ESCAPES else one


def subject_text(subject: Subject) -> str:
    """What a condition is about, as filters write it."""
    match subject.source:
        case "attribute":
            return _attribute(subject.name, "contact")
        case "company_attribute":
            return f"company.{_attribute(subject.name, 'company')}"
        case "event":
            return f"event {quoted(subject.name)} {_measure(subject.measure)}"
        case source:
            return source


def _attribute(name: str, model: Model) -> str:
    if name in STANDARD[model] or _is_bare(name):
        return name
    return f"custom.{quoted(name)}"


def _is_bare(name: str) -> bool:
    return (
        bool(_BARE.fullmatch(name))
        and name.lower() not in RESERVED
        and name.split(".", maxsplit=1)[0] not in {"company", "custom"}
    )


def _measure(measure: str) -> str:
    kind, _, key = measure.partition(".")
    if kind != "metadata":
        return measure
    return f"metadata.{key}" if _BARE.fullmatch(key) else f"metadata.{quoted(key)}"
