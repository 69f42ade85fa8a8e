"""What an object says about people: a record to save, or from a webhook's notification also a deletion or a merge.

Topics are those of the vendor's webhooks, of present and older versions, such as `contact.user.tag.created`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from indexer.conversation.values import identifier, optional_seconds
from indexer.errors import Refused
from indexer.people.record_kind import RecordKind, has_kind, kind_of
from indexer.people.standard_reader import entries_of
from indexer.records.raw import Raw, inner

NOTIFICATION: Final = "notification_event"
"""The `type` of a webhook's notification."""

_PERSON_IN_ITEM: Final = ("contact", "user", "lead", "visitor")
_IN_ITEM: Final[Mapping[str, RecordKind]] = {"company": "company", **dict.fromkeys(_PERSON_IN_ITEM, "person")}
"""Where an item that is about several things has each of them."""


class Given(NamedTuple):
    """A record to save."""

    kind: RecordKind
    raw: Raw


class Gone(NamedTuple):
    """A person or a company was deleted or archived at that time (epoch seconds); it has an id or an external id."""

    kind: RecordKind
    id: str | None
    external_id: str | None
    at: int
    is_archived: bool


class Merged(NamedTuple):
    """A person was merged into another one."""

    from_id: str
    into_id: str


Told = Given | Gone | Merged


def told_in(raw: Raw, expected: RecordKind, now: int) -> Iterator[Told]:
    """What the object says, or the item in it if it is a notification; the rest is as for `told_by`."""
    if raw.get("type") != NOTIFICATION:
        yield from told_by(raw, expected, now)
        return
    item = inner(inner(raw.get("data"), "data").get("item"), "data.item")
    topic = raw.get("topic")
    at = optional_seconds(raw.get("created_at"), "created_at")
    yield from told_by(item, expected, now, topic if isinstance(topic, str) else "", at)


def told_by(raw: Raw, expected: RecordKind, now: int, topic: str = "", at: int | None = None) -> Iterator[Told]:
    """What the object says; with a `topic` it is the item of a notification that was made `at` (epoch seconds).

    `expected` is the kind of an object that does not say what it is, `now` the time of a change that does not say its
    own. Raises `Refused` if it cannot be told who is meant.
    """
    if topic.endswith(".merged") and (merged := _merged(raw)) is not None:
        yield merged
        return
    parts = {} if has_kind(raw) else {name: raw[name] for name in _IN_ITEM if isinstance(raw.get(name), Mapping)}
    for name, part in (parts or {"": raw}).items():
        kind = _IN_ITEM.get(name) or kind_of(part, expected)
        told = _told(part, kind, topic, at or now)
        yield told
        if isinstance(told, Given) and kind == "person":
            yield from _history(part)


def _told(raw: Raw, kind: RecordKind, topic: str, at: int) -> Told:
    if kind == "event" or (raw.get("type") and not has_kind(raw)):
        return Given(kind, raw)
    what = topic.rpartition(".")[2] if topic.count(".") == 1 else ""
    is_archived = what in {"archived", "archive"} or raw.get("archived") is True
    if what == "deleted" or raw.get("deleted") is True or is_archived:
        return _gone(raw, kind, at, is_archived=is_archived)
    if what == "unarchived":  # which is later than the archiving, whatever time the record has
        return Given(kind, {**raw, "updated_at": at})
    return Given(kind, raw)


def _gone(raw: Raw, kind: RecordKind, at: int, *, is_archived: bool) -> Gone:
    id_ = identifier(raw.get("id"))
    external_id = (
        identifier(raw.get("external_id")) or identifier(raw.get("user_id")) or identifier(raw.get("company_id"))
    )
    if id_ is None and external_id is None:
        raise Refused("id", "is missing: nobody can be deleted")
    return Gone(
        kind, id_, external_id, max(at, optional_seconds(raw.get("updated_at"), "updated_at") or 0), is_archived
    )


def _history(raw: Raw) -> Iterator[Merged]:
    """The people who were merged into this one, as a person of the vendor's API tells if asked."""
    into_id = identifier(raw.get("id"))
    for entry in entries_of(raw, "merge_history"):
        from_id = _id_in(entry.get("source_contact_id")) if isinstance(entry, Mapping) else None
        if from_id is not None and into_id is not None:
            yield Merged(from_id, into_id)


def _merged(raw: Raw) -> Merged | None:
    """The merge in the shape of the request that makes one; None if the item is the person who remains."""
    if has_kind(raw):
        return None
    from_id, into_id = _id_in(raw.get("from")), _id_in(raw.get("into"))
    if from_id is None or into_id is None:
        raise Refused("data.item", "does not say by from and into who was merged into whom: use indexer people merge")
    return Merged(from_id, into_id)


def _id_in(said: Any) -> str | None:
    return identifier(said.get("id") if isinstance(said, Mapping) else said)
