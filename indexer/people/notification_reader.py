"""Reading what an object changes about people: a record to save or, from a notification, also a removal or a merge.

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


class RecordToSave(NamedTuple):
    """A record to save."""

    kind: RecordKind
    raw: Raw


class Removal(NamedTuple):
    """A person or a company that was deleted or archived `at` that time (epoch seconds); one of both ids is known."""

    kind: RecordKind
    id: str | None
    external_id: str | None
    at: int
    is_archived: bool


class Merge(NamedTuple):
    """A person who was merged into another one."""

    from_id: str
    into_id: str


PeopleChange = RecordToSave | Removal | Merge


def changes_in_object(raw: Raw, expected: RecordKind, now: int) -> Iterator[PeopleChange]:
    """What the object changes, or the item in it if it is a notification; the rest is as for `changes_in_item`."""
    if raw.get("type") != NOTIFICATION:
        yield from changes_in_item(raw, expected, now)
        return
    item = inner(inner(raw.get("data"), "data").get("item"), "data.item")
    topic = raw.get("topic")
    at = optional_seconds(raw.get("created_at"), "created_at")
    yield from changes_in_item(item, expected, now, topic if isinstance(topic, str) else "", at)


def changes_in_item(
    raw: Raw, expected: RecordKind, now: int, topic: str = "", at: int | None = None
) -> Iterator[PeopleChange]:
    """What the item changes; with a `topic` it is that of a notification that was made `at` (epoch seconds).

    `expected` is the kind of an object that does not say what it is, `now` the time of a change that does not say its
    own. Raises `Refused` if it cannot be told who is meant.
    """
    if topic.endswith(".merged") and (merge := _merge(raw)) is not None:
        yield merge
        return
    parts = {} if has_kind(raw) else {name: raw[name] for name in _IN_ITEM if isinstance(raw.get(name), Mapping)}
    for name, part in (parts or {"": raw}).items():
        kind = _IN_ITEM.get(name) or kind_of(part, expected)
        change = _change(part, kind, topic, at or now)
        yield change
        if isinstance(change, RecordToSave) and kind == "person":
            yield from _merge_history(part)


def _change(raw: Raw, kind: RecordKind, topic: str, at: int) -> PeopleChange:
    if kind == "event" or (raw.get("type") and not has_kind(raw)):
        return RecordToSave(kind, raw)
    what = topic.rpartition(".")[2] if topic.count(".") == 1 else ""
    is_archived = what in {"archived", "archive"} or raw.get("archived") is True
    if what == "deleted" or raw.get("deleted") is True or is_archived:
        return _removal(raw, kind, at, is_archived=is_archived)
    if what == "unarchived":  # which is later than the archiving, whatever time the record has
        return RecordToSave(kind, {**raw, "updated_at": at})
    return RecordToSave(kind, raw)


def _removal(raw: Raw, kind: RecordKind, at: int, *, is_archived: bool) -> Removal:
    id_ = identifier(raw.get("id"))
    external_id = (
        identifier(raw.get("external_id")) or identifier(raw.get("user_id")) or identifier(raw.get("company_id"))
    )
    if id_ is None and external_id is None:
        raise Refused("id", "is missing: nobody can be deleted")
    return Removal(
        kind, id_, external_id, max(at, optional_seconds(raw.get("updated_at"), "updated_at") or 0), is_archived
    )


def _merge_history(raw: Raw) -> Iterator[Merge]:
    """The people who were merged into this one, as a person of the vendor's API tells if asked."""
    into_id = identifier(raw.get("id"))
    for entry in entries_of(raw, "merge_history"):
        from_id = _id_in(entry.get("source_contact_id")) if isinstance(entry, Mapping) else None
        if from_id is not None and into_id is not None:
            yield Merge(from_id, into_id)


def _merge(raw: Raw) -> Merge | None:
    """The merge in the shape of the request that makes one; None if the item is the person who remains."""
    if has_kind(raw):
        return None
    from_id, into_id = _id_in(raw.get("from")), _id_in(raw.get("into"))
    if from_id is None or into_id is None:
        raise Refused("data.item", "does not say by from and into who was merged into whom: use indexer people merge")
    return Merge(from_id, into_id)


def _id_in(said: Any) -> str | None:
    return identifier(said.get("id") if isinstance(said, Mapping) else said)
