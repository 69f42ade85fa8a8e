"""The contacts of a conversation."""

from indexer.conversation.parsing import Conversation
from indexer.conversation.values import identifier


def contact_ids(conversation: Conversation) -> list[str]:
    """The ids of the contacts, each once, in their order in the record."""
    contacts = conversation.said.contacts
    if contacts is None:
        return []
    return list(dict.fromkeys(found for contact in contacts.contacts or () if (found := identifier(contact.id))))
