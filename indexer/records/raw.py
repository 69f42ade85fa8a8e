"""A record's JSON as an object of one kind, and the fields that records have in common."""

from collections.abc import Mapping
from typing import Any

from indexer.conversation.decoding import decoded
from indexer.conversation.values import identifier, kind, optional_seconds, required_id, shortened
from indexer.errors import Refused

__all__ = ["Raw", "first_time", "inner", "object_from", "optional_id", "refuse_other_type", "required_id"]

Raw = Mapping[str, Any]


def object_from(payload: bytes) -> Raw:
    """The object in the JSON; raises `Refused`."""
    return inner(decoded(payload), "")


def refuse_other_type(raw: Raw, own: str) -> None:
    """Raise `Refused` for a record whose `type` says that it is of another kind (decision 39)."""
    said = raw.get("type")
    if isinstance(said, str) and said not in ("", own):
        raise Refused("type", f"is {shortened(said)}, not {own!r}")


def inner(value: object, path: str) -> Raw:
    """A value that has to be an object; raises `Refused`."""
    if not isinstance(value, dict):
        raise Refused(path, f"is {kind(value)}, not an object")
    return value


def first_time(raw: Raw, *names: str) -> tuple[int | None, str]:
    """The first time that exists under these names, and its name; None and the last name if none exists."""
    for name in names:
        if (at := optional_seconds(raw.get(name), name)) is not None:
            return at, name
    return None, names[-1]


def optional_id(*values: object) -> str | None:
    """The first of the values that is an id, otherwise None."""
    return next((found for value in values if (found := identifier(value))), None)
