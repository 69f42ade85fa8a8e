"""When a bot had a conversation first, and until when."""

from typing import Any

import pytest

from tests.builders import conversation, document_of, part

OUTBOUND = {"by": "A", "delivered_as": "admin_initiated"}
FIN = part("O", "comment", 5)


def bot_inbox(raw: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Whether there was one, its time, and the first response time without it."""
    document = document_of(raw)
    return (
        document.get("bot_inbox"),
        document.get("bot_inbox_time"),
        document.get("first_response_time_without_bot"),
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(
            conversation(FIN, part("O", "assignment", 60, to="T1"), part("A", "comment", 100)),
            (True, 60, 40),
            id="handed over to a team",
        ),
        pytest.param(
            conversation(FIN, part("O", "assignment", 60, to="A"), part("A", "comment", 100)),
            (True, 60, 40),
            id="handed over to a teammate",
        ),
        pytest.param(conversation(FIN, part("A", "comment", 100)), (True, 100, 0), id="a teammate steps in"),
        pytest.param(
            conversation(part("O", "assignment", 60, body=True, to="T1"), part("A", "comment", 100)),
            (True, 60, 40),
            id="what the bot says as it hands over counts",
        ),
        pytest.param(
            conversation(part("O", "assignment", 60, to="T1"), part("O", "comment", 70), part("A", "comment", 100)),
            (False, None, 100),
            id="what a bot says later does not",
        ),
        pytest.param(
            conversation(part("O", "attribute_collector", 5), part("A", "comment", 100)),
            (False, None, 100),
            id="a form is nothing that a bot says",
        ),
        pytest.param(
            conversation(FIN, part("A", "assignment", 60, to="nobody"), part("A", "comment", 100)),
            (True, 100, 0),
            id="an unassignment hands nothing over",
        ),
        pytest.param(
            conversation(FIN, part("A", "note", 60), part("A", "comment", 100)),
            (True, 100, 0),
            id="nor does a note",
        ),
        pytest.param(conversation(FIN), (True, None, None), id="the bot has it still"),
        pytest.param(
            conversation(FIN, part("O", "close", 60)), (True, None, None), id="the bot closed it and nobody took over"
        ),
        pytest.param(conversation(), (False, None, None), id="nobody has done anything"),
        pytest.param(
            conversation(
                part("A", "assignment", 1, to="T1"),
                part("C", "open", 10, body=True),
                part("O", "comment", 12),
                part("A", "comment", 50),
                **OUTBOUND,
            ),
            (False, None, 40),
            id="a team had it when the customer wrote",
        ),
        pytest.param(
            conversation(part("A", "assignment", 1, to="T1"), part("A", "comment", 50), **OUTBOUND),
            (None, None, None),
            id="without an anchor there is nothing to say",
        ),
    ],
)
def test_the_bot_inbox_ends_with_the_hand_over_to_people(raw: dict[str, Any], expected: tuple[Any, Any, Any]) -> None:
    assert bot_inbox(raw) == expected


def test_a_conversation_that_is_assigned_to_a_bot_is_in_its_inbox_without_a_word() -> None:
    operator = {"type": "admin", "id": "7"}
    assigned = part("A", "default_assignment", 1, assigned_to=operator)
    raw = conversation(assigned, part("O", "assignment", 60, to="T1"), part("A", "comment", 100))
    assert document_of(raw, bot_admin_ids=frozenset({"7"}))["bot_inbox_time"] == 60
    assert document_of(raw)["bot_inbox"] is False
    before = conversation(
        part("A", "assignment", 1, to="T1"),
        part("A", "assignment", 2, assigned_to=operator),
        part("C", "comment", 10),
        part("A", "comment", 100),
        **OUTBOUND,
    )
    assert document_of(before, bot_admin_ids=frozenset({"7"}))["bot_inbox_time"] == 90
    assert document_of(before)["bot_inbox"] is False


def test_who_started_it_is_said_of_what_has_started() -> None:
    assert document_of(conversation())["started_by"] == "customer"
    answered = conversation(part("C", "open", 10, body=True), **OUTBOUND)
    assert document_of(answered)["started_by"] == "reply"
    assert "started_by" not in document_of(conversation(part("A", "comment", 10), **OUTBOUND))
