"""How much of a conversation's history a record brings, and merging two records of one conversation.

The vendor's list of conversations leaves the parts out, and a webhook brings only the newest one. Values that a record
does not mention are unknown, not empty (decision 35): its newer facts are merged with the parts known already.
"""

from enum import Enum
from typing import NamedTuple

import msgspec
from msgspec import Raw

from indexer.conversation.ahead import is_ahead
from indexer.conversation.values import identifier, whole_number

_PARTS = ("conversation_parts", "ticket_parts")
_NULL = b"null"

_Object = dict[str, bytes]
"""The members of an object, each as it is written."""


class History(Enum):
    """How much of the history a record brings."""

    WHOLE = "whole"
    """All parts that exist."""

    SHORT = "short"
    """Some of the parts."""

    MISSING = "missing"
    """The record does not mention parts."""


class Version(NamedTuple):
    """A record of a conversation as of `updated_at` (epoch seconds), and how much of the history is in it."""

    payload: bytes
    updated_at: int
    history: History


def together(one: Version, other: Version, now: int, *, force: bool = False) -> Version:
    """Merge two records, in whichever order they came.

    The record with the later `updated_at` is the newer one; of equal ones the whole record, then `other`. With `force`
    it is `other`, whatever the times are. A part whose own `updated_at` is ahead of `now` (epoch seconds) counts as
    its earliest version.
    """
    older, newer = (other, one) if _age(one) > _age(other) and not force else (one, other)
    history = newer.history
    if history is History.MISSING and older.history is not History.MISSING:
        history = History.SHORT  # parts from before the newer facts: there may be more now
    return Version(merged(older.payload, newer.payload, newer.history, now), newer.updated_at, history)


def _age(version: Version) -> tuple[int, bool]:
    return version.updated_at, version.history is History.WHOLE


def history_of(payload: bytes) -> History:
    """How much of its history a record says it has; the record was parsed before.

    A list of parts is whole unless the vendor states a total that is larger than it.
    """
    said = _members(payload)
    parts, total = _parts_of(said)
    if parts is None:
        return History.MISSING
    return History.SHORT if max(total, _total_of_statistics(said)) > len(parts) else History.WHOLE


def merged(older: bytes, newer: bytes, history: History, now: int) -> bytes:
    """The newer record, which has this much `history`, with the values that only the older one has.

    A whole record stays as it is. Otherwise the newer record's facts count, facts that it does not mention are taken
    from the older one, and the parts are those of both. If both have a part, the version with the later `updated_at`
    counts, of equal ones that of the newer record. Both are JSON objects that were parsed before.
    """
    if history is History.WHOLE:
        return newer
    before, after = _members(older), _members(newer)
    found = before | after
    if after.get("statistics") == _NULL and "statistics" in before:
        found["statistics"] = before["statistics"]  # the list of conversations always has null there
    for each in _PARTS:
        found.pop(each, None)
    known, _ = _parts_of(before)
    given, _ = _parts_of(after)
    holders = before if given is None else after
    name = next((name for name in reversed(_PARTS) if _list_in(holders, name) is not None), None)
    if name is not None:
        found[name] = _with_parts(holders[name], name, _united(known or [], given or [], now))
    # The same bytes whichever record came first, and however it was written.
    return msgspec.json.format(_encoded(dict(sorted(found.items()))), indent=-1)


def _united(known: list[bytes], given: list[bytes], now: int) -> list[bytes]:
    """The parts of both lists, by time and id."""
    found: dict[object, bytes] = {}
    orders: dict[object, tuple[int, int, str]] = {}
    versions: dict[object, int] = {}
    for part in [*known, *given]:
        said = msgspec.json.decode(part)
        if not isinstance(said, dict):
            continue  # a parsed record never has one
        id_ = identifier(said.get("id"))
        key: object = id_ or part
        version = whole_number(said.get("updated_at")) or 0
        if is_ahead(version, now):
            version = 0
        if version >= versions.get(key, 0):
            found[key] = part
            versions[key] = version
            orders[key] = (whole_number(said.get("created_at")) or 0, len(id_ or ""), id_ or "")
    return [found[key] for key in sorted(found, key=lambda key: orders[key])]


def _parts_of(said: _Object) -> tuple[list[bytes] | None, int]:
    """The parts, None if they are not mentioned, and the total beside them."""
    for name in reversed(_PARTS):  # a ticket that has both lists has its parts in its own
        found = _list_in(said, name)
        if found is not None:
            return found, _total_beside(said[name])
    return None, 0


def _list_in(said: _Object, name: str) -> list[bytes] | None:
    """The list of parts under a name, bare or in the vendor's list object."""
    holder = said.get(name, b"")
    if holder.startswith(b"{"):
        holder = _members(holder).get(name, b"")
    if not holder.startswith(b"["):
        return None
    return [bytes(part) for part in msgspec.json.decode(holder, type=list[Raw])]


def _total_beside(holder: bytes) -> int:
    return _number(_members(holder).get("total_count"))


def _total_of_statistics(said: _Object) -> int:
    statistics = said.get("statistics")
    return 0 if statistics is None else _number(_members(statistics).get("count_conversation_parts"))


def _number(value: bytes | None) -> int:
    return 0 if value is None else whole_number(msgspec.json.decode(value)) or 0


def _with_parts(holder: bytes, name: str, parts: list[bytes]) -> bytes:
    """The list object, or bare list, with these parts in it."""
    written = b"[" + b",".join(parts) + b"]"
    return _encoded({**_members(holder), name: written}) if holder.startswith(b"{") else written


def _encoded(said: _Object) -> bytes:
    return msgspec.json.encode({name: Raw(value) for name, value in said.items()})


def _members(written: bytes) -> _Object:
    """The members of an object; empty for any other value."""
    try:
        return {name: bytes(value) for name, value in msgspec.json.decode(written, type=dict[str, Raw]).items()}
    except msgspec.DecodeError:
        return {}
