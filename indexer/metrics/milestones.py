"""The events that the timestamps of the REST statistics and of the new pipeline name.

Each function is the one definition of its field; it gives the event, whose `at` is the timestamp, or None.
"After the anchor" is later in the order of events. Source: help article on API metrics, docs/metrics.md.
"""

from indexer.conversation import Event, Timeline


def first_contact_reply_at(timeline: Timeline) -> Event | None:
    """Earliest UserMessage, contact text part or attribute collected (REST; new pipeline `started_at`)."""
    return timeline.anchor


def last_contact_reply_at(timeline: Timeline) -> Event | None:
    """Latest event of the kinds of `first_contact_reply_at` (REST)."""
    return _last(timeline.contact_messages)


def first_assignment_at(timeline: Timeline) -> Event | None:
    """First assignment part after the anchor, whoever made it (REST)."""
    return _first(timeline.after.assignments)


def last_assignment_at(timeline: Timeline) -> Event | None:
    """Last assignment part after the anchor (REST)."""
    return _last(timeline.after.assignments)


def last_assignment_admin_reply_at(timeline: Timeline) -> Event | None:
    """Last assignment part after the anchor, up to and including the first admin reply (REST, decision 2)."""
    reply = first_admin_reply_at(timeline)
    if reply is None:
        return None
    return _last([event for event in timeline.after.assignments if event <= reply])


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
    return _last([event for event in timeline.after.closes if event.by_teammate])


def first_assignment_to_teammate(timeline: Timeline) -> Event | None:
    """First assignment after the anchor that names a teammate: where `first_assignment_to_close` starts."""
    for event in timeline.after.assignments:
        if event.assignee is not None and event.assignee[0] == "teammate":
            return event
    return None


def waiting_since(timeline: Timeline) -> Event | None:
    """First contact message after the last human reply (the anchor if there was none).

    The document has it only while the last state is not closed.
    """
    reply = last_admin_reply_at(timeline)
    if reply is None:
        return timeline.anchor
    return _first([event for event in timeline.contact_messages if event > reply])


def _first(events: list[Event]) -> Event | None:
    return events[0] if events else None


def _last(events: list[Event]) -> Event | None:
    return events[-1] if events else None
