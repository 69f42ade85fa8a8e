"""Redaction: the content of a conversation is removed and its numbers stay.

This is an allow-list: each field below is named because a metric, a fact or a filter needs it. Fields that are unknown
now, or added later, count as content until they are named here. Kept are times, ids (also of contacts, companies and
teammates), the vendor's own words (types, states, statuses), the places of contacts, tags, the names of SLAs and of
the AI agent's sources, scores, and the custom attributes as they are: charts group by them, they are dimensions of
reports and not messages. The attributes of a ticket hold its title, its description and links to its files: of
them only numbers and flags are kept.
"""

import msgspec
from msgspec import UNSET, UnsetType

from indexer.conversation import wire
from indexer.conversation.parsing import parse_conversation
from indexer.conversation.values import is_operators_email

PLACEHOLDER = "[redacted]"
"""The text in place of every body: a part is a message if it has a body."""

OPERATORS_EMAIL = "operator+redacted@intercom.io"
"""The text in place of the e-mail address that makes an admin a bot."""


def redacted(payload: bytes) -> bytes:
    """The conversation as JSON of the present API, without any content; its reporting document stays the same.

    The document only loses `title`, `rating.remark`, `ai.rating_remark`, and of a ticket the `custom` values that are
    text. Redacting again changes nothing. Raises `Refused` like `parse_conversation`.
    """
    said = parse_conversation(payload).said
    return msgspec.json.encode(
        wire.Conversation(
            id=said.id,
            created_at=said.created_at,
            updated_at=said.updated_at,
            state=said.state,
            priority=said.priority,
            source=_source(said.source),
            conversation_parts=_parts(said.conversation_parts),
            admin_assignee_id=said.admin_assignee_id,
            team_assignee_id=said.team_assignee_id,
            contacts=_contacts(said.contacts),
            company=_company(said.company),
            tags=_tags(said.tags),
            custom_attributes=said.custom_attributes or _without_text(said.ticket_attributes),
            conversation_rating=_rating(said.conversation_rating),
            sla_applied=_sla_applied(said.sla_applied),
            statistics=_statistics(said.statistics),
            ai_agent=_ai_agent(said.ai_agent),
            ai_agent_participated=said.ai_agent_participated,
            unreadable_id=said.unreadable_id,
        )
    )


def _source(source: wire.Source) -> wire.Source:
    return wire.Source(
        type=source.type,
        delivered_as=source.delivered_as,
        author=_author(source.author),
        created_at=source.created_at,
    )


def _parts(given: wire.PartList | UnsetType) -> wire.PartList | UnsetType:
    if given is UNSET:
        return UNSET
    parts = given.conversation_parts
    return wire.PartList(None if parts is None else [_part(part) for part in parts], given.total_count)


def _part(part: wire.Part) -> wire.Part:
    return wire.Part(
        created_at=part.created_at,
        id=part.id,
        part_type=part.part_type,
        body=PLACEHOLDER if part.body else None,
        author=_author(part.author),
        assigned_to=_reference(part.assigned_to),
        admin_assignee_id=part.admin_assignee_id,
        team_assignee_id=part.team_assignee_id,
        attachments=[msgspec.Raw(b"{}")] if part.attachments else None,
        redacted=part.redacted,
        updated_at=part.updated_at,
        event_details=_event_details(part),
    )


def _author(author: wire.Author | None) -> wire.Author | None:
    if author is None:
        return None
    operator = author.type == "admin" and is_operators_email(author.email or "")
    return wire.Author(author.type, author.id, OPERATORS_EMAIL if operator else None, author.from_ai_agent)


def _reference(reference: wire.Reference | None) -> wire.Reference | None:
    return None if reference is None else wire.Reference(reference.type, reference.id)


def _event_details(part: wire.Part) -> msgspec.Raw:
    target = wire.missed_target(part)
    return msgspec.Raw(msgspec.json.encode(wire.SlaEvent(target))) if target else wire.NOTHING


def _contacts(given: wire.ContactList | None) -> wire.ContactList:
    contacts = given.contacts if given is not None else None
    return wire.ContactList(
        [
            wire.Contact(contact.id, _location(contact.location), companies=_companies(contact.companies))
            for contact in contacts or ()
        ]
    )


def _location(place: wire.Location | None) -> wire.Location | None:
    if place is None:
        return None
    return wire.Location(place.country or place.country_name, None, place.continent, place.continent_code)


def _companies(given: wire.CompanyList | None) -> wire.CompanyList | None:
    return None if given is None else wire.CompanyList([wire.Company(company.id) for company in given.data or ()])


def _company(company: wire.Company | None) -> wire.Company | None:
    return None if company is None else wire.Company(company.id)


def _tags(given: wire.TagList | None) -> wire.TagList:
    tags = given.tags if given is not None else None
    return wire.TagList([wire.Tag(tag.id, tag.name) for tag in tags or ()])


def _without_text(attributes: msgspec.Raw) -> msgspec.Raw:
    if not attributes:
        return wire.NOTHING
    kept = {
        name: value
        for name, value in msgspec.json.decode(attributes).items()
        if value is None or isinstance(value, bool | int | float)
    }
    return msgspec.Raw(msgspec.json.encode(kept)) if kept else wire.NOTHING


def _rating(rating: wire.Rating | None) -> wire.Rating | None:
    if rating is None:
        return None
    return wire.Rating(
        rating=rating.rating,
        requested_at=rating.requested_at,
        created_at=rating.created_at,
        replied_at=rating.replied_at,
        updated_at=rating.updated_at,
        teammate=_reference(rating.teammate),
    )


def _sla_applied(sla: wire.SlaApplied | None) -> wire.SlaApplied | None:
    return None if sla is None else wire.SlaApplied(sla.sla_name, sla.sla_status)


def _statistics(statistics: wire.Statistics | None) -> wire.Statistics | None:
    return None if statistics is None else wire.Statistics(statistics.count_conversation_parts)


def _ai_agent(agent: wire.AiAgent | None) -> wire.AiAgent | None:
    if agent is None:
        return None
    return wire.AiAgent(
        source_type=agent.source_type,
        source_title=agent.source_title,
        last_answer_type=agent.last_answer_type,
        resolution_state=agent.resolution_state,
        rating=agent.rating,
        created_at=agent.created_at,
        updated_at=agent.updated_at,
    )
