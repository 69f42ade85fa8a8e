"""A conversation's JSON as an entity to save."""

import time

from indexer.conversation import contact_ids, parse_conversation
from indexer.conversation.ahead import conversation_change
from indexer.conversation.history import History, history_of
from indexer.datasets.dataset import Excerpt, Incoming

LISTS = ("conversations", "tickets", "data")
"""The names of the lists in pages of conversations."""


def incoming_conversation(payload: bytes) -> Incoming:
    """A conversation as an entity to save; raises `Refused`."""
    conversation = parse_conversation(payload)
    # Only a record without parts, or one with something odd about it, may be less than whole.
    partial = isinstance(payload, Excerpt) or (
        bool(conversation.data_quality or not conversation.part_count) and history_of(payload) is not History.WHOLE
    )
    changed = conversation_change(conversation, int(time.time()))
    return Incoming(
        conversation.id,
        payload,
        conversation.said.created_at,
        changed.at,
        tuple(contact_ids(conversation)),
        partial,
        changed.ahead,
    )
