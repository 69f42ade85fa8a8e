"""The events that the timestamps of the REST statistics and of the new pipeline name.

Each function is the one definition of its field; it returns the event, whose `at` is the timestamp, or None.
"After the anchor" means later in the order of events. Source: help article on API metrics, docs/metrics.md.
"""

from bisect import bisect_right

from msgspec import Struct

from indexer.conversation import Event, Timeline


class Milestones(Struct, frozen=True, gc=False):
    """The events of one conversation, each under the name of the function that defines it."""

    first_contact_reply_at: Event | None
    last_contact_reply_at: Event | None
    first_assignment_at: Event | None
    last_assignment_at: Event | None
    last_assignment_admin_reply_at: Event | None
    first_admin_reply_at: Event | None
    last_admin_reply_at: Event | None
    first_close_at: Event | None
    last_close_at: Event | None
    last_closed_by_human_at: Event | None


def milestones_of(timeline: Timeline) -> Milestones:
    """All milestones of a conversation, each looked for once."""
    return Milestones(
        first_contact_reply_at=first_contact_reply_at(timeline),
        last_contact_reply_at=last_contact_reply_at(timeline),
        first_assignment_at=first_assignment_at(timeline),
        last_assignment_at=last_assignment_at(timeline),
        last_assignment_admin_reply_at=last_assignment_admin_reply_at(timeline),
        first_admin_reply_at=first_admin_reply_at(timeline),
        last_admin_reply_at=last_admin_reply_at(timeline),
        first_close_at=first_close_at(timeline),
        last_close_at=last_close_at(timeline),
        last_closed_by_human_at=last_closed_by_human_at(timeline),
    )


def first_contact_reply_at(timeline: Timeline) -> Event | None:
    """Earliest UserMessage, contact text part or attribute collected (REST; new pipeline `started_at`)."""
    return timeline.anchor


def last_contact_reply_at(timeline: Timeline) -> Event | None:
    """Latest event of the kinds of `first_contact_reply_at` (REST)."""
    return timeline.contact_messages[-1] if timeline.contact_messages else None


def first_assignment_at(timeline: Timeline) -> Event | None:
    """First assignment part after the anchor, by any author (REST)."""
    return timeline.after.assignments[0] if timeline.after.assignments else None


def last_assignment_at(timeline: Timeline) -> Event | None:
    """Last assignment part after the anchor (REST)."""
    return timeline.after.assignments[-1] if timeline.after.assignments else None


def last_assignment_admin_reply_at(timeline: Timeline) -> Event | None:
    """Last assignment part after the anchor, up to and including the first admin reply (REST, decision 2)."""
    if not timeline.after.replies:
        return None
    count = bisect_right(timeline.after.assignments, timeline.after.replies[0])
    return timeline.after.assignments[count - 1] if count else None


def first_admin_reply_at(timeline: Timeline) -> Event | None:
    """First visible part by a human teammate after the anchor (REST; new pipeline `first_response_at`)."""
    return timeline.after.replies[0] if timeline.after.replies else None


def last_admin_reply_at(timeline: Timeline) -> Event | None:
    """Last visible part by a human teammate after the anchor (REST)."""
    return timeline.after.replies[-1] if timeline.after.replies else None


def first_close_at(timeline: Timeline) -> Event | None:
    """First close part after the anchor, a bot's included (REST)."""
    return timeline.after.closes[0] if timeline.after.closes else None


def last_close_at(timeline: Timeline) -> Event | None:
    """Last close part after the anchor; stays when the conversation is reopened (REST, `last_closed_at`)."""
    return timeline.after.closes[-1] if timeline.after.closes else None


def last_closed_by_human_at(timeline: Timeline) -> Event | None:
    """Last close part by a human teammate after the anchor (new pipeline; its author is `last_closed_by_id`)."""
    for event in reversed(timeline.after.closes):
        if event.by_teammate:
            return event
    return None


def first_assignment_to_teammate(timeline: Timeline) -> Event | None:
    """First assignment after the anchor that names a teammate: the start of `first_assignment_to_close`."""
    for event in timeline.after.assignments:
        if event.assignee is not None and event.assignee[0] == "teammate":
            return event
    return None


def waiting_since(timeline: Timeline) -> Event | None:
    """First contact message after the last human reply (the anchor if there was none).

    The document has it only while the last state is not closed.
    """
    if not timeline.after.replies:
        return timeline.anchor
    count = bisect_right(timeline.contact_messages, timeline.after.replies[-1])
    return timeline.contact_messages[count] if count < len(timeline.contact_messages) else None
