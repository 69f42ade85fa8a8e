"""Everything that is not quite the present API's shape, brought into it.

Older API versions (`conversation_message`, `customers`, `user`, `assignee`), tickets, lists that are bare, ids and
times of another kind. A value that no number needs and that makes no sense is dropped; one that a number needs
is refused with its path.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from indexer.conversation import wire
from indexer.conversation.values import (
    assignee_id,
    epoch_seconds,
    flag,
    identifier,
    kind,
    optional_seconds,
    text,
    whole_number,
)
from indexer.errors import Refused

Raw = Mapping[str, Any]


def conversation_from(raw: object) -> wire.Conversation:
    """A conversation or ticket in the present API's shape; raises `Refused` with the path of what is wrong."""
    if not isinstance(raw, dict):
        raise Refused("", f"is {kind(raw)}, not a conversation object")
    if identifier(raw.get("id")) is None:
        raise Refused("id", "is missing")
    source = _object(raw.get("source") or raw.get("conversation_message"))
    statistics = _object(raw.get("statistics"))
    return wire.Conversation(
        id=identifier(raw["id"]),
        created_at=epoch_seconds(raw.get("created_at"), "created_at"),
        updated_at=optional_seconds(raw.get("updated_at"), "updated_at"),
        source=_source(source),
        conversation_parts=_part_list(raw),
        title=text(raw.get("title")),
        state=_state(raw),
        priority=_priority(raw.get("priority")),
        admin_assignee_id=_assignee_id(raw, "admin"),
        team_assignee_id=_assignee_id(raw, "team"),
        contacts=wire.ContactList([_contact(contact) for contact in _contacts(raw)]),
        company=wire.Company(identifier(_object(raw.get("company")).get("id"))),
        tags=wire.TagList(
            [wire.Tag(identifier(tag.get("id")), text(tag.get("name"))) for tag in _entries(raw.get("tags"), "tags")]
        ),
        custom_attributes=_raw(raw.get("custom_attributes")),
        conversation_rating=_rating(_object(raw.get("conversation_rating"))),
        sla_applied=_sla_applied(_object(raw.get("sla_applied"))),
        statistics=wire.Statistics(whole_number(statistics.get("count_conversation_parts"))),
        ai_agent=_ai_agent(_object(raw.get("ai_agent"))),
        ai_agent_participated=flag(raw.get("ai_agent_participated")),
        ticket_attributes=_raw(raw.get("ticket_attributes")),
    )


def _source(raw: Raw) -> wire.Source:
    said = text(raw.get("type"))
    return wire.Source(
        type="conversation" if said == "conversation_message" else said,  # it always was the Messenger's
        delivered_as=text(raw.get("delivered_as")),
        subject=text(raw.get("subject")),
        author=_author(raw.get("author")),
        created_at=optional_seconds(raw.get("created_at"), "source.created_at"),
    )


def _part_list(raw: Raw) -> wire.PartList:
    name = "ticket_parts" if raw.get("ticket_parts") else "conversation_parts"
    holder, path, total = raw.get(name), name, None
    if isinstance(holder, dict):
        total = whole_number(holder.get("total_count"))
        holder, path = holder.get(name), f"{name}.{name}"
    if holder is None:
        return wire.PartList([], total)
    if not isinstance(holder, list):
        raise Refused(path, f"is {kind(holder)}, not a list")
    return wire.PartList([_part(part, f"{path}[{place}]") for place, part in enumerate(holder)], total)


def _part(raw: object, path: str) -> wire.Part:
    if not isinstance(raw, dict):
        raise Refused(path, f"is {kind(raw)}, not an object")
    attachments = raw.get("attachments")
    return wire.Part(
        created_at=epoch_seconds(raw.get("created_at"), f"{path}.created_at"),
        id=identifier(raw.get("id")),
        part_type=text(raw.get("part_type")),
        body=text(raw.get("body")),
        author=_author(raw.get("author")),
        assigned_to=_assigned_to(raw.get("assigned_to")),
        attachments=[msgspec.Raw()] if isinstance(attachments, list) and attachments else None,
        redacted=flag(raw.get("redacted")),
        updated_at=_version(raw.get("updated_at")),
        event_details=_raw(raw.get("event_details")),
    )


def _version(value: object) -> int | None:
    """A part's `updated_at`, which only tells two deliveries of it apart: what makes no sense is none."""
    try:
        return whole_number(value) or optional_seconds(value, "")
    except Refused:
        return None


def _author(value: object) -> wire.Author | None:
    if not isinstance(value, dict):
        return None
    return wire.Author(
        text(value.get("type")),
        identifier(value.get("id")),
        text(value.get("email")),
        flag(value.get("from_ai_agent")),
    )


def _assigned_to(value: object) -> wire.Reference | None:
    """An object with type and id, or in the oldest versions an admin's bare id."""
    if isinstance(value, dict):
        assignee = value.get("id")
        return wire.Reference(text(value.get("type")), 0 if assignee == 0 else identifier(assignee))
    admin_id = 0 if value == 0 else identifier(value)
    return wire.Reference("admin", admin_id) if admin_id is not None else None


def _state(raw: Raw) -> str | None:
    """`state`, or what older versions say with `open` and `snoozed_until`."""
    if said := text(raw.get("state")):
        return said
    match raw.get("open"):
        case True:
            return "snoozed" if raw.get("snoozed_until") else "open"
        case False:
            return "closed"
        case _:
            return None


def _priority(value: object) -> str | None:
    if isinstance(value, bool):
        return "priority" if value else "not_priority"
    return text(value)


def _assignee_id(raw: Raw, assignee_type: str) -> str | None:
    if found := assignee_id(raw.get(f"{assignee_type}_assignee_id")):
        return found
    assignee = _object(raw.get("assignee"))
    return assignee_id(assignee.get("id")) if assignee.get("type") == assignee_type else None


def _contacts(raw: Raw) -> list[Raw]:
    found = list(_entries(raw.get("contacts"), "contacts")) or list(_entries(raw.get("customers"), "customers"))
    return found or [one for name in ("customer", "user") if (one := _object(raw.get(name)))]


def _contact(raw: Raw) -> wire.Contact:
    place = _object(raw.get("location") or raw.get("location_data"))
    companies = [wire.Company(identifier(one.get("id"))) for one in _entries(raw.get("companies"), "companies")]
    return wire.Contact(
        id=identifier(raw.get("id")),
        location=wire.Location(
            country=text(place.get("country")) or text(place.get("country_name")),
            continent=text(place.get("continent")),
            continent_code=text(place.get("continent_code")),
        ),
        companies=wire.CompanyList(companies),
    )


def _rating(raw: Raw) -> wire.Rating | None:
    if not raw:
        return None
    teammate = _object(raw.get("teammate"))
    return wire.Rating(
        rating=whole_number(raw.get("rating")),
        remark=text(raw.get("remark")),
        requested_at=optional_seconds(raw.get("requested_at"), "conversation_rating.requested_at"),
        created_at=optional_seconds(raw.get("created_at"), "conversation_rating.created_at"),
        replied_at=optional_seconds(raw.get("replied_at"), "conversation_rating.replied_at"),
        teammate=wire.Reference(text(teammate.get("type")), identifier(teammate.get("id"))),
    )


def _sla_applied(raw: Raw) -> wire.SlaApplied | None:
    return wire.SlaApplied(text(raw.get("sla_name")), text(raw.get("sla_status"))) if raw else None


def _ai_agent(raw: Raw) -> wire.AiAgent | None:
    if not raw:
        return None
    return wire.AiAgent(
        source_type=text(raw.get("source_type")),
        source_title=text(raw.get("source_title")),
        last_answer_type=text(raw.get("last_answer_type")),
        resolution_state=text(raw.get("resolution_state")),
        rating=whole_number(raw.get("rating")),
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
