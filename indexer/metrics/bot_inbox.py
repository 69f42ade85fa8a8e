"""The bot inbox: how long a bot had the conversation before teammates (decision 27)."""

from indexer.conversation import Event, Timeline
from indexer.metrics.office_time import OfficeTime
from indexer.metrics.schema import ReportingDocument
from indexer.metrics.states import States, assignment_after


def put_bot_inbox(document: ReportingDocument, timeline: Timeline, states: States, office_time: OfficeTime) -> None:
    """Fill in `bot_inbox`, its time up to the hand-over, and the first response time without it."""
    anchor = timeline.anchor
    if anchor is None:
        return
    document.bot_inbox, handed_over = bot_inbox(timeline, states)
    elapsed = within = 0
    if document.bot_inbox and handed_over is not None:
        elapsed, within = office_time.both(anchor, handed_over)
        document.bot_inbox_time, document.bot_inbox_time_ooo = elapsed, within
    if document.first_response_time is not None and document.first_response_time_ooo is not None:
        document.first_response_time_without_bot = document.first_response_time - elapsed
        document.first_response_time_without_bot_ooo = document.first_response_time_ooo - within


def bot_inbox(timeline: Timeline, states: States) -> tuple[bool, Event | None]:
    """Whether a bot had the conversation first, and the event that handed it over to teammates, if there is one.

    That is the first event after the anchor that assigns a team or a teammate, or a reply. A bot had the conversation
    if one wrote a visible part after the anchor, up to that event, or was assigned. If a team or a teammate was
    assigned at the anchor, the conversation was theirs from the start.
    """
    by_bot = started = False
    for place, event in enumerate(timeline.events):
        if not started:
            if event is timeline.anchor:
                started = True
                present = assignment_after(states.in_force[place], event)
                if present.with_bot:
                    by_bot = True
                elif present.team_id is not None or present.teammate_id is not None:
                    return False, event
            continue
        if event.by_bot and event.visible:
            by_bot = True
        if event.reply:
            return by_bot, event
        if event.assignee is not None:
            kind = event.assignee[0]
            if kind in ("team", "teammate"):
                return by_bot, event
            if kind == "bot":
                by_bot = True
    return by_bot, None
