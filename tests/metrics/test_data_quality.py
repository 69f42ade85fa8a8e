"""The flags for values that the document cannot have or the index cannot find."""

from typing import Any

import pytest

from indexer.metrics.data_quality import MOST_ACTIONS
from tests.builders import conversation, document_of, part

CLOSED, SNOOZED = part("A", "close", 9), part("A", "snoozed", 9)


@pytest.mark.parametrize(("notes", "flags"), [(MOST_ACTIONS - 1, None), (MOST_ACTIONS, ["actions_cut"])])
def test_a_document_has_the_first_ten_thousand_actions_and_the_numbers_of_all(
    notes: int, flags: list[str] | None
) -> None:
    noted = [part("A", "note", 10 + number) for number in range(notes)]
    document = document_of(conversation(*noted, part("A", "close", 50_000), state="closed"))
    assert len(document["actions"]) == MOST_ACTIONS
    assert document["actions"][0]["at"] == 10
    assert document.get("data_quality") == flags
    assert document["statistics"]["count_conversation_parts"] == notes + 1
    assert document["statistics"]["last_close_at"] == 50_000


@pytest.mark.parametrize(
    "more",
    [
        {"title": "t" * 8_192},
        {"tags": {"tags": [{"id": "1", "name": "Billing"}, {"id": "2", "name": "\N{GRINNING FACE}" * 4_096}]}},
        {"sla_applied": {"sla_name": "s" * 8_192, "sla_status": "hit"}},
        {"ai_agent": {"source_title": "s" * 8_192}},
        {"contacts": {"contacts": [{"id": "c", "location": {"country": "c" * 8_192}}]}},
        {"custom_attributes": {"a": ["v" * 8_192]}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_text_that_is_too_long_to_be_found_has_a_flag(more: dict[str, object]) -> None:
    assert document_of(conversation(**more))["data_quality"] == ["value_too_long"]


def test_a_text_at_the_limit_has_none() -> None:
    longest = "t" * 8_191
    tags = {"tags": [{"id": "1", "name": "\N{GRINNING FACE}" * 4_095}]}
    document = document_of(conversation(title=longest, tags=tags, custom_attributes={"a": longest}))
    assert "data_quality" not in document


@pytest.mark.parametrize(
    ("raw", "flags"),
    [
        (conversation(CLOSED, state="open"), ["state_mismatch"]),
        (conversation(CLOSED, state="closed"), None),
        (conversation(CLOSED), None),
        (conversation(state="open"), None),
        (conversation(state="snoozed"), ["state_mismatch"]),
        (conversation(SNOOZED, state="snoozed"), None),
        (conversation(SNOOZED, state="open"), ["state_mismatch"]),
        (conversation(by="A", delivered_as="admin_initiated", state="closed"), None),
    ],
    ids=[
        "closed by a part alone",
        "closed",
        "no state given",
        "open",
        "not snoozed by a part",
        "snoozed",
        "snoozed by a part alone",
        "no anchor",
    ],
)
def test_a_state_that_the_parts_do_not_lead_to_has_a_flag(raw: dict[str, Any], flags: list[str] | None) -> None:
    assert document_of(raw).get("data_quality") == flags


@pytest.mark.parametrize(
    ("of_conversation", "of_agent", "flags"),
    [
        (5, 1, None),
        (None, None, None),
        (6, 5, ["rating_unknown"]),
        (5, 6, ["rating_unknown"]),
        (0, 0, ["rating_unknown"]),
    ],
)
def test_a_rating_other_than_1_to_5_has_a_flag(
    of_conversation: int | None, of_agent: int | None, flags: list[str] | None
) -> None:
    raw = conversation(conversation_rating={"rating": of_conversation}, ai_agent={"rating": of_agent})
    assert document_of(raw).get("data_quality") == flags


def test_an_attribute_that_is_left_out_has_a_flag_beside_the_others() -> None:
    raw = conversation(CLOSED, state="open", custom_attributes={"a\0b": 1, "plan": "v" * 8_192})
    assert document_of(raw)["data_quality"] == ["state_mismatch", "attribute_left_out", "value_too_long"]


@pytest.mark.parametrize(
    ("applied", "flags"),
    [
        ({"sla_name": "Gold", "sla_status": "hit"}, None),
        ({"sla_name": "Gold", "sla_status": "cancelled"}, None),
        ({"sla_name": "Gold", "sla_status": "paused"}, ["sla_status_unknown"]),
        ({"sla_name": "Gold", "sla_status": "missed"}, ["sla_target_unknown"]),
        ({"sla_name": "Gold"}, None),
        ({"sla_status": "paused"}, None),
    ],
)
def test_an_sla_whose_outcomes_cannot_be_told_has_a_flag(applied: dict[str, str], flags: list[str] | None) -> None:
    document = document_of(conversation(part("A", "comment", 5), sla_applied=applied))
    assert document.get("data_quality") == flags
    outcomes = [action.get("sla_outcome") for action in document["actions"]]
    assert outcomes == (["hit"] if applied == {"sla_name": "Gold", "sla_status": "hit"} else [None])
