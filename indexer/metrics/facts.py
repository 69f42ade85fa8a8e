"""What a conversation says of itself: the fields that reports filter and group by."""

import msgspec

from indexer.conversation import Conversation, contact_ids, wire
from indexer.conversation.values import assignee_id, identifier
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
    if said.team_assignee_id:
        document.team_assigned_id = assignee_id(said.team_assignee_id)
    if said.admin_assignee_id:
        document.teammate_assigned_id = assignee_id(said.admin_assignee_id)
    if said.tags is not None and said.tags.tags:
        document.tags = [name for tag in said.tags.tags if (name := tag.name or identifier(tag.id))] or None
    if said.contacts is not None and said.contacts.contacts:
        document.contact_ids = contact_ids(conversation) or None
        put_contacts(document, said.contacts.contacts)
    if said.company is not None:
        document.company_ids = company_ids(said.company, document.company_ids or []) or None
    document.custom = custom(said.custom_attributes or said.ticket_attributes)
    if said.conversation_rating is not None:
        document.rating = rating(said.conversation_rating)
    if said.sla_applied is not None:
        document.sla = sla(said.sla_applied, said.conversation_parts.conversation_parts or [])
    if said.ai_agent is not None or said.ai_agent_participated is not None:
        document.ai = ai(said.ai_agent or wire.AiAgent(), said.ai_agent_participated)


def put_contacts(document: ReportingDocument, contacts: list[wire.Contact]) -> None:
    """Fill in what is known of the contacts beside their ids: companies, and the first place that is given."""
    for contact in contacts:
        if contact.location is not None:
            place = contact.location
            document.country = document.country or place.country or None
            document.continent = document.continent or place.continent or place.continent_code or None
        if contact.companies is not None:
            for company in contact.companies.data or ():
                document.company_ids = company_ids(company, document.company_ids or []) or None


def company_ids(company: wire.Company, known: list[str]) -> list[str]:
    """The companies known so far and one more, each once, the conversation's own first."""
    found = identifier(company.id)
    return [*known, found] if found is not None and found not in known else known


def custom(attributes: msgspec.Raw) -> msgspec.Raw | None:
    """The custom attributes as they are written, on one line; nothing but an object is any."""
    written = bytes(attributes)
    if not written.startswith(b"{"):
        return None
    if b"\n" in written or b"\r" in written:
        return msgspec.Raw(msgspec.json.format(written, indent=-1))
    return attributes


def rating(given: wire.Rating) -> Rating | None:
    """The rating: when it was requested, and when it was given.

    `created_at` is the time of the request; where no time of giving is known it stands for that too, if a score was
    given at all (docs/metrics.md).
    """
    requested_at = given.requested_at or given.created_at or None
    rated_at = given.replied_at or (requested_at if given.rating is not None else None)
    found = Rating(
        score=given.rating,
        remark=given.remark or None,
        requested_at=requested_at,
        rated_at=rated_at,
        teammate_id=identifier(given.teammate.id) if given.teammate is not None else None,
    )
    return found if found != Rating() else None


def sla(applied: wire.SlaApplied, parts: list[wire.Part]) -> Sla:
    """The SLA, with the targets that its events say were missed; a hit one has missed none."""
    found = Sla(applied.sla_name or None, applied.sla_status or None)
    if found.status != "hit":
        missed = {wire.missed_target(part) for part in parts}
        found.missed_targets = sorted(target for target in missed if target) or None
    return found


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
        created_at=agent.created_at or None,
        updated_at=agent.updated_at or None,
    )
