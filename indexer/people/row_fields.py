"""The fields of a row about a person, a company or an event, and the vendor's JSON that is made of them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from indexer.people.attribute_value import DataType, Scalar
from indexer.people.column_mapping import CUSTOM, METADATA
from indexer.people.record_kind import RecordKind
from indexer.people.standard import STANDARD

_EVENT: Final[Mapping[str, DataType]] = {
    "event_name": "string",
    "created_at": "datetime",
    "id": "string",
    "external_id": "string",
    "email": "string",
}
_LISTS: Final = ("tags", "companies")
_BETWEEN = re.compile(r"\s*[,;]\s*")


def field_types(kind: RecordKind) -> Mapping[str, DataType]:
    """The fields that records of this kind have by themselves, with their types; lists are text."""
    if kind == "event":
        return _EVENT
    standard = STANDARD["contact" if kind == "person" else "company"]
    lists = _LISTS if kind == "person" else ("tags",)
    return {name: each.type for name, each in standard.items()} | dict.fromkeys(lists, "string")


def fields_of(kind: RecordKind) -> frozenset[str]:
    """The fields that a column can have; those that end in a dot are continued by a name."""
    return frozenset(field_types(kind)) | {METADATA if kind == "event" else CUSTOM}


def set_field(raw: dict[str, Any], kind: RecordKind, field: str, value: Scalar) -> None:
    """Put the value of a field to its place in the vendor's JSON; texts of lists have commas or semicolons between."""
    if field.startswith(CUSTOM) and kind != "event":
        raw.setdefault("custom_attributes", {})[field.removeprefix(CUSTOM)] = value
    elif field.startswith(METADATA) and kind == "event":
        raw.setdefault("metadata", {})[field.removeprefix(METADATA)] = value
    elif kind == "event":
        raw["user_id" if field == "external_id" else field] = value
    elif field in _LISTS:
        key = "name" if field == "tags" else "id"
        raw[field] = {"data": [{key: one} for one in _BETWEEN.split(str(value)) if one]}
    else:
        model = STANDARD["contact" if kind == "person" else "company"][field]
        *outer, last = (model.places[0] if model.places else field).split(".")
        place = raw
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = value
