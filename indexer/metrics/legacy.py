"""The legacy pipeline: no anchor, every part counts, every clock starts at the conversation's creation.

Source: docs/metrics.md, legacy pipeline, and decisions 13, 18 and 24.
"""

from indexer.conversation import Conversation, Event, Timeline
from indexer.conversation.part_types import SOURCE
from indexer.metrics.office_time import OfficeTime
from indexer.metrics.schema import Legacy

_MESSAGE_TYPES = {
    "admin_initiated": "AdminMessage",
    "campaigns_initiated": "Campaign",
    "automated": "Automated",
    "operator_initiated": "Operator",
}


def legacy(conversation: Conversation, timeline: Timeline, office_time: OfficeTime) -> Legacy:
    """The legacy fields."""
    created_at = conversation.said.created_at
    whole = timeline.whole
    found = legacy_facts(conversation)
    found.count_reopens = len(whole.reopens)
    found.count_assignments = len(whole.assignments)
    if (first_user_reply := first_user_reply_at(timeline)) is not None:
        found.first_user_reply_at = first_user_reply.at
    if whole.replies:
        found.first_admin_reply_at = at = whole.replies[0].at
        found.time_to_admin_reply, found.time_to_admin_reply_ooo = _since(created_at, at, office_time)
    if whole.assignments:
        found.first_assignment_at = at = whole.assignments[0].at
        found.last_assignment_at = whole.assignments[-1].at
        found.time_to_first_assignment, found.time_to_first_assignment_ooo = _since(created_at, at, office_time)
    if whole.closes:
        found.first_close_at = at = whole.closes[0].at
        found.time_to_first_close, found.time_to_first_close_ooo = _since(created_at, at, office_time)
        found.last_close_at = at = whole.closes[-1].at
        found.time_to_last_close, found.time_to_last_close_ooo = _since(created_at, at, office_time)
    return found


def legacy_facts(conversation: Conversation) -> Legacy:
    """The legacy fields that need no part."""
    created_at = conversation.said.created_at
    return Legacy(
        conversation_created_at=created_at,
        thread_created_at=conversation.said.source.created_at or created_at,
        message_type=message_type(conversation),
    )


def _since(created_at: int, at: int, office_time: OfficeTime) -> tuple[int, int]:
    """Seconds from the creation: elapsed and within office hours; 0 if the part claims to be earlier."""
    if at <= created_at:
        return 0, 0
    return at - created_at, office_time.between(created_at, at)


def message_type(conversation: Conversation) -> str | None:
    """The kind of message that the conversation is linked to, `UserMessage` if a contact started it."""
    if conversation.started_by_contact:
        return "UserMessage"
    return _MESSAGE_TYPES.get(conversation.said.source.delivered_as or "")


def first_user_reply_at(timeline: Timeline) -> Event | None:
    """First contact message that is a part: `first_contact_reply_at` without the UserMessage."""
    for event in timeline.contact_messages:
        if event.type is not SOURCE:
            return event
    return None
