"""The conversation: tolerant parsing, the part types, the ordered timeline, and redaction."""

from indexer.conversation.contacts import contact_ids
from indexer.conversation.event import Event
from indexer.conversation.parsing import FLAGS, Conversation, parse_conversation
from indexer.conversation.redaction import redacted
from indexer.conversation.timeline import Roles, Timeline, timeline_of

__all__ = [
    "FLAGS",
    "Conversation",
    "Event",
    "Roles",
    "Timeline",
    "contact_ids",
    "parse_conversation",
    "redacted",
    "timeline_of",
]
