"""The derived fields that charts need: handling, waiting, assignment to close, and who took part (decision 11)."""

from indexer.conversation import Timeline
from indexer.metrics import milestones
from indexer.metrics.durations import OfficeTime
from indexer.metrics.schema import DateRange, ReportingDocument
from indexer.metrics.states import OpenSpan, States


def put_derived(document: ReportingDocument, timeline: Timeline, states: States, office_time: OfficeTime) -> None:
    """Fill in the derived fields; those of handling only once closed, `waiting_since` only until then."""
    if states.closed:
        document.handling_time = sum([end - start for start, end in states.handled_spans])
        document.handling_time_ooo = sum([office_time[end] - office_time[start] for start, end in states.handled_spans])
    elif (waiting := milestones.waiting_since(timeline)) is not None:
        document.waiting_since = waiting.at
    if (closed := milestones.last_close_at(timeline)) is not None:
        document.replies_to_close = len([reply for reply in timeline.after.replies if reply <= closed])
        assigned = milestones.first_assignment_to_teammate(timeline)
        if assigned is not None and assigned.at <= closed.at:
            document.first_assignment_to_close, document.first_assignment_to_close_ooo = office_time.both(
                assigned, closed
            )
    if states.open_spans:
        document.open_during = _date_ranges(states.open_spans)
    if states.snoozed_spans:
        document.snoozed_during = _date_ranges(states.snoozed_spans)


def participating_teammate_ids(timeline: Timeline) -> list[str]:
    """Distinct human authors of visible parts anywhere in the conversation, in order of appearance."""
    return list(dict.fromkeys([reply.author_id for reply in timeline.whole.replies if reply.author_id is not None]))


def reassignments_after_first_reply(timeline: Timeline) -> int:
    """Assignment parts later than the first human reply."""
    reply = milestones.first_admin_reply_at(timeline)
    if reply is None:
        return 0
    return len([event for event in timeline.after.assignments if event > reply])


def _date_ranges(spans: list[OpenSpan]) -> list[DateRange]:
    return [DateRange(start, end) for start, end in spans]
