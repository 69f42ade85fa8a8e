"""A ticket that its state has resolved is not open any more, though no part closed it."""

from typing import Any

import pytest

from tests.builders import document_of, part

START = 1_772_442_000


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "type": "ticket",
        "id": "tk1",
        "created_at": START,
        "updated_at": START + 9000,
        "open": False,
        "snoozed_until": None,
        "ticket_state": {"type": "ticket_state", "id": "4", "category": "resolved"},
        "ticket_attributes": {"_default_title_": "Label printer prints twice", "Count": 3},
        "admin_assignee_id": 11,
        "team_assignee_id": 0,
        "ticket_parts": {
            "type": "ticket_part.list",
            "total_count": 3,
            "ticket_parts": [
                part("C", "comment", START + 60, id="2"),
                part("A", "comment", START + 3600, id="3"),
                part("A", "ticket_state_updated_by_admin", START + 7200, id="4", ticket_state="resolved"),
            ],
        },
        **more,
    }


def test_a_resolved_ticket_is_closed_since_its_last_change_and_says_that_its_parts_do_not() -> None:
    document = document_of(ticket())
    assert (document["state"], document["title"]) == ("closed", "Label printer prints twice")
    assert document["open_during"] == [{"gte": START + 60, "lt": START + 9000}]
    assert document["data_quality"] == ["state_mismatch"]


@pytest.mark.parametrize("own", [{"open": True}, {"open": True, "snoozed_until": 0}])
def test_a_ticket_that_is_open_is_open(own: dict[str, Any]) -> None:
    document = document_of(ticket(**own))
    assert (document["state"], document["open_during"]) == ("open", [{"gte": START + 60}])
    assert "data_quality" not in document


@pytest.mark.parametrize("is_open", [True, False])
def test_a_ticket_that_is_snoozed_is_not_closed(*, is_open: bool) -> None:
    document = document_of(ticket(open=is_open, snoozed_until=START + 90_000))
    assert (document["state"], document["open_during"]) == ("snoozed", [{"gte": START + 60}])
    assert document["data_quality"] == ["state_mismatch"]


def test_a_ticket_without_a_title_has_none() -> None:
    assert "title" not in document_of(ticket(ticket_attributes={"Count": 3}))
    assert document_of(ticket(title="Its own"))["title"] == "Its own"
