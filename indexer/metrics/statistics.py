"""The `statistics` object under its REST API names; all durations within office hours."""

from indexer.conversation import Timeline
from indexer.metrics import milestones
from indexer.metrics.durations import OfficeTime, median
from indexer.metrics.replies import ReplyPair
from indexer.metrics.schema import Statistics


def statistics(timeline: Timeline, part_count: int, pairs: list[ReplyPair], office_time: OfficeTime) -> Statistics:
    """The statistics; without a contact message only the counts exist."""
    found = Statistics(
        count_reopens=len(timeline.after.reopens),
        count_assignments=len(timeline.after.assignments),
        count_conversation_parts=part_count,
    )
    anchor = milestones.first_contact_reply_at(timeline)
    if anchor is None:
        return found
    found.first_contact_reply_at = anchor.at
    if (event := milestones.last_contact_reply_at(timeline)) is not None:
        found.last_contact_reply_at = event.at
    if (event := milestones.first_assignment_at(timeline)) is not None:
        found.first_assignment_at = event.at
    if (event := milestones.last_assignment_at(timeline)) is not None:
        found.last_assignment_at = event.at
    if (event := milestones.last_assignment_admin_reply_at(timeline)) is not None:
        found.last_assignment_admin_reply_at = event.at
        found.time_to_assignment = office_time.within(anchor, event)
    if (event := milestones.first_admin_reply_at(timeline)) is not None:
        found.first_admin_reply_at = event.at
        found.time_to_admin_reply = office_time.within(anchor, event)
    if (event := milestones.last_admin_reply_at(timeline)) is not None:
        found.last_admin_reply_at = event.at
    if (event := milestones.first_close_at(timeline)) is not None:
        found.first_close_at = event.at
        found.time_to_first_close = office_time.within(anchor, event)
    if (event := milestones.last_close_at(timeline)) is not None:
        found.last_close_at = event.at
        found.time_to_last_close = office_time.within(anchor, event)
    if (event := milestones.last_closed_by_human_at(timeline)) is not None:
        found.last_closed_by_id = event.author_id
    found.reply_times = [office_time.within(pair.message, pair.reply) for pair in pairs]
    if pairs:
        found.median_time_to_reply = median(found.reply_times)
    return found
