"""The derived fields that charts need: handling, waiting, assignment to close, and participants (decision 11)."""

from bisect import bisect_right

from indexer.conversation import Timeline
from indexer.metrics.milestones import Milestones, first_assignment_to_teammate, waiting_since
from indexer.metrics.office_time import OfficeTime
from indexer.metrics.schema import Action, DateRange, ReportingDocument
from indexer.metrics.states import States


def put_derived(
    document: ReportingDocument, timeline: Timeline, milestones: Milestones, states: States, office_time: OfficeTime
) -> None:
    """Fill in the derived fields: those of handling only if it is closed, `waiting_since` only if it is not."""
    if states.last == "closed":
        handled = handled_within = 0
        for start, end in states.handled.values():
            handled += end - start
            handled_within += office_time.between(start, end)
        document.handling_time = handled
        document.handling_time_ooo = handled_within
    elif (waiting := waiting_since(timeline)) is not None:
        document.waiting_since = waiting.at
    if (closed := milestones.last_close_at) is not None:
        document.replies_to_close = bisect_right(timeline.after.replies, closed)
        assigned = first_assignment_to_teammate(timeline)
        if assigned is not None and assigned.at <= closed.at:
            document.first_assignment_to_close, document.first_assignment_to_close_ooo = office_time.both(
                assigned, closed
            )
        answering = milestones.last_assignment_admin_reply_at
        if answering is not None and answering.at <= closed.at:
            document.assignment_before_reply_to_close, document.assignment_before_reply_to_close_ooo = office_time.both(
                answering, closed
            )
    if states.open_spans:
        document.open_during = [DateRange(start, end) for start, end in states.open_spans]
    if states.snoozed_spans:
        document.snoozed_during = [DateRange(start, end) for start, end in states.snoozed_spans]


def participating_teammate_ids(timeline: Timeline) -> list[str]:
    """Distinct human authors of visible parts anywhere in the conversation, in order of appearance."""
    found: list[str] = []
    for reply in timeline.whole.replies:
        if reply.author_id is not None and reply.author_id not in found:
            found.append(reply.author_id)
    return found


def participating_team_ids(actions: list[Action]) -> list[str]:
    """Distinct teams in force when a teammate replied, anywhere in the conversation, in order of appearance."""
    found: list[str] = []
    for action in actions:
        if action.kind == "reply" and action.team_id is not None and action.team_id not in found:
            found.append(action.team_id)
    return found


def reassignments_after_first_reply(timeline: Timeline) -> int:
    """Assignment parts later than the first human reply."""
    assignments, replies = timeline.after.assignments, timeline.after.replies
    return len(assignments) - bisect_right(assignments, replies[0]) if replies else 0
