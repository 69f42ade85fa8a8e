"""The edge vectors E1 to E16 of the definitions, with all their numbers (24/7, so `_ooo` equals elapsed)."""

from typing import Any

import pytest

from tests.builders import conversation, document_of, part


def outbound(*parts: dict[str, Any], by: str = "A", delivered_as: str = "admin_initiated") -> dict[str, Any]:
    return conversation(*parts, by=by, delivered_as=delivered_as)


E1 = (part("A", "assignment", 5, to="A"), part("A", "close", 10))

ALL_NULL = dict.fromkeys(
    (
        "started_at", "first_response_at", "last_closed_at", "last_closed_by_human_at", "first_response_time",
        "time_to_last_close", "time_to_last_close_by_human", "reply_times", "median_reply_time", "handling_time",
        "first_assignment_to_close", "waiting_since", "replies_to_close", "open_during", "snoozed_during",
        "statistics.first_contact_reply_at", "statistics.first_assignment_at", "statistics.first_admin_reply_at",
        "statistics.first_close_at", "statistics.last_assignment_at", "statistics.last_assignment_admin_reply_at",
        "statistics.last_contact_reply_at", "statistics.last_admin_reply_at", "statistics.last_close_at",
        "statistics.last_closed_by_id", "statistics.time_to_assignment", "statistics.time_to_admin_reply",
        "statistics.time_to_first_close", "statistics.time_to_last_close", "statistics.median_time_to_reply",
        "statistics.reply_times",
    )
)  # fmt: skip

VECTORS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "E1: an outbound message that nobody answers has no times": (
        outbound(*E1),
        {
            **ALL_NULL,
            "statistics.count_reopens": 0,
            "statistics.count_assignments": 0,
            "statistics.count_conversation_parts": 2,
        },
    ),
    "E2: the contact's answer is the anchor and its reopening is not counted": (
        outbound(*E1, part("C", "open", 100, body=True), part("A", "comment", 160), part("A", "close", 200)),
        {
            "started_at": 100,
            "first_response_at": 160,
            "statistics.first_assignment_at": None,
            "statistics.first_close_at": 200,
            "statistics.count_reopens": 0,
            "statistics.count_assignments": 0,
            "statistics.count_conversation_parts": 5,
            "reply_times": [60],
        },
    ),
    "E3: a bot neither replies nor closes as a human": (
        conversation(part("O", "comment", 3), part("O", "close", 600)),
        {
            "first_response_at": None,
            "statistics.first_close_at": 600,
            "last_closed_at": 600,
            "last_closed_by_human_at": None,
            "statistics.last_closed_by_id": None,
            "reply_times": [],
            "time_to_last_close": 600,
        },
    ),
    "E4: a close with a body is a reply too": (
        conversation(part("A", "close", 50, body=True)),
        {"first_response_at": 50, "statistics.first_close_at": 50, "reply_times": [50]},
    ),
    "E5: a reply after the close does not reopen": (
        conversation(part("A", "close", 50), part("A", "comment", 60)),
        {
            "statistics.first_close_at": 50,
            "first_response_at": 60,
            "statistics.count_reopens": 0,
            "waiting_since": None,
        },
    ),
    "E6: the customer reopens and is closed without an answer": (
        conversation(
            part("A", "comment", 20),
            part("A", "close", 30),
            part("C", "open", 90, body=True),
            part("A", "close", 95),
        ),
        {
            "statistics.count_reopens": 1,
            "statistics.last_contact_reply_at": 90,
            "last_closed_at": 95,
            "statistics.time_to_first_close": 30,
            "time_to_last_close": 95,
            "reply_times": [20],
        },
    ),
    "E7: assign_and_reopen both assigns and reopens": (
        conversation(part("A", "close", 10), part("A", "assign_and_reopen", 40, to="A2"), part("A2", "comment", 70)),
        {
            "statistics.count_assignments": 1,
            "statistics.count_reopens": 1,
            "statistics.last_assignment_admin_reply_at": 40,
            "reply_times": [70],
        },
    ),
    "E8: an assignment with a body is a reply and bounds itself": (
        conversation(part("A", "assignment", 30, body=True, to="A")),
        {
            "statistics.count_assignments": 1,
            "first_response_at": 30,
            "statistics.last_assignment_admin_reply_at": 30,
            "statistics.time_to_assignment": 30,
        },
    ),
    "E9: notes and snoozes are no replies and an unsnooze is no reopen": (
        conversation(
            part("A", "note", 10),
            part("A", "snoozed", 12),
            part("O", "timer_unsnooze", 300),
            part("A", "comment", 320),
        ),
        {
            "first_response_at": 320,
            "statistics.count_reopens": 0,
            "reply_times": [320],
            "snoozed_during": [{"gte": 12, "lt": 300}],
            "open_during": [{"gte": 0}],
        },
    ),
    "E10: everything in one second is zero, not null": (
        conversation(part("A", "assignment", 0, to="A"), part("A", "comment", 0), part("A", "close", 0)),
        {
            "first_response_time": 0,
            "first_response_time_ooo": 0,
            "time_to_last_close": 0,
            "time_to_last_close_by_human": 0,
            "statistics.time_to_assignment": 0,
            "statistics.time_to_admin_reply": 0,
            "statistics.time_to_first_close": 0,
            "statistics.time_to_last_close": 0,
            "handling_time": 0,
            "first_assignment_to_close": 0,
            "assignment_before_reply_to_close": 0,
            "reply_times": [0],
            "median_reply_time": 0,
            "open_during": None,
        },
    ),
    "E11: a collected attribute anchors but does not pair once there is text": (
        outbound(
            part("O", "attribute_collector", 1),
            part("C", "attribute_collected", 8),
            part("C", "comment", 20),
            part("A", "comment", 50),
            by="O",
            delivered_as="operator_initiated",
        ),
        {
            "started_at": 8,
            "statistics.last_contact_reply_at": 20,
            "statistics.time_to_admin_reply": 42,
            "reply_times": [30],
        },
    ),
    "E12: a reply answers the last message of the run, whatever bots say in between": (
        conversation(
            part("C", "comment", 3),
            part("O", "comment", 6),
            part("O", "comment", 7),
            part("A", "comment", 100),
            part("A", "comment", 200),
        ),
        {
            "started_at": 0,
            "statistics.time_to_admin_reply": 100,
            "reply_times": [97],
            "statistics.last_admin_reply_at": 200,
        },
    ),
    "E13: redaction changes nothing": (
        conversation(
            part("A", "comment", 10, redacted=True),
            part("C", "comment", 15, redacted=True),
            part("A", "comment", 30),
        ),
        {"reply_times": [10, 15]},
    ),
    "E14: assignments before and after the first reply are told apart": (
        conversation(
            part("O", "assignment", 5, to="A"),
            part("A", "comment", 10),
            part("A", "assignment", 20, to="B"),
            part("B", "assignment", 30, to="A"),
            part("A", "comment", 40),
        ),
        {
            "statistics.last_assignment_admin_reply_at": 5,
            "statistics.last_assignment_at": 30,
            "statistics.count_assignments": 3,
            "reassignments_after_first_reply": 2,
        },
    ),
    "E15: a message that nobody has answered yet": (
        conversation(),
        {
            **ALL_NULL,
            "started_at": 0,
            "statistics.first_contact_reply_at": 0,
            "statistics.last_contact_reply_at": 0,
            "waiting_since": 0,
            "reply_times": [],
            "statistics.reply_times": [],
            "open_during": [{"gte": 0}],
        },
    ),
    "E16: an unknown part is counted and does nothing else": (
        conversation(part("A", "foo_bar", 5), part("A", "comment", 9)),
        {
            "statistics.count_conversation_parts": 2,
            "first_response_at": 9,
            "reply_times": [9],
            "data_quality": ["unknown_part_type"],
        },
    ),
}


def field(document: dict[str, Any], path: str) -> Any:
    value: Any = document
    for name in path.split("."):
        value = (value or {}).get(name)
    return value


@pytest.mark.parametrize("vector", VECTORS)
def test_an_edge_vector_has_the_numbers_of_the_definitions(vector: str) -> None:
    raw, expected = VECTORS[vector]
    document = document_of(raw)
    assert {path: field(document, path) for path in expected} == expected


def test_handling_leaves_out_the_snooze_of_e9() -> None:
    raw = conversation(
        part("O", "assignment", 0, to="A"),
        part("A", "note", 10),
        part("A", "snoozed", 12),
        part("O", "timer_unsnooze", 300),
        part("A", "comment", 320),
        part("A", "close", 400),
    )
    assert document_of(raw)["handling_time"] == 12 + 100


def test_the_literal_rule_of_reply_times_lets_a_bot_interrupt() -> None:
    raw, _ = VECTORS["E12: a reply answers the last message of the run, whatever bots say in between"]
    literal = document_of(raw, bots_interrupt=True)
    assert (literal["reply_times"], literal.get("median_reply_time")) == ([], None)


def test_a_collected_attribute_can_be_answered_if_no_text_came_after_it() -> None:
    raw = conversation(
        part("C", "comment", 3),
        part("A", "comment", 10),
        part("O", "attribute_collected", 20),
        part("A", "comment", 26),
    )
    assert document_of(raw)["reply_times"] == [7, 6]
