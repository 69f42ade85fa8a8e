"""The facts of a conversation: the fields that reports filter and group by."""

from indexer.conversation import Conversation, contact_ids, wire
from indexer.conversation.part_types import PART_TYPES, PartType
from indexer.conversation.values import assignee_id, identifier
from indexer.metrics.attributes import Attributes, attributes_of
from indexer.metrics.schema import Ai, Rating, ReportingDocument, Sla

TARGET_MISSED = PART_TYPES["conversation_sla_target_missed"]
UNKNOWN = "unknown"
"""The target of a miss that names none: the conversation has missed one all the same (decision 34)."""

_RATING_CHANGED = PART_TYPES["conversation_rating_changed"]

_RENAMED = {"routed_to_team": "escalated", "abandoned": "negative_feedback"}
"""Resolution states of the AI agent before version 2.15 of the API, and their present names (decision 38)."""


def put_facts(document: ReportingDocument, conversation: Conversation) -> Attributes:
    """Fill in the facts, without empty texts and lists; returns the result for the custom attributes."""
    said = conversation.said
    source = said.source
    document.title = said.title or source.subject or None
    document.state = said.state or None
    document.channel = source.type or None
    document.delivered_as = source.delivered_as or None
    document.priority = said.priority or None
    if (team_id := said.team_assignee_id) is not None:
        document.team_assigned_id = assignee_id(team_id)
    if (teammate_id := said.admin_assignee_id) is not None:
        document.teammate_assigned_id = assignee_id(teammate_id)
    if (tags := said.tags) is not None and tags.tags:
        document.tags = [name for tag in tags.tags if (name := tag.name or identifier(tag.id))] or None
    if (company := said.company) is not None:
        document.company_ids = company_ids(company, []) or None
    if (contacts := said.contacts) is not None and contacts.contacts:
        document.contact_ids = contact_ids(conversation) or None
        put_contacts(document, contacts.contacts)
    attributes = attributes_of(said.custom_attributes or said.ticket_attributes)
    document.custom = attributes.kept
    if (given := said.conversation_rating) is not None:
        document.rating = rating(given, conversation)
    if (applied := said.sla_applied) is not None:
        document.sla = sla(applied, conversation)
    document.ai = ai(said.ai_agent, said.ai_agent_participated)
    return attributes


def put_contacts(document: ReportingDocument, contacts: list[wire.Contact]) -> None:
    """Fill in the facts about contacts other than their ids: companies, and the first place given."""
    for contact in contacts:
        if contact.location is not None:
            place = contact.location
            document.country = document.country or place.country or place.country_name or None
            document.continent = document.continent or place.continent or place.continent_code or None
        if contact.companies is not None:
            for company in contact.companies.data or ():
                document.company_ids = company_ids(company, document.company_ids or []) or None


def company_ids(company: wire.Company, known: list[str]) -> list[str]:
    """The companies known so far and one more, each once."""
    found = identifier(company.id)
    return [*known, found] if found is not None and found not in known else known


def is_score(rating: int | None) -> bool:
    """Whether a rating is a valid score: 1 to 5."""
    return rating is not None and 1 <= rating <= 5


def rating(given: wire.Rating, conversation: Conversation) -> Rating | None:
    """The rating: when it was requested, and when it was given if there is a score (decision 33)."""
    score = given.rating if is_score(given.rating) else None
    found = Rating(
        score=score,
        remark=given.remark or None,
        requested_at=given.requested_at or given.created_at or None,
        rated_at=_rated_at(given, conversation) if score is not None else None,
        teammate_id=identifier(given.teammate.id) if given.teammate is not None else None,
    )
    return found if found != Rating() else None


def _rated_at(given: wire.Rating, conversation: Conversation) -> int | None:
    """When the score was given: the time in the rating, otherwise its latest change, otherwise its request."""
    return given.replied_at or _latest(_RATING_CHANGED, conversation) or given.updated_at or given.created_at or None


def _latest(part_type: PartType, conversation: Conversation) -> int | None:
    """The time of the latest part of a type."""
    for event in reversed(conversation.events):
        if event.type is part_type:
            return event.at
    return None


def sla(applied: wire.SlaApplied, conversation: Conversation) -> Sla | None:
    """The SLA, with the targets missed according to its events, `unknown` if unnamed; a hit SLA missed none."""
    found = Sla(applied.sla_name or None, applied.sla_status or None)
    if found.status != "hit":
        found.missed_targets = sorted({target or UNKNOWN for _, target in missed_targets(conversation)}) or None
    return found if found != Sla() else None


def missed_targets(conversation: Conversation) -> list[tuple[int, str | None]]:
    """The misses that the parts record: when, and of which target (None if it is not said)."""
    parts = conversation.said.parts
    return [
        (event.at, wire.missed_target(parts[event.place]))
        for event in conversation.events
        if event.type is TARGET_MISSED
    ]


def ai(agent: wire.AiAgent | None, participated: bool | None) -> Ai | None:
    """The facts about the AI agent; if there are any, it took part, unless the conversation denies it."""
    if agent is None:
        return Ai(participated) if participated is not None else None
    if participated is None and agent == wire.AiAgent():
        return None
    state = agent.resolution_state or None
    return Ai(
        participated=participated if participated is not None else True,
        source_type=agent.source_type or None,
        source_title=agent.source_title or None,
        last_answer_type=agent.last_answer_type or None,
        resolution_state=_RENAMED.get(state, state) if state is not None else None,
        rating=agent.rating if is_score(agent.rating) else None,
        rating_remark=agent.rating_remark or None,
        created_at=agent.created_at or None,
        updated_at=agent.updated_at or None,
    )
