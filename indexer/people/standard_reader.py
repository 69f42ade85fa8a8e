"""Standard attributes of a record, out of the JSON of any version of the vendor's API."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from indexer.conversation.values import identifier, optional_seconds
from indexer.errors import Refused
from indexer.people.attribute import Model
from indexer.people.attribute_value import Scalar
from indexer.people.custom_attributes import RefusedValue, written
from indexer.people.standard import STANDARD, StandardAttribute
from indexer.people.typed_values import read_value
from indexer.records.raw import Raw

LONGEST: Final = 4_096
"""The most characters of a text of a standard attribute."""

_IDS: Final = frozenset({"external_id", "company_id", "owner_id"})


class StandardValues(NamedTuple):
    """The values that were read by name, and those that were refused."""

    values: dict[str, Scalar]
    refused: list[RefusedValue]


def read_standard(raw: Raw, model: Model) -> StandardValues:
    """The standard attributes of a record that have places; a value that cannot be read is in `refused`."""
    values: dict[str, Scalar] = {}
    refused: list[RefusedValue] = []
    for attribute in STANDARD[model].values():
        for value in _said(raw, attribute.places):
            try:
                found = _read(value, attribute)
            except Refused as fault:
                refused.append(RefusedValue(attribute.name, written(value), fault.reason))
                continue
            if found is not None:
                values[attribute.name] = found
                break
    return StandardValues(values, refused)


def names_of(raw: Raw, field: str) -> tuple[str, ...]:
    """The names of the entries of a list, or their ids where they have no names; as `tags` and `segments` are."""
    return tuple(dict.fromkeys(found for entry in entries_of(raw, field) if (found := _name(entry)) is not None))


def ids_of(raw: Raw, field: str) -> tuple[str, ...]:
    """The ids of the entries of a list."""
    found = (identifier(entry.get("id") if isinstance(entry, Mapping) else entry) for entry in entries_of(raw, field))
    return tuple(dict.fromkeys(each for each in found if each is not None))


def entries_of(raw: Raw, field: str) -> Iterator[object]:
    """The entries of a list, which stands alone, under `data`, or under its own name again."""
    held = raw.get(field)
    if isinstance(held, Mapping):
        held = held.get("data", held.get(field))
    yield from held if isinstance(held, list) else ()


def _name(entry: object) -> str | None:
    if not isinstance(entry, Mapping):
        return identifier(entry)
    name = entry.get("name")
    return name if isinstance(name, str) and name else identifier(entry.get("id"))


def _said(raw: Raw, places: tuple[str, ...]) -> Iterator[object]:
    """The values under the places that have one."""
    for place in places:
        found: object = raw
        for step in place.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        if found is not None and found != "" and not isinstance(found, Mapping):
            yield found


def _read(value: object, attribute: StandardAttribute) -> Scalar | None:
    if attribute.type == "datetime":
        return optional_seconds(value, "")
    if attribute.name in _IDS:
        found = identifier(value)
        if found is None and value != 0:
            raise Refused("", "is not an id")
        return found
    return read_value(value, attribute.type, longest=LONGEST)
