"""Whether a record has the present API's shape, and nothing that this shape lacks."""

from indexer.conversation import wire
from indexer.conversation.values import LATEST


def is_of_the_present(said: wire.Conversation) -> bool:
    """Whether everything in the record was understood."""
    if not said.state or (said.type is not None and said.type not in wire.TYPES):
        return False
    if said.assignee or said.customers or said.user or said.ticket_parts or said.ticket_attributes:
        return False
    if said.conversation_message or said.customer:
        return False
    tags, contacts = said.tags, said.contacts
    if tags is not None and (tags.tags is None or tags.data):
        return False
    return contacts is None or _has_present_contacts(contacts)


def _has_present_contacts(given: wire.ContactList) -> bool:
    contacts = given.contacts
    if contacts is None or given.data:
        return False
    for contact in contacts:
        companies = contact.companies
        if contact.location_data or (companies is not None and companies.companies):
            return False
    return True


def has_plain_times(said: wire.Conversation) -> bool:
    """Whether the times of the facts are seconds; 0 and null mean that there is none, except for the creation."""
    if not 0 < said.created_at < LATEST or not _is_plain(said.updated_at) or not _is_plain(said.source.created_at):
        return False
    rating, agent = said.conversation_rating, said.ai_agent
    if rating is not None and not (
        _is_plain(rating.created_at)
        and _is_plain(rating.requested_at)
        and _is_plain(rating.replied_at)
        and _is_plain(rating.updated_at)
    ):
        return False
    return agent is None or (_is_plain(agent.created_at) and _is_plain(agent.updated_at))


def _is_plain(at: int | None) -> bool:
    return at is None or 0 <= at < LATEST
