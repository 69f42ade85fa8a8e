"""The fields that differ, and the choice of fields to compare."""

from typing import Any

import pytest

from indexer.differences.fields import Chosen, Differing, differing


def test_objects_are_looked_into_and_lists_are_taken_whole() -> None:
    left = {"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2]}
    right = {"a": 1, "b": {"c": 2, "d": 4}, "e": [2, 1]}
    assert list(differing(left, right)) == [Differing("b.d", 3, 4), Differing("e", [1, 2], [2, 1])]


def test_absent_and_null_are_the_same() -> None:
    assert list(differing({"a": None}, {"b": None})) == []


@pytest.mark.parametrize(
    ("chosen", "taken"),
    [
        (Chosen(), ["state", "legacy.count_reopens", "handling_time_ooo"]),
        (Chosen(("legacy",)), ["legacy.count_reopens"]),
        (Chosen(("*_ooo", "state")), ["state", "handling_time_ooo"]),
        (Chosen((), ("legacy.*",)), ["state", "handling_time_ooo"]),
        (Chosen(("state", "legacy"), ("state",)), ["legacy.count_reopens"]),
        (Chosen(("revision",)), ["revision"]),
    ],
)
def test_patterns_choose_fields(chosen: Chosen, taken: list[str]) -> None:
    paths = ["state", "legacy.count_reopens", "handling_time_ooo", "revision"]
    assert [path for path in paths if chosen.takes(path)] == taken


def test_a_pattern_chooses_a_pair_by_either_side() -> None:
    pair: Any = ("first_response_time", "legacy.time_to_admin_reply")
    assert Chosen(("legacy",)).takes(*pair)
    assert not Chosen(("statistics",)).takes(*pair)
    assert not Chosen((), ("first_response_time",)).takes(*pair)
