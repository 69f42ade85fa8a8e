"""Waiting, replies, reassignments and spans of conversations that are not as complete as the worked ones."""

from typing import Any

import pytest

from tests.builders import conversation, document_of, part


@pytest.mark.parametrize(
    ("parts", "since"),
    [
        ([], 0),
        ([part("C", "comment", 10)], 0),
        ([part("A", "comment", 20)], None),
        ([part("C", "comment", 10), part("A", "comment", 20), part("C", "comment", 30), part("C", "comment", 40)], 30),
        ([part("A", "comment", 20), part("C", "attribute_collected", 30), part("O", "comment", 40)], 30),
        ([part("A", "comment", 20), part("C", "comment", 30), part("A", "close", 40)], None),
    ],
    ids=["one message", "two messages", "answered", "two since the reply", "only a bot answered", "closed"],
)
def test_a_customer_waits_since_the_first_message_after_the_last_reply(parts: list[Any], since: int | None) -> None:
    assert document_of(conversation(*parts)).get("waiting_since") == since


def test_replies_to_close_leaves_out_those_after_the_last_close() -> None:
    raw = conversation(part("A", "comment", 10), part("A", "close", 20, body=True), part("A", "comment", 30))
    document = document_of(raw)
    assert (document["replies_to_close"], document["teammate_replies_count"]) == (2, 3)


def test_nothing_is_reassigned_after_a_reply_that_never_came() -> None:
    raw = conversation(part("A", "assignment", 10, to="A"), part("A", "assignment", 20, to="B"))
    assert document_of(raw)["reassignments_after_first_reply"] == 0


@pytest.mark.parametrize(
    ("part_type", "open_during"),
    [
        ("close", [{"gte": 0, "lt": 80}]),
        ("open", [{"gte": 0}]),
        ("unsnoozed", [{"gte": 0}]),
        ("assign_and_unsnooze", [{"gte": 0}]),
        ("note_and_unsnooze", [{"gte": 0}]),
    ],
)
def test_a_snooze_ends_with_what_closes_opens_or_wakes_the_conversation(
    part_type: str, open_during: list[dict[str, int]]
) -> None:
    document = document_of(conversation(part("A", "snoozed", 30), part("A", part_type, 80)))
    assert document["snoozed_during"] == [{"gte": 30, "lt": 80}]
    assert document["open_during"] == open_during


@pytest.mark.parametrize(
    ("updated_at", "end"), [(500, 500), (None, 300), (0, 300), (20, 300)], ids=["later", "not given", "zero", "earlier"]
)
def test_a_conversation_closed_without_a_part_was_open_until_its_last_change(updated_at: int | None, end: int) -> None:
    raw = conversation(part("A", "close", 50), part("C", "open", 100, body=True), part("A", "snoozed", 300))
    raw |= {"state": "closed", "updated_at": updated_at}
    document = document_of(raw)
    assert document["open_during"] == [{"gte": 0, "lt": 50}, {"gte": 100, "lt": end}]
    assert document.get("snoozed_during") == ([{"gte": 300, "lt": end}] if end > 300 else None)
    assert document["data_quality"] == ["state_mismatch"]
    assert document_of(raw | {"state": "snoozed"})["open_during"] == [{"gte": 0, "lt": 50}, {"gte": 100}]
