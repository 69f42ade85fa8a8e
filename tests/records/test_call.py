"""A call's JSON, and its document."""

import json
from typing import Any

import pytest

from indexer.errors import Refused
from indexer.office_hours import ALWAYS_OPEN, parse_office_hours
from indexer.records import CallDocument, call_document, parse_call
from indexer.records.call import CALL_VERSION
from tests.records.histories import call

MONDAY_NINE = 1_709_542_800  # 4 March 2024, 09:00 UTC
NINE_TO_FIVE = parse_office_hours(
    {
        "time_zone_name": "UTC",
        "twenty_four_seven": False,
        "time_intervals": [{"start_minute": 9 * 60, "end_minute": 17 * 60}],
    }
)


def document(raw: dict[str, Any], office_hours: Any = ALWAYS_OPEN) -> CallDocument:
    return call_document(parse_call(json.dumps(raw).encode()), "w", office_hours, 7)


def test_a_call_as_the_api_gives_it_has_all_its_facts() -> None:
    found = document(
        {
            "type": "call",
            "id": 123,
            "conversation_id": "456",
            "admin_id": 789,
            "contact_id": "6762f0dd",
            "state": "completed",
            "initiated_at": 1_734_537_437,
            "answered_at": 1_734_537_440,
            "ended_at": 1_734_537_530,
            "created_at": 1_734_537_437,
            "updated_at": 1_734_537_531,
            "recording_url": "https://api.example/recording",
            "call_type": "phone",
            "direction": "outbound",
            "ended_reason": "answered",
            "phone": "+15551234567",
        }
    )
    assert found == CallDocument(
        workspace_id="w",
        call_id="123",
        metrics_version=CALL_VERSION,
        office_hours_id="24/7",
        initiated_at=1_734_537_437,
        in_office_hours=True,
        revision=7,
        updated_at=1_734_537_531,
        answered_at=1_734_537_440,
        ended_at=1_734_537_530,
        duration=93,
        state="completed",
        outcome="answered",
        direction="outbound",
        call_type="phone",
        ended_reason="answered",
        teammate_id="789",
        contact_id="6762f0dd",
        conversation_id="456",
    )


def test_the_time_of_creation_stands_for_a_beginning_that_is_not_given() -> None:
    raw = {"id": "1", "created_at": 500, "initiated_at": None, "ended_at": 560}
    assert (document(raw).initiated_at, document(raw).duration) == (500, 60)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({}, None),
        ({"state": "ringing"}, None),
        ({"answered_at": 101}, "answered"),
        ({"state": "completed", "answered_at": 101}, "answered"),
        ({"state": "Voicemail_Left"}, "voicemail_left"),
        ({"state": "completed", "ended_reason": "abandoned_in_queue"}, "abandoned_in_queue"),
        ({"state": "abandoned_on_hold", "answered_at": 101}, "abandoned_on_hold"),
    ],
)
def test_the_outcome_of_a_call_comes_from_its_state_or_its_end(said: dict[str, Any], outcome: str | None) -> None:
    assert document(call("1", 100, **said)).outcome == outcome


def test_ids_of_a_call_may_be_numbers_with_a_fraction_of_0_and_what_is_not_an_id_is_none() -> None:
    found = document(call("1", 100, admin_id=11.0, team_id=7.5, contact_id=True, conversation_id=0))
    assert (found.teammate_id, found.team_id, found.contact_id, found.conversation_id) == ("11", None, None, None)


def test_a_call_whose_beginning_is_0_began_when_it_was_written() -> None:
    assert document(call("1", 0, created_at=1_734_537_437_000)).initiated_at == 1_734_537_437


def test_a_running_call_has_no_duration_and_a_call_that_ends_before_it_begins_lasts_0_seconds() -> None:
    assert document(call("1", 100)).duration is None
    assert document(call("1", 100, ended_at=90)).duration == 0


@pytest.mark.parametrize(
    ("offset", "within"), [(-1, False), (0, True), (8 * 3600 - 1, True), (8 * 3600, False), (24 * 3600, False)]
)
def test_a_call_lies_in_office_hours_by_the_second_in_which_it_began(offset: int, *, within: bool) -> None:
    found = document(call("1", MONDAY_NINE + offset, ended_at=MONDAY_NINE + offset + 7200), NINE_TO_FIVE)
    assert found.in_office_hours is within
    assert found.office_hours_id == NINE_TO_FIVE.id


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is a list, not an object"),
        (b'{"initiated_at": 1}', "id: is missing"),
        (b'{"id": "1\\u0000", "initiated_at": 1}', "id: holds a NUL"),
        (b'{"id": "1"}', "created_at: is missing"),
        (b'{"id": 1.5, "initiated_at": 1}', "id: is 1.5, not a whole number"),
        (b'{"id": [], "initiated_at": 1}', "id: is a list, not an id"),
        (b'{"id": "1", "initiated_at": 0, "created_at": 0}', "created_at: 0 is not a time"),
        (b'{"id": "1", "initiated_at": 173453743700}', "initiated_at: 173453743700 is not a time between"),
        (b'{"id": "1", "initiated_at": 1, "ended_at": "soon"}', "ended_at"),
        (b'{"id": "1", "initiated_at": 1, "type": "conversation"}', "type: is 'conversation', not 'call'"),
    ],
)
def test_a_record_that_is_not_a_call_is_refused_with_its_place(payload: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse_call(payload)
