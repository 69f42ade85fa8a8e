"""A change of status, and the period that begins with it."""

import json
from typing import Any

import pytest

from indexer.errors import Refused
from indexer.metrics.schema import DateRange
from indexer.records import StatusChange, StatusDocument, parse_status_change, status_document
from indexer.records.teammate_status import STATUS_VERSION
from tests.records.histories import change


def parsed(raw: dict[str, Any]) -> StatusChange:
    return parse_status_change(json.dumps(raw).encode())


def activity(**metadata: Any) -> dict[str, Any]:
    return {
        "id": "f48c653b",
        "performed_by": {"type": "admin", "id": "93", "email": "joe@acme.example"},
        "metadata": {"away_mode": True, "away_status_reason": "On a break", "reassign_conversations": False} | metadata,
        "created_at": 1_734_537_253,
        "activity_type": "admin_away_mode_change",
        "activity_description": "Joe changed their Away mode",
    }


def test_a_change_in_short_says_the_same_as_the_activity_log() -> None:
    short = change("f48c653b", "93", "away", 1_734_537_253) | {"reason": "On a break"}
    assert parsed(short) == parsed(activity())


@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ({"away_mode": False}, "active"),
        ({"away_mode": False, "reassign_conversations": True}, "active"),
        ({"away_mode": True}, "away"),
        ({"away_mode": True, "reassign_conversations": None}, "away"),
        ({"away_mode": True, "reassign_conversations": True}, "away_reassign"),
    ],
)
def test_the_activity_log_says_a_status_with_two_marks(metadata: dict[str, Any], status: str) -> None:
    assert parsed(activity(**metadata)).status == status


def test_both_names_of_reassigning_mean_the_same() -> None:
    assert parsed(change("1", "9", "away_reassigning", 5)).status == "away_reassign"


def test_a_change_whose_time_is_0_came_when_it_was_written() -> None:
    assert parsed(change("1", "9", "away", 0) | {"created_at": 7}).at == 7


def test_a_period_lasts_until_the_next_change() -> None:
    document = status_document(parsed(change("1", "9", "active", 100)), "w", 160, 7)
    assert document == StatusDocument(
        workspace_id="w",
        status_id="1",
        metrics_version=STATUS_VERSION,
        teammate_id="9",
        status="active",
        started_at=100,
        revision=7,
        ended_at=160,
        during=DateRange(100, 160),
        during_from=100,
        during_until=160,
    )


def test_the_last_period_has_no_end() -> None:
    document = status_document(parsed(change("1", "9", "active", 100)), "w", None)
    assert (document.ended_at, document.during, document.during_until) == (None, DateRange(100), None)


def test_a_status_that_was_never_in_force_is_not_a_period() -> None:
    document = status_document(parsed(change("1", "9", "active", 100)), "w", 100)
    assert (document.started_at, document.ended_at, document.during, document.during_from) == (100, 100, None, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"admin_id": "9", "status": "away", "at": 5}, "id: is missing"),
        ({"id": "1", "status": "away", "at": 5}, "admin_id: is missing"),
        ({"id": "1", "admin_id": "9", "status": "asleep", "at": 5}, "status: is 'asleep'"),
        ({"id": "1", "admin_id": "9", "status": ["away"], "at": 5}, "status: is "),
        ({"id": "1", "admin_id": "9", "status": "away"}, "created_at: is missing"),
        (activity() | {"activity_type": "app_name_change"}, "activity_type: is 'app_name_change'"),
        (activity(away_mode=None), "metadata.away_mode"),
        (activity(reassign_conversations="yes"), "metadata.reassign_conversations: is neither true nor false"),
        ({"id": "1", "admin_id": [9], "status": "away", "at": 5}, "admin_id: is a list, not an id"),
        ({"id": "1", "admin_id": "9", "status": "away", "at": 0}, "created_at: is missing"),
        (change("1", "9", "away", 5) | {"type": "call"}, "type: is 'call', not 'activity_log'"),
        (activity() | {"performed_by": None}, "performed_by: is null"),
    ],
)
def test_a_record_that_is_not_a_change_of_status_is_refused_with_its_place(raw: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parsed(raw)
