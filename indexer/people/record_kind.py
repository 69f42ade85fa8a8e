"""Which of the three kinds of records about people an object is."""

from collections.abc import Mapping
from typing import Any, Final, Literal

RecordKind = Literal["person", "company", "event"]

_TYPES: Final[Mapping[str, RecordKind]] = {
    "contact": "person",
    "lead": "person",
    "user": "person",
    "visitor": "person",
    "company": "company",
    "event": "event",
    "data_event": "event",
}
"""The kind by the `type` of an object."""


def has_kind(raw: Mapping[str, Any]) -> bool:
    """Whether the object says which kind it is."""
    return raw.get("type") in _TYPES or "event_name" in raw


def kind_of(raw: Mapping[str, Any], expected: RecordKind) -> RecordKind:
    """The kind by the object's `type`, or else by its `event_name`; `expected` if it has neither."""
    said = raw.get("type")
    if isinstance(said, str) and said in _TYPES:
        return _TYPES[said]
    return "event" if "event_name" in raw else expected
