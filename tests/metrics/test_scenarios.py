"""The three worked scenarios of the definitions, with all their numbers.

Office hours: Monday to Friday 09:00 to 17:00 in New York. A pair is (elapsed, within office hours).
"""

from datetime import datetime
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indexer.office_hours import parse_office_hours
from tests.builders import conversation, document_of, part

NEW_YORK = ZoneInfo("America/New_York")
OFFICE_HOURS = parse_office_hours(
    {
        "time_zone_name": "America/New_York",
        "twenty_four_seven": False,
        "time_intervals": [{"start_minute": day * 1440 + 540, "end_minute": day * 1440 + 1020} for day in range(5)],
    }
)


def local(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).timestamp())


def pair(document: dict[str, Any], name: str) -> tuple[Any, Any]:
    return document[name], document[name + "_ooo"]


def clocks(document: dict[str, Any], name: str) -> list[tuple[Any, Any]]:
    """The clock `name` of all actions that have it."""
    return [pair(action, name) for action in document["actions"] if name in action]


def held(document: dict[str, Any], name: str) -> list[tuple[Any, ...]]:
    """Kind, assigned teammate and the clock `name` of all actions that have it."""
    return [
        (action["kind"], action.get("assigned_teammate_id"), *pair(action, name))
        for action in document["actions"]
        if name in action
    ]


def single_cycle() -> dict[str, Any]:
    monday, tuesday = "2024-03-04T", "2024-03-05T"
    return conversation(
        part("O", "comment", local(monday + "16:40:04")),
        part("O", "assignment", local(monday + "16:45:00"), to="T1"),
        part("A", "assignment", local(monday + "16:55:00"), to="A"),
        part("A", "comment", local(tuesday + "09:20:00")),
        part("C", "comment", local(tuesday + "09:30:00")),
        part("A", "note", local(tuesday + "09:35:00")),
        part("A", "comment", local(tuesday + "09:42:30")),
        part("A", "close", local(tuesday + "10:00:00")),
        at=local(monday + "16:40:00"),
    )


def test_scenario_1_a_single_open_close_cycle() -> None:
    document = document_of(single_cycle(), OFFICE_HOURS)
    assert document["statistics"] == {
        "first_contact_reply_at": 1709588400,
        "first_assignment_at": 1709588700,
        "last_assignment_at": 1709589300,
        "last_assignment_admin_reply_at": 1709589300,
        "first_admin_reply_at": 1709648400,
        "last_contact_reply_at": 1709649000,
        "last_admin_reply_at": 1709649750,
        "first_close_at": 1709650800,
        "last_close_at": 1709650800,
        "last_closed_by_id": "A",
        "count_reopens": 0,
        "count_assignments": 2,
        "count_conversation_parts": 8,
        "time_to_assignment": 900,
        "time_to_admin_reply": 2400,
        "time_to_first_close": 4800,
        "time_to_last_close": 4800,
        "reply_times": [2400, 750],
        "median_time_to_reply": 1575,
    }
    assert document["started_at"] == 1709588400
    assert document["first_response_at"] == 1709648400
    assert document["last_closed_at"] == 1709650800
    assert document["last_closed_by_human_at"] == 1709650800
    assert pair(document, "first_response_time") == (60000, 2400)
    assert pair(document, "time_to_last_close") == (62400, 4800)
    assert pair(document, "time_to_last_close_by_human") == (62400, 4800)
    assert pair(document, "reply_times") == ([60000, 750], [2400, 750])
    assert pair(document, "median_reply_time") == (30375, 1575)
    assert pair(document, "handling_time") == (61500, 3900)
    assert pair(document, "first_assignment_to_close") == (61500, 3900)
    assert pair(document, "assignment_before_reply_to_close") == (61500, 3900)
    assert clocks(document, "team_first_response_time") == [(59700, 2100)]
    assert document["closed_on_first_contact"] is True
    assert document["participating_teammate_ids"] == ["A"]
    assert document["participating_team_ids"] == ["T1"]
    assert document["started_by"] == "customer"
    assert document["bot_inbox"] is True
    assert pair(document, "bot_inbox_time") == (300, 300)
    assert pair(document, "first_response_time_without_bot") == (59700, 2100)
    assert held(document, "team_time_to_close") == [("close", "A", 62100, 4500)]
    assert held(document, "teammate_time_to_close") == [("close", "A", 61500, 3900)]
    assert held(document, "handling_time") == [("close", "A", 61500, 3900)]


def reopened() -> dict[str, Any]:
    friday, monday = "2024-03-08T", "2024-03-11T"
    return conversation(
        part("A", "assignment", local(friday + "15:10:00"), to="A"),
        part("A", "comment", local(friday + "15:30:00")),
        part("A", "close", local(friday + "15:40:00")),
        part("C", "open", local(monday + "08:30:00"), body=True),
        part("A", "assignment", local(monday + "09:10:00"), to="B"),
        part("B", "comment", local(monday + "09:15:00")),
        part("O", "close", local(monday + "11:00:00")),
        at=local(friday + "15:00:00"),
    )


def test_scenario_2_reopened_after_closing_over_a_weekend_in_which_the_clocks_change() -> None:
    document = document_of(reopened(), OFFICE_HOURS)
    assert document["statistics"] == {
        "first_contact_reply_at": 1709928000,
        "first_assignment_at": 1709928600,
        "last_assignment_at": 1710162600,
        "last_assignment_admin_reply_at": 1709928600,
        "first_admin_reply_at": 1709929800,
        "last_contact_reply_at": 1710160200,
        "last_admin_reply_at": 1710162900,
        "first_close_at": 1709930400,
        "last_close_at": 1710169200,
        "last_closed_by_id": "A",
        "count_reopens": 1,
        "count_assignments": 2,
        "count_conversation_parts": 7,
        "time_to_assignment": 600,
        "time_to_admin_reply": 1800,
        "time_to_first_close": 2400,
        "time_to_last_close": 14400,
        "reply_times": [1800, 900],
        "median_time_to_reply": 1350,
    }
    assert pair(document, "first_response_time") == (1800, 1800)
    assert pair(document, "time_to_last_close") == (241200, 14400)
    assert pair(document, "time_to_last_close_by_human") == (2400, 2400)
    assert pair(document, "reply_times") == ([1800, 2700], [1800, 900])
    assert pair(document, "median_reply_time") == (2250, 1350)
    assert pair(document, "handling_time") == (10800, 9000)
    assert document["last_closed_at"] == 1710169200
    assert document["last_closed_by_human_at"] == 1709930400
    assert document["closed_on_first_contact"] is False
    assert document["reassignments_after_first_reply"] == 1
    assert document["bot_inbox"] is False
    assert "bot_inbox_time" not in document
    assert pair(document, "first_response_time_without_bot") == (1800, 1800)
    assert document["participating_team_ids"] == []
    assert held(document, "team_time_to_close") == []
    assert held(document, "teammate_time_to_close") == [("close", "A", 1800, 1800)]
    assert pair(document, "assignment_before_reply_to_close") == (240600, 13800)
    assert held(document, "handling_time") == [
        ("close", "A", 1800, 1800),
        ("assignment", "A", 2400, 600),
        ("close", "B", 6600, 6600),
    ]


def test_scenario_2_before_the_reopening_has_the_numbers_of_its_first_cycle() -> None:
    raw = reopened()
    parts = raw["conversation_parts"]["conversation_parts"]
    raw["conversation_parts"]["conversation_parts"] = parts[:3]
    document = document_of(raw, OFFICE_HOURS)
    assert document["last_closed_at"] == 1709930400
    assert pair(document, "time_to_last_close") == (2400, 2400)
    assert document["statistics"]["count_reopens"] == 0
    assert document["statistics"]["count_conversation_parts"] == 3


@pytest.mark.parametrize("order", [*permutations((3, 4, 5, 6))])
def test_scenario_2_does_not_depend_on_the_order_in_which_the_second_cycle_arrives(
    order: tuple[int, ...],
) -> None:
    raw = reopened()
    parts = raw["conversation_parts"]["conversation_parts"]
    raw["conversation_parts"]["conversation_parts"] = [*(parts[place] for place in order), *parts[:3]]
    assert document_of(raw, OFFICE_HOURS) == document_of(reopened(), OFFICE_HOURS)


def several_assignments() -> dict[str, Any]:
    day = "2024-07-10T"
    return conversation(
        part("O", "comment", local(day + "07:50:03")),
        part("O", "assignment", local(day + "07:55:00"), to="T1"),
        part("O", "message_strategy_assignment", local(day + "09:05:00"), to="A"),
        part("A", "note", local(day + "09:30:00")),
        part("A", "assignment", local(day + "09:40:00"), to="B"),
        part("B", "comment", local(day + "10:00:00")),
        part("C", "comment", local(day + "10:20:00")),
        part("C", "comment", local(day + "10:21:00")),
        part("B", "assignment", local(day + "10:30:00"), body=True, to="D"),
        part("D", "comment", local(day + "10:50:00")),
        part("C", "comment", local(day + "11:00:00")),
        part("D", "close", local(day + "11:04:00"), body=True),
        at=local(day + "07:50:00"),
    )


def test_scenario_3_several_assignments_and_replies() -> None:
    document = document_of(several_assignments(), OFFICE_HOURS)
    assert document["statistics"] == {
        "first_contact_reply_at": 1720612200,
        "first_assignment_at": 1720612500,
        "last_assignment_at": 1720621800,
        "last_assignment_admin_reply_at": 1720618800,
        "first_admin_reply_at": 1720620000,
        "last_contact_reply_at": 1720623600,
        "last_admin_reply_at": 1720623840,
        "first_close_at": 1720623840,
        "last_close_at": 1720623840,
        "last_closed_by_id": "D",
        "count_reopens": 0,
        "count_assignments": 4,
        "count_conversation_parts": 12,
        "time_to_assignment": 2400,
        "time_to_admin_reply": 3600,
        "time_to_first_close": 7440,
        "time_to_last_close": 7440,
        "reply_times": [3600, 540, 240],
        "median_time_to_reply": 540,
    }
    assert document["last_closed_by_human_at"] == 1720623840
    assert pair(document, "first_response_time") == (7800, 3600)
    assert pair(document, "time_to_last_close") == (11640, 7440)
    assert pair(document, "time_to_last_close_by_human") == (11640, 7440)
    assert pair(document, "reply_times") == ([7800, 540, 240], [3600, 540, 240])
    assert pair(document, "median_reply_time") == (540, 540)
    assert pair(document, "handling_time") == (7140, 7140)
    assert pair(document, "first_assignment_to_close") == (7140, 7140)
    assert pair(document, "assignment_before_reply_to_close") == (5040, 5040)
    assert clocks(document, "team_first_response_time") == [(7500, 3600)]
    assert clocks(document, "teammate_first_response_time") == [(1200, 1200), (1200, 1200)]
    assert document["participating_teammate_ids"] == ["B", "D"]
    assert document["participating_team_ids"] == ["T1"]
    assert document["bot_inbox"] is True
    assert pair(document, "bot_inbox_time") == (300, 0)
    assert pair(document, "first_response_time_without_bot") == (7500, 3600)
    assert held(document, "team_time_to_close") == [("close", "D", 11340, 7440)]
    assert held(document, "teammate_time_to_close") == [("close", "D", 2040, 2040)]
    assert held(document, "handling_time") == [
        ("assignment", "A", 2100, 2100),
        ("assignment", "B", 3000, 3000),
        ("close", "D", 2040, 2040),
    ]
    assert document["reassignments_after_first_reply"] == 1
    assert document["closed_on_first_contact"] is False
    assert document["legacy"]["time_to_first_assignment"] == 300
    assert document["legacy"]["time_to_first_assignment_ooo"] == 0


def test_scenario_3_with_an_sla_has_an_outcome_for_each_reply_that_answers() -> None:
    raw = several_assignments() | {"sla_applied": {"sla_name": "Gold", "sla_status": "missed"}}
    raw["conversation_parts"]["conversation_parts"].append(
        part(
            "O",
            "conversation_sla_target_missed",
            local("2024-07-10T10:30:01"),
            event_details={"target": "next_reply_time"},
            id="13",
        )
    )
    outcomes = {
        action["at"]: (action["sla_target"], action["sla_outcome"])
        for action in document_of(raw, OFFICE_HOURS)["actions"]
        if "sla_outcome" in action
    }
    assert outcomes == {
        1720620000: ("first_reply_time", "hit"),
        1720621800: ("next_reply_time", "missed"),
        1720623840: ("next_reply_time", "hit"),
    }
