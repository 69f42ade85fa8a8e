"""The `statistics` object under its REST API names; all durations within office hours."""

from indexer.metrics.milestones import Milestones
from indexer.metrics.office_time import OfficeTime
from indexer.metrics.schema import ReportingDocument


def put_statistics(document: ReportingDocument, milestones: Milestones, office_time: OfficeTime) -> None:
    """Fill in the statistics other than counts, which are the only ones without a contact message.

    Values of the new pipeline are taken from there: the REST value is its `_ooo` value (docs/metrics.md).
    """
    statistics = document.statistics
    anchor = milestones.first_contact_reply_at
    if anchor is None:
        return
    statistics.first_contact_reply_at = document.started_at
    statistics.first_admin_reply_at = document.first_response_at
    statistics.last_close_at = document.last_closed_at
    statistics.time_to_admin_reply = document.first_response_time_ooo
    statistics.time_to_last_close = document.time_to_last_close_ooo
    statistics.reply_times = document.reply_times_ooo
    statistics.median_time_to_reply = document.median_reply_time_ooo
    if (event := milestones.last_contact_reply_at) is not None:
        statistics.last_contact_reply_at = event.at
    if (event := milestones.first_assignment_at) is not None:
        statistics.first_assignment_at = event.at
    if (event := milestones.last_assignment_at) is not None:
        statistics.last_assignment_at = event.at
    if (event := milestones.last_assignment_admin_reply_at) is not None:
        statistics.last_assignment_admin_reply_at = event.at
        statistics.time_to_assignment = office_time.within(anchor, event)
    if (event := milestones.last_admin_reply_at) is not None:
        statistics.last_admin_reply_at = event.at
    if (event := milestones.first_close_at) is not None:
        statistics.first_close_at = event.at
        statistics.time_to_first_close = office_time.within(anchor, event)
    if (event := milestones.last_closed_by_human_at) is not None:
        statistics.last_closed_by_id = event.author_id
