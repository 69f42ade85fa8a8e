"""A conversation that a merge closed without a part is in no backlog, and has no other effect."""

from typing import Any

import pytest

from tests.builders import conversation, document_of, part

START = 1_772_442_000
UPDATED = START + 86_400


def merged(*more: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return conversation(
        part("A", "comment", START + 600),
        *more,
        part("A", "merged_primary_conversation", START + 900),
        at=START,
        **{"updated_at": UPDATED, "state": "closed", **facts},
    )


def test_a_conversation_that_says_it_is_closed_is_open_until_its_last_change() -> None:
    document = document_of(merged())
    assert document["open_during"] == [{"gte": START, "lt": UPDATED}]
    assert document["data_quality"] == ["state_mismatch"]


def test_a_last_event_after_the_last_change_ends_it() -> None:
    assert document_of(merged(updated_at=START + 5))["open_during"] == [{"gte": START, "lt": START + 900}]
    assert document_of(merged(updated_at=None))["open_during"] == [{"gte": START, "lt": START + 900}]


def test_a_span_without_length_is_left_out() -> None:
    document = document_of(conversation(at=START, state="closed"))
    assert "open_during" not in document
    assert document["data_quality"] == ["state_mismatch"]


def test_a_snooze_ends_with_it() -> None:
    document = document_of(merged(part("A", "snoozed", START + 700)))
    assert document["snoozed_during"] == [{"gte": START + 700, "lt": UPDATED}]
    assert document["open_during"] == [{"gte": START, "lt": UPDATED}]


def test_only_the_spans_change() -> None:
    parts = [part("A", "assignment", START + 300, to="A"), part("C", "comment", START + 800)]
    closed, says_nothing = document_of(merged(*parts)), document_of(merged(*parts, state=None))
    changed = {"state", "open_during", "data_quality"}
    assert {name: value for name, value in closed.items() if name not in changed} == {
        name: value for name, value in says_nothing.items() if name not in changed
    }
    assert closed["waiting_since"] == START + 800
    assert not {"handling_time", "last_closed_at", "replies_to_close"} & closed.keys()


@pytest.mark.parametrize(
    ("last", "state", "flagged"),
    [
        ("close", "closed", False),
        ("close", "open", True),
        ("close", "snoozed", True),
        ("open", "open", False),
        ("open", "snoozed", True),
        ("open", "closed", True),
        ("snoozed", "snoozed", False),
        ("snoozed", "open", True),
        ("snoozed", "closed", True),
        ("close", None, False),
        ("close", "pending", True),
    ],
)
def test_the_flag_says_wherever_the_two_states_disagree(last: str, state: str | None, *, flagged: bool) -> None:
    document = document_of(conversation(part("A", last, START + 60), at=START, state=state))
    assert document.get("data_quality") == (["state_mismatch"] if flagged else None)
    assert ("lt" in document["open_during"][-1]) is (last == "close" or state == "closed")


def test_if_the_customer_never_wrote_there_is_nothing_to_compare() -> None:
    outbound = conversation(
        part("A", "comment", START + 60), by="A", delivered_as="admin_initiated", at=START, state="closed"
    )
    assert not {"data_quality", "open_during"} & document_of(outbound).keys()
