"""The new pipeline's fields: timestamps, durations and reply times, elapsed and within office hours."""

from indexer.metrics.milestones import Milestones
from indexer.metrics.office_time import OfficeTime, median
from indexer.metrics.reply_times import ReplyTime
from indexer.metrics.schema import ReportingDocument


def put_new_pipeline(
    document: ReportingDocument, milestones: Milestones, replies: list[ReplyTime], office_time: OfficeTime
) -> None:
    """Fill in `started_at` and the fields measured from it; nothing without a contact message (decision 14)."""
    started = milestones.first_contact_reply_at
    if started is None:
        return
    document.started_at = started.at
    document.started_by = "customer" if document.legacy.message_type == "UserMessage" else "reply"
    if (response := milestones.first_admin_reply_at) is not None:
        document.first_response_at = response.at
        document.first_response_time, document.first_response_time_ooo = office_time.both(started, response)
    if (closed := milestones.last_close_at) is not None:
        document.last_closed_at = closed.at
        document.time_to_last_close, document.time_to_last_close_ooo = office_time.both(started, closed)
    if (closed := milestones.last_closed_by_human_at) is not None:
        document.last_closed_by_human_at = closed.at
        document.time_to_last_close_by_human, document.time_to_last_close_by_human_ooo = office_time.both(
            started, closed
        )
    document.reply_times = elapsed = [reply.elapsed for reply in replies]
    document.reply_times_ooo = within = [reply.within for reply in replies]
    if replies:
        document.median_reply_time = median(elapsed)
        document.median_reply_time_ooo = median(within)
