"""A worked conversation, with its document from the first field to the last.

The workspace is open for the first 300 seconds, the team T1 for the first 600.
"""

from typing import Any

import msgspec

from indexer.metrics import METRICS_VERSION, reporting_document
from indexer.office_hours import parse_office_hours
from tests.builders import conversation, parsed, part

THURSDAY = 3 * 1_440
"""The minute of the week of second 0."""


def open_for(minutes: int) -> dict[str, Any]:
    return {"time_zone_name": "UTC", "time_intervals": [{"start_minute": THURSDAY, "end_minute": THURSDAY + minutes}]}


HOURS = parse_office_hours(open_for(5) | {"teams": {"T1": open_for(10)}})
RAW = conversation(
    part("O", "assignment", 10, to="T1"),
    part("C", "comment", 20),
    part("O", "comment", 25),
    part("A", "assignment", 30, to="A"),
    part("A", "comment", 100),
    part("A", "close", 400),
    part("C", "open", 500, body=True),
    part("A", "snoozed", 550),
    part("O", "timer_unsnooze", 600),
    part("A", "assignment", 700, to="B", team_assignee_id="T2"),
    part("B", "note", 750),
    part("B", "close", 900, body=True),
    title="Broken",
    state="closed",
    updated_at=950,
)

IN_FORCE_AT_FIRST = {"team_id": "T1", "assigned_teammate_id": "A"}
IN_FORCE_AT_LAST = {"team_id": "T2", "assigned_teammate_id": "B"}
ACTIONS: list[dict[str, Any]] = [
    {"at": 10, "kind": "assignment", "bot": True, "part_id": "1", "to_team_id": "T1"},
    {
        "at": 30, "kind": "assignment", "bot": False, "part_id": "4", "teammate_id": "A", "team_id": "T1",
        "to_teammate_id": "A",
    },
    {
        "at": 100, "kind": "reply", "bot": False, "part_id": "5", "teammate_id": "A", **IN_FORCE_AT_FIRST,
        "first_response": True,
        "response_time": 80, "response_time_ooo": 80,
        "team_first_response_time": 90, "team_first_response_time_ooo": 90,
        "teammate_first_response_time": 70, "teammate_first_response_time_ooo": 70,
    },
    {
        "at": 400, "kind": "close", "bot": False, "part_id": "6", "teammate_id": "A", **IN_FORCE_AT_FIRST,
        "team_time_to_close": 390, "team_time_to_close_ooo": 390,
        "teammate_time_to_close": 370, "teammate_time_to_close_ooo": 270,
        "handling_time": 370, "handling_time_ooo": 270,
    },
    {"at": 500, "kind": "reopen", "bot": False, "part_id": "7", **IN_FORCE_AT_FIRST},
    {
        "at": 550, "kind": "snooze", "bot": False, "part_id": "8", "teammate_id": "A", **IN_FORCE_AT_FIRST,
        "handling_time": 50, "handling_time_ooo": 0,
    },
    {"at": 600, "kind": "unsnooze", "bot": True, "part_id": "9", **IN_FORCE_AT_FIRST},
    {
        "at": 700, "kind": "assignment", "bot": False, "part_id": "10", "teammate_id": "A", **IN_FORCE_AT_FIRST,
        "to_team_id": "T2", "to_teammate_id": "B",
        "handling_time": 100, "handling_time_ooo": 0,
    },
    {"at": 750, "kind": "note", "bot": False, "part_id": "11", "teammate_id": "B", **IN_FORCE_AT_LAST},
    {
        "at": 900, "kind": "reply", "bot": False, "part_id": "12", "teammate_id": "B", **IN_FORCE_AT_LAST,
        "first_response": False,
        "response_time": 400, "response_time_ooo": 0,
        "team_first_response_time": 200, "team_first_response_time_ooo": 0,
        "teammate_first_response_time": 200, "teammate_first_response_time_ooo": 0,
    },
    {
        "at": 900, "kind": "close", "bot": False, "part_id": "12", "teammate_id": "B", **IN_FORCE_AT_LAST,
        "team_time_to_close": 200, "team_time_to_close_ooo": 0,
        "teammate_time_to_close": 200, "teammate_time_to_close_ooo": 0,
        "handling_time": 200, "handling_time_ooo": 0,
    },
]  # fmt: skip

IDENTITY = {
    "workspace_id": "acme",
    "conversation_id": "1",
    "revision": 7,
    "metrics_version": METRICS_VERSION,
    "office_hours_id": HOURS.id,
}
FACTS = {
    "created_at": 0,
    "updated_at": 950,
    "title": "Broken",
    "state": "closed",
    "channel": "conversation",
    "delivered_as": "customer_initiated",
}
NEW_PIPELINE = {
    "started_at": 0,
    "started_by": "customer",
    "first_response_at": 100,
    "last_closed_at": 900,
    "last_closed_by_human_at": 900,
    "first_response_time": 100, "first_response_time_ooo": 100,
    "time_to_last_close": 900, "time_to_last_close_ooo": 300,
    "time_to_last_close_by_human": 900, "time_to_last_close_by_human_ooo": 300,
    "reply_times": [80, 400], "reply_times_ooo": [80, 0],
    "median_reply_time": 240, "median_reply_time_ooo": 40,
    "bot_inbox": False,
    "first_response_time_without_bot": 100, "first_response_time_without_bot_ooo": 100,
}  # fmt: skip
DERIVED = {
    "handling_time": 720, "handling_time_ooo": 270,
    "first_assignment_to_close": 870, "first_assignment_to_close_ooo": 270,
    "assignment_before_reply_to_close": 870, "assignment_before_reply_to_close_ooo": 270,
    "reassignments_after_first_reply": 1,
    "teammate_replies_count": 2,
    "replies_to_close": 2,
    "closed_on_first_contact": False,
    "participating_teammate_ids": ["A", "B"],
    "participating_team_ids": ["T1", "T2"],
    "open_during": [{"gte": 0, "lt": 400}, {"gte": 500, "lt": 900}],
    "snoozed_during": [{"gte": 550, "lt": 600}],
}  # fmt: skip
STATISTICS = {
    "first_contact_reply_at": 0,
    "first_assignment_at": 10,
    "first_admin_reply_at": 100,
    "first_close_at": 400,
    "last_assignment_at": 700,
    "last_assignment_admin_reply_at": 30,
    "last_contact_reply_at": 500,
    "last_admin_reply_at": 900,
    "last_close_at": 900,
    "last_closed_by_id": "B",
    "count_reopens": 1,
    "count_assignments": 3,
    "count_conversation_parts": 12,
    "time_to_assignment": 30,
    "time_to_admin_reply": 100,
    "time_to_first_close": 300,
    "time_to_last_close": 300,
    "median_time_to_reply": 40,
    "reply_times": [80, 0],
}
LEGACY = {
    "conversation_created_at": 0,
    "thread_created_at": 0,
    "message_type": "UserMessage",
    "first_user_reply_at": 20,
    "first_admin_reply_at": 100,
    "first_assignment_at": 10,
    "last_assignment_at": 700,
    "first_close_at": 400,
    "last_close_at": 900,
    "count_reopens": 1,
    "count_assignments": 3,
    "time_to_first_assignment": 10, "time_to_first_assignment_ooo": 10,
    "time_to_admin_reply": 100, "time_to_admin_reply_ooo": 100,
    "time_to_first_close": 400, "time_to_first_close_ooo": 300,
    "time_to_last_close": 900, "time_to_last_close_ooo": 300,
}  # fmt: skip


def test_a_document_has_exactly_these_fields_and_numbers() -> None:
    document = msgspec.json.decode(msgspec.json.encode(reporting_document(parsed(RAW), "acme", HOURS, revision=7)))
    assert document.pop("statistics") == STATISTICS
    assert document.pop("legacy") == LEGACY
    assert document.pop("actions") == ACTIONS
    assert document == IDENTITY | FACTS | NEW_PIPELINE | DERIVED
