"""Envelopes of records: pages of the list API and notifications of webhooks, taken apart."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from indexer.conversation.values import optional_seconds
from indexer.datasets.dataset import Excerpt
from indexer.errors import Refused
from indexer.input_files.json_values import Malformed, elements, members

_RECORD = re.compile(rb'\s*\{\s*"type"\s*:\s*"(?:conversation|ticket|call)"')
"""The beginnings of nearly all records: a text that begins so is not an envelope, and need not be decoded."""

_DEEPEST = 2
"""The deepest nesting: a page of notifications, each of which has a record."""

_NOTIFICATION = "notification_event"


class Record(NamedTuple):
    """One record and its place: `tickets.ndjson, line 12` or `page.json, item 3`.

    `payload` is its JSON (which may turn out to be malformed), or the reason why there is none.
    """

    place: str
    payload: bytes | Refused


def unwrapped(record: Record, lists: tuple[str, ...], depth: int = 0) -> Iterator[Record]:
    """The record itself, or the records in it if it is a page (`lists` names their lists) or a notification.

    A page without records gives nothing. An envelope whose records cannot be found gives a refusal.
    """
    payload = record.payload
    if isinstance(payload, Refused) or depth == _DEEPEST or _RECORD.match(payload):
        yield record
        return
    said = _object(payload)
    kind = _text(said.get("type"))
    if kind == _NOTIFICATION:
        yield from _notified(record, said)
    elif "id" in said or not said:
        yield record
    elif kind == "error.list" or "errors" in said:
        yield record._replace(payload=Refused("", f"is an error of the API, not a record: {_first_error(said)}"))
    elif (name := next((one for one in lists if one in said), None)) is not None:
        yield from _of_page(record, name, said, lists, depth)
    elif kind is not None and kind.endswith("list"):
        expected = " or ".join(lists)
        yield record._replace(payload=Refused("", f"is a page ({kind}) without a list of records under {expected}"))
    else:
        yield record


def _notified(record: Record, said: Mapping[str, bytes]) -> Iterator[Record]:
    item = _object(said.get("data", b"")).get("item")
    if item is None or not item.startswith(b"{"):
        yield record._replace(payload=Refused("data.item", "is missing: this is a notification without its record"))
        return
    try:
        told_at = optional_seconds(_decoded(said.get("created_at", b"null")), "created_at")
    except Refused:
        told_at = None
    yield Record(f"{record.place}, data.item", Excerpt(item, _text(said.get("topic")) or "", told_at))


def _of_page(
    record: Record, name: str, said: Mapping[str, bytes], lists: tuple[str, ...], depth: int
) -> Iterator[Record]:
    written = said[name]
    if written == b"null":
        total = _decoded(said.get("total_count", b"0"))
        if isinstance(total, int) and total > 0:
            yield record._replace(payload=Refused(name, f"is null on a page that says that it has {total}"))
        return
    if not written.startswith(b"["):
        yield record  # a record with a field of that name, which is refused for its missing fields
        return
    item = 0
    pieces = [written]
    try:
        for item, one in enumerate(elements(lambda _: pieces.pop() if pieces else b""), 1):
            yield from unwrapped(record._replace(place=f"{record.place}, item {item}", payload=one), lists, depth + 1)
    except Malformed as error:
        yield Record(f"{record.place}, after item {item}", Refused("", f"is not JSON: {error}"))


def _object(written: bytes) -> Mapping[str, bytes]:
    """The members of an object, each as it is written; empty if this is not an object."""
    try:
        return {name: bytes(value) for name, value in msgspec.json.decode(written, type=dict[str, msgspec.Raw]).items()}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    # One of many records may be at fault while the others are good.
    try:
        return {str(_decoded(name)): value for name, value in members(written)}
    except Malformed:
        return {}


def _decoded(written: bytes) -> Any:
    """A small value; None if it cannot be read."""
    try:
        return msgspec.json.decode(written)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _text(written: bytes | None) -> str | None:
    found = None if written is None or not written.startswith(b'"') else _decoded(written)
    return found if isinstance(found, str) else None


def _first_error(said: Mapping[str, bytes]) -> str:
    errors = _decoded(said.get("errors", b""))
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return "it names no reason"
    return ": ".join(str(first[key]) for key in ("code", "message") if first.get(key)) or "it names no reason"
