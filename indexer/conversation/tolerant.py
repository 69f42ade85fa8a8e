"""Bringing records that are not quite of the present API's shape into it.

These are older API versions (`conversation_message`, `customers`, `user`, `assignee`), tickets, bare lists, ids and
times of another kind. A value that makes no sense is dropped if no number needs it, and otherwise refused with its
path.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from indexer.conversation import wire
from indexer.conversation.values import (
    epoch_seconds,
    flag,
    identifier,
    is_unreadable_id,
    kind,
    optional_seconds,
    part_version,
    required_id,
    score,
    text,
    whole_number,
)
from indexer.errors import Refused

Raw = Mapping[str, Any]

UNREADABLE: Final = wire.Reference("unreadable")
"""The assignee of a part if it is written as a text or a list: an unknown one (decision 32)."""


def conversation_from(raw: object) -> wire.Conversation:
    """A conversation or ticket in the present API's shape; raises `Refused` with the path of the field at fault."""
    if not isinstance(raw, dict):
        raise Refused("", f"is {kind(raw)}, not a conversation object")
    said = raw.get("type")
    if isinstance(said, str) and said and said not in wire.TYPES:
        raise Refused("type", f"is {said[:40]!r}, not 'conversation'")
    return _Reader().conversation(raw)


class _Reader:
    """Reads one record, and remembers whether a value that should have been an id was not one."""

    __slots__ = ("_unreadable_id",)

    def __init__(self) -> None:
        self._unreadable_id = False

    def conversation(self, raw: Raw) -> wire.Conversation:
        conversation_id = required_id(raw.get("id"), "id")
        statistics = _object(raw.get("statistics"))
        attributes = _object(raw.get("ticket_attributes"))
        found = wire.Conversation(
            id=conversation_id,
            created_at=epoch_seconds(raw.get("created_at"), "created_at"),
            updated_at=optional_seconds(raw.get("updated_at"), "updated_at"),
            source=self._source(_object(raw.get("source") or raw.get("conversation_message"))),
            conversation_parts=self._part_list(raw),
            title=text(raw.get("title")) or text(attributes.get("_default_title_")),
            state=_state(raw),
            priority=_priority(raw.get("priority")),
            admin_assignee_id=self._assignee_id(raw, "admin"),
            team_assignee_id=self._assignee_id(raw, "team"),
            contacts=wire.ContactList([self._contact(contact) for contact in _contacts(raw)]),
            company=wire.Company(self._id(_object(raw.get("company")).get("id"))),
            tags=wire.TagList(
                [wire.Tag(self._id(tag.get("id")), text(tag.get("name"))) for tag in _entries(raw.get("tags"), "tags")]
            ),
            custom_attributes=_raw(raw.get("custom_attributes")),
            conversation_rating=self._rating(_object(raw.get("conversation_rating"))),
            sla_applied=_sla_applied(raw.get("sla_applied")),
            statistics=wire.Statistics(whole_number(statistics.get("count_conversation_parts"))),
            ai_agent=_ai_agent(_object(raw.get("ai_agent"))),
            ai_agent_participated=flag(raw.get("ai_agent_participated")),
            ticket_attributes=_raw(attributes),
        )
        if self._unreadable_id or raw.get("_unreadable_id") is True:
            found.unreadable_id = True
        return found

    def _id(self, value: object) -> str | None:
        if is_unreadable_id(value):
            self._unreadable_id = True
        return identifier(value)

    def _source(self, raw: Raw) -> wire.Source:
        said = text(raw.get("type"))
        return wire.Source(
            type="conversation" if said == "conversation_message" else said,  # it always was the Messenger's
            delivered_as=text(raw.get("delivered_as")),
            subject=text(raw.get("subject")),
            author=self._author(raw.get("author")),
            created_at=optional_seconds(raw.get("created_at"), "source.created_at"),
        )

    def _part_list(self, raw: Raw) -> wire.PartList | UnsetType:
        if "conversation_parts" not in raw and "ticket_parts" not in raw:
            return UNSET
        name = "ticket_parts" if raw.get("ticket_parts") else "conversation_parts"
        holder, path, total = raw.get(name), name, None
        if isinstance(holder, dict):
            total = whole_number(holder.get("total_count"))
            holder, path = holder.get(name), f"{name}.{name}"
        if holder is None:
            return wire.PartList([], total)
        if not isinstance(holder, list):
            raise Refused(path, f"is {kind(holder)}, not a list")
        return wire.PartList([self._part(part, f"{path}[{place}]") for place, part in enumerate(holder)], total)

    def _part(self, raw: object, path: str) -> wire.Part:
        if not isinstance(raw, dict):
            raise Refused(path, f"is {kind(raw)}, not an object")
        attachments = raw.get("attachments")
        return wire.Part(
            created_at=epoch_seconds(raw.get("created_at"), f"{path}.created_at"),
            id=self._id(raw.get("id")),
            part_type=text(raw.get("part_type")),
            body=text(raw.get("body")),
            author=self._author(raw.get("author")),
            assigned_to=self._assigned_to(raw.get("assigned_to")),
            admin_assignee_id=self._somebody(raw.get("admin_assignee_id")),
            team_assignee_id=self._somebody(raw.get("team_assignee_id")),
            attachments=[msgspec.Raw()] if isinstance(attachments, list) and attachments else None,
            redacted=flag(raw.get("redacted")),
            updated_at=part_version(raw.get("updated_at")) or None,
            event_details=_raw(raw.get("event_details")),
        )

    def _author(self, value: object) -> wire.Author | None:
        if not isinstance(value, dict):
            return None
        return wire.Author(
            text(value.get("type")),
            self._id(value.get("id")),
            text(value.get("email")),
            flag(value.get("from_ai_agent")),
        )

    def _assigned_to(self, value: object) -> wire.Reference | None:
        """An object with type and id; in the oldest versions, an admin's id as a number."""
        if isinstance(value, dict):
            return wire.Reference(text(value.get("type")), self._somebody(value.get("id")))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return wire.Reference("admin", self._somebody(value))
        return UNREADABLE if value else None

    def _somebody(self, value: object) -> wire.Id:
        """An id, or the number 0, which means that nobody is assigned."""
        return 0 if isinstance(value, (int, float)) and not isinstance(value, bool) and value == 0 else self._id(value)

    def _assignee_id(self, raw: Raw, assignee_type: str) -> str | None:
        found = self._id(raw.get(f"{assignee_type}_assignee_id"))
        if found is not None and found != "0":
            return found
        assignee = _object(raw.get("assignee"))
        found = self._id(assignee.get("id")) if assignee.get("type") == assignee_type else None
        return found if found != "0" else None

    def _contact(self, raw: Raw) -> wire.Contact:
        place = _object(raw.get("location") or raw.get("location_data"))
        return wire.Contact(
            id=self._id(raw.get("id")),
            location=wire.Location(
                country=text(place.get("country")),
                country_name=text(place.get("country_name")),
                continent=text(place.get("continent")),
                continent_code=text(place.get("continent_code")),
            ),
            companies=wire.CompanyList(
                [wire.Company(self._id(one.get("id"))) for one in _entries(raw.get("companies"), "companies")]
            ),
        )

    def _rating(self, raw: Raw) -> wire.Rating | None:
        if not raw:
            return None
        teammate = _object(raw.get("teammate"))
        return wire.Rating(
            rating=score(raw.get("rating")),
            remark=text(raw.get("remark")),
            requested_at=optional_seconds(raw.get("requested_at"), "conversation_rating.requested_at"),
            created_at=optional_seconds(raw.get("created_at"), "conversation_rating.created_at"),
            replied_at=optional_seconds(raw.get("replied_at"), "conversation_rating.replied_at"),
            updated_at=optional_seconds(raw.get("updated_at"), "conversation_rating.updated_at"),
            teammate=wire.Reference(text(teammate.get("type")), self._id(teammate.get("id"))),
        )


def _state(raw: Raw) -> str | None:
    """`state`, or its equivalent of older versions, from `open` and `snoozed_until`."""
    if said := text(raw.get("state")):
        return said
    match raw.get("open"):
        case bool() as is_open:
            return "snoozed" if raw.get("snoozed_until") else "open" if is_open else "closed"
        case _:
            return None


def _priority(value: object) -> str | None:
    if isinstance(value, bool):
        return "priority" if value else "not_priority"
    return text(value)


def _contacts(raw: Raw) -> list[Raw]:
    found = list(_entries(raw.get("contacts"), "contacts")) or list(_entries(raw.get("customers"), "customers"))
    return found or [one for name in ("customer", "user") if (one := _object(raw.get(name)))]


def _sla_applied(value: object) -> wire.SlaApplied | None:
    """The SLA, even one that says nothing: a miss that the parts record counts then too."""
    if not isinstance(value, dict):
        return None
    return wire.SlaApplied(text(value.get("sla_name")), text(value.get("sla_status")))


def _ai_agent(raw: Raw) -> wire.AiAgent | None:
    if not raw:
        return None
    return wire.AiAgent(
        source_type=text(raw.get("source_type")),
        source_title=text(raw.get("source_title")),
        last_answer_type=text(raw.get("last_answer_type")),
        resolution_state=text(raw.get("resolution_state")),
        rating=score(raw.get("rating")),
        rating_remark=text(raw.get("rating_remark")),
        created_at=optional_seconds(raw.get("created_at"), "ai_agent.created_at"),
        updated_at=optional_seconds(raw.get("updated_at"), "ai_agent.updated_at"),
    )


def _object(value: object) -> Raw:
    return value if isinstance(value, dict) else {}


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value)) if isinstance(value, dict) and value else wire.NOTHING


def _entries(holder: object, name: str) -> Iterator[Raw]:
    """The objects of a list, bare or wrapped in a `….list` object under `name` or `data`."""
    if isinstance(holder, dict):
        holder = holder.get(name) or holder.get("data")
    if isinstance(holder, list):
        yield from (entry for entry in holder if isinstance(entry, dict))
