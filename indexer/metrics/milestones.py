"""The events that the timestamps of the REST statistics and of the new pipeline name.

Each function is the one definition of its field; it returns the event, whose `at` is the timestamp, or None.
"After the anchor" means later in the order of events. Source: help article on API metrics, docs/metrics.md.
"""

from bisect import bisect_right
from typing import Final

from indexer.conversation import Event, Timeline


class Milestones:
    """The events of one conversation, each under the name of the function that defines it."""

    def __init__(self, timeline: Timeline) -> None:
        """Look for each once."""
        self.first_contact_reply_at: Final = first_contact_reply_at(timeline)
        self.last_contact_reply_at: Final = last_contact_reply_at(timeline)
        self.first_assignment_at: Final = first_assignment_at(timeline)
        self.last_assignment_at: Final = last_assignment_at(timeline)
        self.last_assignment_admin_reply_at: Final = last_assignment_admin_reply_at(timeline)
        self.first_admin_reply_at: Final = first_admin_reply_at(timeline)
        self.last_admin_reply_at: Final = last_admin_reply_at(timeline)
        self.first_close_at: Final = first_close_at(timeline)
        self.last_close_at: Final = last_close_at(timeline)
        self.last_closed_by_human_at: Final = last_closed_by_human_at(timeline)


def first_contact_reply_at(timeline: Timeline) -> Event | None:
    """Earliest UserMessage, contact text part or attribute collected (REST; new pipeline `started_at`)."""
    return timeline.anchor


def last_contact_reply_at(timeline: Timeline) -> Event | None:
    """Latest event of the kinds of `first_contact_reply_at` (REST)."""
    return _last(timeline.contact_messages)


def first_assignment_at(timeline: Timeline) -> Event | None:
    """First assignment part after the anchor, by any author (REST)."""
    return _first(timeline.after.assignments)


def last_assignment_at(timeline: Timeline) -> Event | None:
    """Last assignment part after the anchor (REST)."""
    return _last(timeline.after.assignments)


def last_assignment_admin_reply_at(timeline: Timeline) -> Event | None:
    """Last assignment part after the anchor, up to and including the first admin reply (REST, decision 2)."""
    after = timeline.after
    if not after.replies:
        return None
    count = bisect_right(after.assignments, after.replies[0])
    return after.assignments[count - 1] if count else None


def first_admin_reply_at(timeline: Timeline) -> Event | None:
    """First visible part by a human teammate after the anchor (REST; new pipeline `first_response_at`)."""
    return _first(timeline.after.replies)


def last_admin_reply_at(timeline: Timeline) -> Event | None:
    """Last visible part by a human teammate after the anchor (REST)."""
    return _last(timeline.after.replies)


def first_close_at(timeline: Timeline) -> Event | None:
    """First close part after the anchor, a bot's included (REST)."""
    return _first(timeline.after.closes)


def last_close_at(timeline: Timeline) -> Event | None:
    """Last close part after the anchor; stays when the conversation is reopened (REST, `last_closed_at`)."""
    return _last(timeline.after.closes)


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
    messages, replies = timeline.contact_messages, timeline.after.replies
    if not replies:
        return timeline.anchor
    count = bisect_right(messages, replies[-1])
    return messages[count] if count < len(messages) else None


def _first(events: list[Event]) -> Event | None:
    return events[0] if events else None


def _last(events: list[Event]) -> Event | None:
    return events[-1] if events else None
