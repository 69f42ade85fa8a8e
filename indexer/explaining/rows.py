"""The rows of fields of the three pipelines that answer the same question.

A field that is not in the table here gets a row of its own.
"""

from collections.abc import Sequence

from indexer.datasets.conversation_fields import GROUPS
from indexer.datasets.field import Group
from indexer.differences.pair import pipeline_of
from indexer.explaining.explanation import Row


def _row(title: str, new: str | None = None, rest: str | None = None, legacy: str | None = None) -> Row:
    return Row(title, new, rest and f"statistics.{rest}", legacy and f"legacy.{legacy}")


_COMPUTED = [
    _row("start", "started_at", "first_contact_reply_at", "conversation_created_at"),
    _row("first customer part", None, None, "first_user_reply_at"),
    _row("last customer message", None, "last_contact_reply_at"),
    _row("waiting since", "waiting_since"),
    _row("first response", "first_response_at", "first_admin_reply_at", "first_admin_reply_at"),
    _row("time to first response", "first_response_time", None, "time_to_admin_reply"),
    _row(
        "time to first response, office hours",
        "first_response_time_ooo",
        "time_to_admin_reply",
        "time_to_admin_reply_ooo",
    ),
    _row("time to first response without bot", "first_response_time_without_bot"),
    _row("time to first response without bot, office hours", "first_response_time_without_bot_ooo"),
    _row("in a bot's inbox", "bot_inbox"),
    _row("bot inbox time", "bot_inbox_time"),
    _row("bot inbox time, office hours", "bot_inbox_time_ooo"),
    _row("last reply", None, "last_admin_reply_at"),
    _row("reply times", "reply_times"),
    _row("reply times, office hours", "reply_times_ooo", "reply_times"),
    _row("median reply time", "median_reply_time"),
    _row("median reply time, office hours", "median_reply_time_ooo", "median_time_to_reply"),
    _row("first assignment", None, "first_assignment_at", "first_assignment_at"),
    _row("time to first assignment", None, None, "time_to_first_assignment"),
    _row("time to first assignment, office hours", None, None, "time_to_first_assignment_ooo"),
    _row("assignment before reply", None, "last_assignment_admin_reply_at"),
    _row("time to assignment before reply, office hours", None, "time_to_assignment"),
    _row("last assignment", None, "last_assignment_at", "last_assignment_at"),
    _row("first close", None, "first_close_at", "first_close_at"),
    _row("time to first close", None, None, "time_to_first_close"),
    _row("time to first close, office hours", None, "time_to_first_close", "time_to_first_close_ooo"),
    _row("last close", "last_closed_at", "last_close_at", "last_close_at"),
    _row("time to last close", "time_to_last_close", None, "time_to_last_close"),
    _row("time to last close, office hours", "time_to_last_close_ooo", "time_to_last_close", "time_to_last_close_ooo"),
    _row("last close by a teammate", "last_closed_by_human_at"),
    _row("who closed last", None, "last_closed_by_id"),
    _row("time to close by a teammate", "time_to_last_close_by_human"),
    _row("time to close by a teammate, office hours", "time_to_last_close_by_human_ooo"),
    _row("handling time", "handling_time"),
    _row("handling time, office hours", "handling_time_ooo"),
    _row("first assignment to close", "first_assignment_to_close"),
    _row("first assignment to close, office hours", "first_assignment_to_close_ooo"),
    _row("answering assignment to close", "assignment_before_reply_to_close"),
    _row("answering assignment to close, office hours", "assignment_before_reply_to_close_ooo"),
    _row("open", "open_during"),
    _row("snoozed", "snoozed_during"),
    _row("reopenings", None, "count_reopens", "count_reopens"),
    _row("assignments", None, "count_assignments", "count_assignments"),
    _row("reassignments after reply", "reassignments_after_first_reply"),
    _row("replies", "teammate_replies_count"),
    _row("replies to close", "replies_to_close"),
    _row("parts", None, "count_conversation_parts"),
    _row("closed on first contact", "closed_on_first_contact"),
    _row("teammates", "participating_teammate_ids"),
    _row("teams", "participating_team_ids"),
    _row("actions", "actions"),
]

_STATED = [
    _row("started by", "started_by", None, "message_type"),
    _row("thread created", None, None, "thread_created_at"),
]


def rows_of(groups: Sequence[Group]) -> list[Row]:
    """In the order of a conversation; each field is in one row. Facts, which are not computed, come last."""
    placed = {path for row in (*_COMPUTED, *_STATED) for path in row.names}
    computed = [path for group in groups if group.pipeline is not None for path in group.explained]
    facts = [path for group in groups if group.pipeline is None for path in group.explained]
    others = [_own_row(path) for path in computed if path not in placed]
    return [*_COMPUTED, *others, *_STATED, *map(_own_row, facts)]


def _own_row(path: str) -> Row:
    """The row of a field that no other pipeline has, titled by its name."""
    name = path.rpartition(".")[2]
    title = name.removesuffix("_ooo").replace("_", " ") + (", office hours" if name.endswith("_ooo") else "")
    return Row(title, **{pipeline_of(path): path})


ROWS = rows_of(GROUPS)
