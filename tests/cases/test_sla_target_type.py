"""A missed target of an SLA is under `sla_target_type`; if it is missing, no reply is a hit."""

from typing import Any

import pytest

from tests.builders import conversation, document_of, part

START = 1_772_442_000


def under_an_sla(*misses: dict[str, Any], status: str | None = "missed", name: str | None = "Gold") -> dict[str, Any]:
    """A first reply after half an hour, and a second one 100 seconds after the customer wrote again."""
    return conversation(
        part("O", "conversation_sla_applied_by_rule", START + 10),
        part("A", "comment", START + 1800),
        *misses,
        part("C", "comment", START + 2000),
        part("A", "comment", START + 2100),
        part("A", "close", START + 2200),
        at=START,
        state="closed",
        sla_applied={"type": "conversation_sla_summary", "sla_name": name, "sla_status": status},
    )


def missed(**details: Any) -> dict[str, Any]:
    return part("O", "conversation_sla_target_missed", START + 1800, event_details=details)


def outcomes(document: dict[str, Any]) -> list[tuple[int, Any]]:
    replies = [action for action in document["actions"] if action["kind"] == "reply"]
    return [(action["at"] - START, action.get("sla_outcome")) for action in replies]


@pytest.mark.parametrize("name", ["sla_target_type", "target"])
def test_a_miss_names_its_target_and_is_the_outcome_of_that_reply(name: str) -> None:
    states = {"first_reply_time": {"status": "missed", "seconds_remaining": None}}
    document = document_of(under_an_sla(missed(**{name: "first_reply_time"}, sla_name="Gold", sla_states=states)))
    assert document["sla"] == {"name": "Gold", "status": "missed", "missed_targets": ["first_reply_time"]}
    assert outcomes(document) == [(1800, "missed"), (2100, "hit")]
    assert "data_quality" not in document


@pytest.mark.parametrize(
    ("misses", "targets"),
    [
        ([missed()], ["unknown"]),
        ([missed(sla_target_type=None)], ["unknown"]),
        ([missed(sla_target_type=5)], ["unknown"]),
        ([missed(sla_target_type="a_new_target")], ["a_new_target"]),
        ([missed(sla_target_type="first_reply_time"), missed()], ["first_reply_time", "unknown"]),
        ([], None),
    ],
    ids=["no details", "null", "a number", "a new one", "one of two", "no record of it"],
)
def test_a_miss_of_an_unknown_target_gives_no_reply_an_outcome_and_counts_as_a_miss(
    misses: list[dict[str, Any]], targets: list[str] | None
) -> None:
    document = document_of(under_an_sla(*misses))
    assert outcomes(document) == [(1800, None), (2100, None)]
    assert document["data_quality"] == ["sla_target_unknown"]
    assert (document["sla"]["status"], document["sla"].get("missed_targets")) == ("missed", targets)


def test_one_name_of_the_target_is_enough() -> None:
    document = document_of(under_an_sla(missed(sla_target_type={}, target="next_reply_time")))
    assert document["sla"]["missed_targets"] == ["next_reply_time"]
    assert outcomes(document) == [(1800, "hit"), (2100, "missed")]


def test_replies_are_under_an_sla_only_if_one_is_named() -> None:
    document = document_of(under_an_sla(name=None, status="hit"))
    assert outcomes(document) == [(1800, None), (2100, None)]
    assert "data_quality" not in document


def test_a_status_that_is_not_known_gives_no_outcome() -> None:
    document = document_of(under_an_sla(status="breached"))
    assert outcomes(document) == [(1800, None), (2100, None)]
    assert document["data_quality"] == ["sla_status_unknown"]


def test_a_superseded_version_of_a_part_misses_no_target() -> None:
    versions = [
        missed(sla_target_type="first_reply_time") | {"id": "9", "updated_at": START + 1800},
        missed(sla_target_type="next_reply_time") | {"id": "9", "updated_at": START + 1900},
    ]
    for order in (versions, versions[::-1]):
        document = document_of(under_an_sla(*order))
        assert document["sla"]["missed_targets"] == ["next_reply_time"]
        assert outcomes(document) == [(1800, "hit"), (2100, "missed")]
