"""What a conversation says of itself: the fields that reports filter and group by."""

import msgspec

from indexer.conversation import Conversation, wire
from indexer.conversation.values import identifier, optional_seconds
from indexer.metrics.schema import Ai, Rating, ReportingDocument, Sla


def put_facts(document: ReportingDocument, conversation: Conversation) -> None:
    """Fill in the facts; an empty text or list is none."""
    said = conversation.said
    source = said.source
    document.title = said.title or source.subject or None
    document.state = said.state or None
    document.channel = source.type or None
    document.delivered_as = source.delivered_as or None
    document.priority = said.priority or None
    document.team_assigned_id = identifier(said.team_assignee_id)
    document.teammate_assigned_id = identifier(said.admin_assignee_id)
    if said.tags is not None and said.tags.tags:
        document.tags = [name for tag in said.tags.tags if (name := tag.name or identifier(tag.id))] or None
    contacts = (said.contacts.contacts if said.contacts is not None else None) or []
    document.contact_ids = [found for contact in contacts if (found := identifier(contact.id))] or None
    document.company_ids = company_ids(said.company, contacts) or None
    for contact in contacts:
        if contact.location is not None:
            document.country = document.country or contact.location.country
            document.continent = document.continent or contact.location.continent or contact.location.continent_code
    if bytes(said.custom_attributes)[:1] == b"{":
        document.custom = said.custom_attributes
    if said.conversation_rating is not None:
        document.rating = rating(said.conversation_rating)
    if said.sla_applied is not None:
        document.sla = sla(said.sla_applied, said.conversation_parts.conversation_parts or [])
    if said.ai_agent is not None or said.ai_agent_participated is not None:
        document.ai = ai(said.ai_agent or wire.AiAgent(), said.ai_agent_participated)


def company_ids(company: wire.Company | None, contacts: list[wire.Contact]) -> list[str]:
    """The companies of the conversation and of its contacts, each once."""
    companies = [company] if company is not None else []
    for contact in contacts:
        if contact.companies is not None:
            companies.extend(contact.companies.data or ())
    return list(dict.fromkeys(found for one in companies if (found := identifier(one.id))))


def rating(given: wire.Rating) -> Rating | None:
    """The rating: when it was requested, and when it was given.

    `created_at` is the time of the request; where no time of giving is known it stands for that too, if a score was
    given at all (reports.md, rating trap).
    """
    requested_at = optional_seconds(given.requested_at or given.created_at, "conversation_rating.created_at")
    rated_at = optional_seconds(given.replied_at, "conversation_rating.replied_at")
    if rated_at is None and given.rating is not None:
        rated_at = requested_at
    found = Rating(
        score=given.rating,
        remark=given.remark or None,
        requested_at=requested_at,
        rated_at=rated_at,
        teammate_id=identifier(given.teammate.id) if given.teammate is not None else None,
    )
    return found if found != Rating() else None


def sla(applied: wire.SlaApplied, parts: list[wire.Part]) -> Sla | None:
    """The SLA, with the targets that its events say were missed."""
    missed = {missed_target(part) for part in parts if part.part_type == "conversation_sla_target_missed"}
    targets = sorted(target for target in missed if target)
    found = Sla(applied.sla_name or None, applied.sla_status or None, targets or None)
    return found if found != Sla() else None


def missed_target(part: wire.Part) -> str | None:
    """The target that a `conversation_sla_target_missed` part names, if it does."""
    try:
        return wire.SLA_EVENT.decode(part.event_details).target
    except msgspec.DecodeError:
        return None


def ai(agent: wire.AiAgent, participated: bool | None) -> Ai:
    """What the AI agent did; one that is described took part, unless the conversation denies it."""
    return Ai(
        participated=participated if participated is not None else True,
        source_type=agent.source_type or None,
        source_title=agent.source_title or None,
        last_answer_type=agent.last_answer_type or None,
        resolution_state=agent.resolution_state or None,
        rating=agent.rating,
        rating_remark=agent.rating_remark or None,
        created_at=optional_seconds(agent.created_at, "ai_agent.created_at"),
        updated_at=optional_seconds(agent.updated_at, "ai_agent.updated_at"),
    )
