"""If the three pipelines differ, a rule of their definitions is always the reason."""

import gzip
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.datasets.field import Pipeline
from indexer.differences.pair import Pair, pairs_between
from indexer.differences.reason import Reason
from indexer.differences.reasons import Hours, reasons_of
from indexer.differences.tolerance import EXACT
from indexer.dotted_paths import value_at
from indexer.office_hours import ALWAYS_OPEN, OfficeHours, parse_office_hours
from indexer.sample import generate, office_hours
from tests.builders import conversation, document_of, parsed, part
from tests.metrics.strategies import conversations
from tests.metrics.test_edge_vectors import VECTORS

INCIDENTS = Path(__file__).parents[3] / "shared" / "data" / "incidents.ndjson.gz"
HOURS = parse_office_hours(office_hours())
COMPARED: list[tuple[Pipeline, Pipeline]] = [("new", "legacy"), ("new", "rest"), ("rest", "legacy"), ("legacy", "new")]


def differing_pairs(document: dict[str, Any], left: Pipeline, right: Pipeline) -> list[Pair]:
    return [one for one in pairs_between(left, right) if value_at(document, one[0]) != value_at(document, one[1])]


def reasons_between(raw: dict[str, Any]) -> dict[Pair, tuple[Reason, ...]]:
    document = document_of(raw, HOURS)
    found: dict[Pair, tuple[Reason, ...]] = {}
    for left, right in COMPARED:
        pairs = differing_pairs(document, left, right)
        findings = reasons_of(parsed(raw), Hours(HOURS, {}), document, document, pairs, EXACT)
        found |= {one.pair: one.reasons for one in findings}
    return found


def unexplained(raws: Iterable[dict[str, Any]]) -> list[tuple[str, Pair]]:
    return [
        (raw["id"], pair)
        for raw in raws
        for pair, reasons in reasons_between(raw).items()
        if Reason.UNEXPLAINED in reasons
    ]


@given(conversations())
def test_nothing_of_any_conversation_is_without_a_reason(raw: dict[str, Any]) -> None:
    assert unexplained([raw]) == []


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_of_the_edge_vectors_is_without_a_reason(vector: str) -> None:
    assert unexplained([VECTORS[vector][0]]) == []


def test_nothing_of_the_sample_is_without_a_reason() -> None:
    assert unexplained(generate(500, 1)) == []


def test_nothing_of_real_ticket_histories_is_without_a_reason() -> None:
    if not INCIDENTS.exists():
        pytest.skip(f"the real ticket histories are not beside the project ({INCIDENTS.name})")
    with gzip.open(INCIDENTS) as lines:
        assert unexplained(map(orjson.loads, islice(lines, 500))) == []


@given(conversations(), st.integers(0, 11))
def test_a_document_of_earlier_office_hours_and_parts_has_no_other_reasons(raw: dict[str, Any], place: int) -> None:
    parts = raw["conversation_parts"]["conversation_parts"]
    times = sorted({raw["created_at"], *(one["created_at"] for one in parts)})
    then = times[min(place, len(times) - 1)]
    kept = [one for one in parts if one["created_at"] <= then]
    old = raw | {"updated_at": then, "conversation_parts": {"conversation_parts": kept}}
    document = document_of(old, ALWAYS_OPEN, bots_interrupt=True)
    now = parsed(raw | {"updated_at": times[-1] + 1})
    for left, right in COMPARED:
        pairs = [
            one for one in pairs_between(left, right) if value_at(document, one.left) != value_at(document, one.right)
        ]
        found = reasons_of(now, Hours(HOURS, {"24/7": ALWAYS_OPEN}), document, document, pairs, EXACT)
        assert [one for one in found if Reason.UNEXPLAINED in one.reasons] == []


@pytest.mark.parametrize("of_hours", [HOURS, ALWAYS_OPEN], ids=["own hours", "other hours"])
@pytest.mark.parametrize("interrupts", [False, True])
@pytest.mark.parametrize("then", [50_000, 130_000, 200_000])
def test_a_document_is_explained_by_the_hours_the_state_and_the_reply_rule_that_it_was_made_with(
    of_hours: OfficeHours, then: int, *, interrupts: bool
) -> None:
    parts = [
        part("A", "comment", 40_000), part("C", "comment", 41_000), part("A", "comment", 45_000),
        part("A", "close", 50_000), part("C", "open", 80_000, body=True), part("A", "comment", 118_000),
        part("C", "comment", 119_000), part("O", "comment", 120_000), part("A", "comment", 130_000),
        part("A", "close", 200_000),
    ]  # fmt: skip
    whole = conversation(*parts, by="A", delivered_as="admin_initiated", at=5, updated_at=200_000)
    old = whole | {"updated_at": then, "conversation_parts": [one for one in parts if one["created_at"] <= then]}
    document = document_of(old, of_hours, bots_interrupt=interrupts)
    for left, right in COMPARED:
        pairs = differing_pairs(document, left, right)
        assert pairs or "legacy" not in (left, right)
        hours = Hours(HOURS, {"24/7": ALWAYS_OPEN, "own": HOURS})
        found = reasons_of(parsed(whole), hours, document, document, pairs, EXACT)
        assert [one.pair for one in found] == pairs
        assert [one for one in found if Reason.UNEXPLAINED in one.reasons] == []
        for one in found:
            assert one.words.startswith(_values(document, one.pair))


def test_parts_that_are_later_than_the_record_says_it_changed_are_no_reason() -> None:
    parts = part("A", "comment", 40_000), part("C", "comment", 41_000), part("A", "comment", 100_000)
    raw = conversation(*parts, by="A", delivered_as="admin_initiated", at=5, updated_at=50_000)
    assert unexplained([raw]) == []


def test_a_value_that_no_rule_gives_is_unexplained_in_its_pair_alone() -> None:
    raw = conversation(part("A", "comment", 40_000), part("C", "comment", 41_000), by="A", delivered_as="automated")
    document = document_of(raw, HOURS)
    document["legacy"]["first_admin_reply_at"] += 7
    pairs = differing_pairs(document, "new", "legacy")
    found = reasons_of(parsed(raw), Hours(HOURS, {}), document, document, pairs, EXACT)
    odd = Pair("first_response_at", "legacy.first_admin_reply_at")
    assert [one.pair for one in found if Reason.UNEXPLAINED in one.reasons] == [odd]
    assert len(found) > 1


def test_a_value_that_only_one_of_the_rules_gives_has_it_as_its_reason_on_either_side() -> None:
    raw = conversation(
        part("A", "comment", 40_000), part("C", "comment", 41_000), part("A", "comment", 45_000),
        by="A", delivered_as="automated",
    )  # fmt: skip
    document = document_of(raw, HOURS)
    document["legacy"]["time_to_admin_reply"] = 45_000  # from the creation, but to the reply after the anchor
    pair = Pair("first_response_time", "legacy.time_to_admin_reply")
    for one in (pair, Pair(*reversed(pair))):
        [found] = reasons_of(parsed(raw), Hours(HOURS, {}), document, document, [one], EXACT)
        assert found.reasons == (Reason.CLOCK_START,)


def test_reply_times_that_no_rule_gives_are_unexplained_and_hide_no_other_reason() -> None:
    raw = conversation(
        part("A", "comment", 80_000), part("C", "comment", 81_000), part("O", "comment", 82_000),
        part("A", "comment", 200_000),
    )  # fmt: skip
    document = document_of(raw, HOURS)
    document["reply_times"].append(7)
    pairs = differing_pairs(document, "new", "rest")
    found = reasons_of(parsed(raw), Hours(HOURS, {}), document, document, pairs, EXACT)
    odd = Pair("reply_times", "statistics.reply_times")
    assert {one.pair for one in found if Reason.UNEXPLAINED in one.reasons} == {odd}
    assert Pair("median_reply_time", "statistics.median_time_to_reply") in pairs


def _values(document: dict[str, Any], pair: Pair) -> str:
    both = (value_at(document, path) for path in pair)
    return " and ".join("nothing" if value is None else str(value)[:37] for value in both)


def test_an_outbound_conversation_parts_by_its_anchor_and_its_clock() -> None:
    found = reasons_between(
        conversation(
            part("A", "assignment", 5, to="A"), part("A", "close", 10), part("C", "open", 100, body=True),
            part("A", "close", 200), by="A", delivered_as="admin_initiated",
        )
    )  # fmt: skip
    assert found[Pair("started_at", "legacy.conversation_created_at")] == (Reason.CLOCK_START,)
    assert found[Pair("time_to_last_close", "legacy.time_to_last_close")] == (Reason.CLOCK_START,)
    assert found[Pair("statistics.first_close_at", "legacy.first_close_at")] == (Reason.BEFORE_ANCHOR,)
    assert found[Pair("statistics.count_reopens", "legacy.count_reopens")] == (Reason.BEFORE_ANCHOR,)


def test_without_a_customers_message_times_part_by_the_anchor_and_durations_by_the_clock_too() -> None:
    found = reasons_between(
        conversation(part("A", "comment", 10), part("A", "close", 20), by="A", delivered_as="admin_initiated")
    )
    assert found[Pair("started_at", "legacy.conversation_created_at")] == (Reason.CLOCK_START,)
    assert found[Pair("first_response_at", "legacy.first_admin_reply_at")] == (Reason.BEFORE_ANCHOR,)
    both = (Reason.BEFORE_ANCHOR, Reason.CLOCK_START)
    assert found[Pair("first_response_time", "legacy.time_to_admin_reply")] == both
    assert found[Pair("time_to_last_close", "legacy.time_to_last_close")] == both


def test_a_customers_first_message_is_not_a_reply_in_the_legacy_pipeline() -> None:
    found = reasons_between(conversation(part("C", "comment", 10)))
    assert found[Pair("started_at", "legacy.first_user_reply_at")] == (Reason.SOURCE_MESSAGE,)
