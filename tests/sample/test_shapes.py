"""The sample writes only the vendor's shapes (tests/vendor has the facts)."""

from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.sample import calls, generate, office_hours, status_changes
from tests.vendor.facts import schema

Json = dict[str, Any]

CONTACT = {"type": "contact", "id": "1"}


@cache
def validator(name: str) -> Any:
    return jsonschema_rs.validator_for(schema(name), validate_formats=True)


def faults(name: str, instance: Any) -> list[str]:
    return [
        f"{name}.{'.'.join(map(str, error.instance_path))}: {error.message}"
        for error in validator(name).iter_errors(instance)
    ]


def faults_of_conversation(conversation: Json) -> list[str]:
    found = faults("conversation", conversation)
    for part in conversation["conversation_parts"]["conversation_parts"]:
        if part["event_details"] is not None:
            found += faults(part["part_type"], part["event_details"])
    return found


def test_every_conversation_has_the_vendors_shape(conversations: list[Json]) -> None:
    assert [fault for conversation in conversations for fault in faults_of_conversation(conversation)] == []


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(-(2**31), 2**63), end=st.integers(1_000_000_000, 2_500_000_000), days=st.integers(1, 70))
def test_every_seed_and_span_has_it(seed: int, end: int, days: int) -> None:
    for conversation in generate(40, seed, end, days):
        assert faults_of_conversation(conversation) == []
    for call in calls(seed, end, days):
        assert faults("call", call) == []
    for change in status_changes(seed, end, days):
        assert faults("activity_log", change) == []


def test_office_hours_are_schedules_with_their_exceptions_beside_them() -> None:
    workspace = office_hours()
    for schedule in (workspace, *workspace.pop("teams").values()):
        for exception in schedule.pop("exceptions"):
            assert faults("office_hours_exception", exception) == []
        assert faults("office_hours_schedule", schedule) == []


@pytest.mark.parametrize(
    ("name", "instance"),
    [
        ("conversation", {"conversation_rating": {"rating": None}}),
        ("conversation", {"conversation_rating": {"rating": 5, "replied_at": 1_772_442_000}}),
        ("conversation", {"state": "pending"}),
        ("conversation", {"assignee": {"type": "admin", "id": "1"}}),
        ("conversation", {"tags": [{"type": "tag", "id": "1", "name": "vip"}]}),
        ("conversation", {"contacts": {"type": "contact.list", "contacts": [CONTACT | {"phone": "1"}]}}),
        ("conversation", {"conversation_parts": {"conversation_parts": [{"created_at": "2026-03-02"}]}}),
        ("conversation", {"external_references": [{}]}),
        ("conversation_sla_target_missed", {"target": "first_reply_time"}),
        ("call", {"team_id": "1"}),
        ("activity_log", {"activity_type": "away"}),
        ("office_hours_exception", {"exception_date": "24 December"}),
    ],
)
def test_another_shape_is_noticed(name: str, instance: Json) -> None:
    assert faults(name, instance)
