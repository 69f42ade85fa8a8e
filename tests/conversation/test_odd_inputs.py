"""What holds of every input, however odd: both ways of reading it agree, and an oddity costs its value and no more."""

from copy import deepcopy
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer.conversation import parse_conversation, redacted, wire
from indexer.conversation.decoding import decoded
from indexer.conversation.parsing import conversation_of
from indexer.conversation.present import is_of_the_present
from indexer.conversation.tolerant import conversation_from
from indexer.errors import Refused
from indexer.metrics import reporting_document
from tests.builders import conversation, document_of, part
from tests.conversation.odd_values import FACTS, IDS, LITERALS, ODD_PARTS, TIMES, TYPES, Json, odd_conversations
from tests.metrics.strategies import START

FLAGS = {
    "parts_truncated", "parts_missing", "clock_skew", "unknown_part_type", "duplicate_part", "state_mismatch",
    "assignee_unknown", "unreadable_id", "sla_target_unknown", "sla_status_unknown", "rating_unknown",
}  # fmt: skip
NEEDED = ("id", "created_at", "conversation_parts", "ticket_parts", "type")


def document(payload: bytes, *, tolerantly: bool = False) -> Any:
    """The document, or the reason why there is none."""
    try:
        found = conversation_of(conversation_from(decoded(payload))) if tolerantly else parse_conversation(payload)
    except Refused as refused:
        return refused.path, refused.reason
    return msgspec.json.decode(msgspec.json.encode(reporting_document(found, "w")))


@settings(max_examples=600)
@given(odd_conversations())
def test_both_ways_of_reading_agree_on_every_input(raw: Json) -> None:
    payload = orjson.dumps(raw)
    assert document(payload) == document(payload, tolerantly=True)


def test_the_inputs_of_these_tests_are_read_in_both_ways() -> None:
    raw = conversation(part("A", "comment", START + 5), at=START, **FACTS)
    assert is_of_the_present(wire.DECODER.decode(orjson.dumps(raw)))
    assert not is_of_the_present(wire.DECODER.decode(orjson.dumps(raw | {"user": {"id": 1}})))


@given(odd_conversations())
def test_flags_are_those_that_are_described_each_once(raw: Json) -> None:
    found = document(orjson.dumps(raw))
    assume(isinstance(found, dict))
    flags = found.get("data_quality", [])
    assert set(flags) <= FLAGS
    assert len(flags) == len(set(flags))


@given(odd_conversations(most=6))
def test_only_a_field_that_is_needed_costs_the_conversation(raw: Json) -> None:
    found = document(orjson.dumps(raw))
    if isinstance(found, tuple):
        path, reason = found
        assert path.startswith(NEEDED) or path.endswith("_at"), found
        assert reason


@given(odd_conversations(most=6))
def test_ratings_resolutions_and_sla_outcomes_are_valid_or_left_out(raw: Json) -> None:
    found = document(orjson.dumps(raw))
    assume(isinstance(found, dict))
    assert found.get("rating", {}).get("score") in (None, 1, 2, 3, 4, 5)
    assert ("rated_at" in found.get("rating", {})) <= ("score" in found.get("rating", {}))
    assert found.get("ai", {}).get("rating") in (None, 1, 2, 3, 4, 5)
    assert found.get("ai", {}).get("resolution_state") not in ("routed_to_team", "abandoned")
    outcomes = {action["sla_outcome"] for action in found.get("actions", ()) if "sla_outcome" in action}
    if outcomes:
        sla = found["sla"]
        assert sla["name"]
        assert sla["status"] in ("hit", "missed", "active")
        assert sla["status"] != "missed" or sla["missed_targets"]
        assert not {"sla_target_unknown", "sla_status_unknown"} & set(found.get("data_quality", ()))


@given(odd_conversations(most=6))
def test_a_conversation_that_says_it_is_closed_is_not_open(raw: Json) -> None:
    found = document(orjson.dumps(raw | {"state": "closed"}))
    assume(isinstance(found, dict))
    assert found["state"] == "closed"
    assert all("lt" in span for span in found.get("open_during", ()))


@given(odd_conversations())
def test_times_of_a_document_are_between_1970_and_2100(raw: Json) -> None:
    found = document(orjson.dumps(raw))
    assume(isinstance(found, dict))

    def times(value: Any) -> list[int]:
        if isinstance(value, list):
            return [at for one in value for at in times(one)]
        if not isinstance(value, dict):
            return []
        own = [one for name, one in value.items() if name.endswith("_at") and name != "custom"]
        return own + [at for name, one in value.items() if name != "custom" for at in times(one)]

    assert all(type(at) is int and 0 < at < 4_102_444_800 for at in times(found))


@given(odd_conversations())
def test_a_redacted_conversation_has_the_same_numbers_however_odd_it_was(raw: Json) -> None:
    payload = orjson.dumps(raw)
    found = document(payload)
    assume(isinstance(found, dict))
    found.pop("title", None)
    for holder, remark in (("rating", "remark"), ("ai", "rating_remark")):
        found.get(holder, {}).pop(remark, None)
        if not found.get(holder, True):
            del found[holder]
    left = document(redacted(payload))
    assert {name: value for name, value in left.items() if name != "custom"} == {
        name: value for name, value in found.items() if name != "custom"
    }


@given(odd_conversations())
def test_without_the_parts_no_metric_is_made_of_them(raw: Json) -> None:
    for name in ("conversation_parts", "ticket_parts"):
        raw.pop(name, None)
    found = document(orjson.dumps(raw))
    assume(isinstance(found, dict))
    assert "parts_missing" in found["data_quality"]
    assert found["statistics"].keys() <= {"count_conversation_parts"}
    assert found["legacy"].keys() <= {"conversation_created_at", "thread_created_at", "message_type"}
    assert found.keys() <= {
        "workspace_id", "conversation_id", "metrics_version", "office_hours_id", "created_at", "updated_at",
        "statistics", "legacy", "data_quality", *FACTS_OF_THE_DOCUMENT,
    }  # fmt: skip


FACTS_OF_THE_DOCUMENT = (
    "title", "state", "channel", "delivered_as", "priority", "team_assigned_id", "teammate_assigned_id", "tags",
    "contact_ids", "company_ids", "country", "continent", "custom", "rating", "sla", "ai",
)  # fmt: skip


@pytest.mark.parametrize("number", ["1" + "0" * 5_000, "1e400", "-1e400", "1" * 40])
@pytest.mark.parametrize("place", ['"x":%s', '"title":%s', '"tags":[%s]', '"custom_attributes":{"a":{"b":%s}}'])
def test_a_number_that_is_too_large_costs_itself_and_no_more(number: str, place: str) -> None:
    payload = b'{"id":"1","created_at":5,"conversation_parts":[],' + (place % number).encode() + b"}"
    assert document(payload)["conversation_id"] == "1"


def with_all(name: str, value: object, raw: Any) -> Any:
    """The same with that value in every field of that name or ending."""
    if isinstance(raw, list):
        return [with_all(name, value, one) for one in raw]
    if not isinstance(raw, dict):
        return raw
    return {key: value if key.endswith(name) else with_all(name, value, one) for key, one in raw.items()}


@pytest.mark.parametrize("value", [*IDS, *TYPES, *TIMES, *LITERALS], ids=repr)
@pytest.mark.parametrize("name", ["id", "type", "name", "rating", "status", "body", "author", "assigned_to", "country"])
def test_one_odd_value_in_every_field_of_a_name_is_read_the_same_in_both_ways(name: str, value: object) -> None:
    parts = [
        part("A", "assignment", START + 5, to="B"),
        part("C", "comment", START + 9),
        part("A", "close", START + 10),
    ]
    raw = conversation(*parts, at=START, **deepcopy(FACTS))
    odd = {key: raw[key] if key in ("id", "type") else one for key, one in with_all(name, value, raw).items()}
    found = document(orjson.dumps(odd))
    assert found == document(orjson.dumps(odd), tolerantly=True)
    assert found["conversation_id"] == "1"
    assert found["legacy"]["conversation_created_at"] == START


@pytest.mark.parametrize("empty", [{}, [], None], ids=repr)
@pytest.mark.parametrize("name", sorted(name for name, value in FACTS.items() if isinstance(value, dict)))
def test_an_empty_object_is_read_the_same_in_both_ways(name: str, empty: object) -> None:
    raw = conversation(*deepcopy(ODD_PARTS[:4]), at=START, **deepcopy(FACTS) | {name: empty})
    found = document(orjson.dumps(raw))
    assert found == document(orjson.dumps(raw), tolerantly=True)
    assert found["conversation_id"] == "1"


@given(st.sampled_from([one for one in TIMES if isinstance(one, (int, float)) and 1 <= one < 4_102_444_800]))
def test_a_time_is_the_same_in_all_of_its_forms(at: float) -> None:
    whole = document_of({"id": "1", "created_at": int(at)})
    for written in (at, int(at) * 1000, str(int(at)) if at >= 100_000_000 else at):
        assert document_of({"id": "1", "created_at": written}) == whole
