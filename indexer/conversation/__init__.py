"""What a conversation is: tolerant parsing, the part types, the ordered timeline."""

from indexer.conversation.event import Event
from indexer.conversation.parsing import Conversation, parse_conversation
from indexer.conversation.timeline import Roles, Timeline, timeline_of

__all__ = ["Conversation", "Event", "Roles", "Timeline", "parse_conversation", "timeline_of"]
