"""The contacts of a conversation."""

from indexer.conversation.parsing import Conversation
from indexer.conversation.values import identifier


def contact_ids(conversation: Conversation) -> list[str]:
    """The ids of the contacts, each once, in their order in the record."""
    contacts = conversation.said.contacts
    if contacts is None:
        return []
    found: dict[str, None] = {}
    for contact in contacts.contacts or ():
        contact_id = identifier(contact.id)
        if contact_id is not None:
            found[contact_id] = None
    return list(found)
