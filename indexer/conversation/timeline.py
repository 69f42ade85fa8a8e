"""A conversation's events in order, sorted by their roles, around the anchor.

The anchor is the event that yields `first_contact_reply_at`. "After" it means later in the order of events,
not in a later second (decisions 1 and 15 in docs/metrics.md).
"""

from typing import Final

from indexer.conversation.event import Event
from indexer.conversation.part_types import SOURCE


class Roles:
    """The events of a stretch of the conversation by their roles, each list in order.

    `replies` are visible parts by human teammates.
    """

    def __init__(
        self, replies: list[Event], assignments: list[Event], closes: list[Event], reopens: list[Event]
    ) -> None:
        """Hold the events."""
        self.replies: Final = replies
        self.assignments: Final = assignments
        self.closes: Final = closes
        self.reopens: Final = reopens


class Timeline:
    """All events, the anchor (None if the contact's side has not written), and the events by role.

    `contact_messages` are the customer's messages and collected attributes, the anchor first; `after` are the
    events later than the anchor (none without an anchor), `whole` all of them.
    """

    def __init__(
        self, events: list[Event], anchor: Event | None, contact_messages: list[Event], after: Roles, whole: Roles
    ) -> None:
        """Hold the events."""
        self.events: Final = events
        self.anchor: Final = anchor
        self.contact_messages: Final = contact_messages
        self.after: Final = after
        self.whole: Final = whole


NONE: Final = Roles([], [], [], [])


def timeline_of(events: list[Event]) -> Timeline:
    """The timeline of events that are already in order."""
    contact_messages: list[Event] = []
    whole = _roles(events, contact_messages)
    if not contact_messages:
        return Timeline(events, None, contact_messages, NONE, whole)
    anchor = contact_messages[0]
    after = whole if events[0].type is SOURCE else _roles([event for event in events if event > anchor], [])
    return Timeline(events, anchor, contact_messages, after, whole)


def _roles(events: list[Event], contact_messages: list[Event]) -> Roles:
    """The events by role; the contact messages among them are added to `contact_messages`."""
    replies: list[Event] = []
    assignments: list[Event] = []
    closes: list[Event] = []
    reopens: list[Event] = []
    for event in events:
        if event.contact_message:
            contact_messages.append(event)
        elif event.reply:
            replies.append(event)
        part_type = event.type
        if part_type.assignment:
            assignments.append(event)
        elif part_type.close:
            closes.append(event)
        if part_type.reopen:
            reopens.append(event)
    return Roles(replies, assignments, closes, reopens)
