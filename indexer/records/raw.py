"""A record's JSON as an object, and the one field that every record must have."""

from collections.abc import Mapping
from typing import Any

import msgspec

from indexer.conversation.values import identifier, kind
from indexer.errors import Refused

Raw = Mapping[str, Any]


def object_from(payload: bytes) -> Raw:
    """The object that the JSON holds; raises `Refused`."""
    try:
        value = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("", f"is not JSON: {error}") from error
    return inner(value, "")


def inner(value: object, path: str) -> Raw:
    """A value that has to be an object; raises `Refused`."""
    if not isinstance(value, dict):
        raise Refused(path, f"is {kind(value)}, not an object")
    return value


def required_id(value: object, path: str) -> str:
    """An id that has to be there, as text; raises `Refused`."""
    found = identifier(value)
    if found is None:
        raise Refused(path, "is missing")
    if "\0" in found:
        raise Refused(path, "holds a NUL character")
    return found


def optional_id(*values: object) -> str | None:
    """The first id that there is."""
    return next((found for value in values if (found := identifier(value))), None)
