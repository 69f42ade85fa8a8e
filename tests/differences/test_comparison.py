"""The fields of two documents that are compared, and how far apart they may be."""

from typing import Any

from indexer.datasets.call_fields import CALL_FIELDS
from indexer.differences.comparison import Comparison
from indexer.differences.fields import Chosen, differing_fields
from indexer.differences.pair import Pair, pairs_between, pipeline_of, same
from indexer.differences.tally import Difference, Tally
from indexer.differences.tolerance import Tolerance, kinds_of
from indexer.keys import EntityKey

KEY = EntityKey("w", "1")
LEFT: dict[str, Any] = {
    "state": "open", "handling_time": 10, "revision": 1, "statistics": {"count_reopens": 1, "time_to_admin_reply": 30},
}  # fmt: skip
RIGHT: dict[str, Any] = {
    "state": "open", "handling_time": 15, "revision": 2, "statistics": {"count_reopens": 2, "time_to_admin_reply": 30},
}  # fmt: skip


def found(comparison: Comparison) -> tuple[list[tuple[str, Any, Any]], Tally]:
    tally = Tally()
    differences = comparison.differences(KEY, LEFT, RIGHT, tally)
    assert all(one == Difference(KEY, *one[1:4]) for one in differences)
    return [(one.pair.name, one.left, one.right) for one in differences], tally


def test_all_fields_of_both_documents_are_compared_that_are_not_left_out() -> None:
    differences, tally = found(Comparison(None, Chosen().takes))
    assert differences == [("handling_time", 10, 15), ("statistics.count_reopens", 1, 2)]
    assert tally.fields == {}
    differences, _ = found(Comparison(None, Chosen(("revision", "statistics")).takes))
    assert differences == [("revision", 1, 2), ("statistics.count_reopens", 1, 2)]


def test_values_that_are_near_enough_are_counted_and_do_not_differ() -> None:
    differences, tally = found(Comparison(None, Chosen().takes, Tolerance(duration=5)))
    assert differences == [("statistics.count_reopens", 1, 2)]
    assert [(pair.name, one.within, one.differing) for pair, one in tally.fields.items()] == [("handling_time", 1, 0)]
    comparison = Comparison(None, Chosen().takes, Tolerance(duration=5))
    for _ in range(2):
        comparison.differences(KEY, LEFT, RIGHT, tally)
    assert tally.of(same("handling_time")).within == 3
    differences, tally = found(Comparison(None, Chosen().takes, Tolerance(duration=4)))
    assert (differences[0], tally.fields) == (("handling_time", 10, 15), {})


def test_the_kinds_of_fields_are_those_of_the_dataset() -> None:
    comparison = Comparison([same("duration")], Chosen().takes, Tolerance(duration=60), kinds_of(CALL_FIELDS.fields))
    tally = Tally()
    assert comparison.differences(KEY, {"duration": 10}, {"duration": 70}, tally) == []
    assert tally.of(same("duration")).within == 1


def test_chosen_pairs_alone_are_compared_and_may_have_two_names() -> None:
    pairs = [Pair("statistics.time_to_admin_reply", "handling_time"), same("state"), same("statistics.count_reopens")]
    differences, _ = found(Comparison(pairs, Chosen(("nothing",)).takes))
    assert differences == [
        ("statistics.time_to_admin_reply ~ handling_time", 30, 15),
        ("statistics.count_reopens", 1, 2),
    ]


def test_only_fields_of_two_names_can_differ_in_equal_documents() -> None:
    takes = Chosen().takes
    assert Comparison([same("a"), Pair("a", "b")], takes).across
    assert not Comparison([same("a"), same("b")], takes).across
    assert not Comparison(None, takes).across


def test_differing_fields_are_named_by_their_paths() -> None:
    assert differing_fields(LEFT, RIGHT) == ["handling_time", "revision", "statistics.count_reopens"]
    assert differing_fields({"a": {"b": 1}, "c": 1}, {"a": 5, "c": {"d": 1}}) == ["a", "c"]
    assert differing_fields({"a": {"b": 1}}, {}) == ["a"]


def test_the_path_of_a_field_tells_its_pipeline() -> None:
    paths = ["statistics.count_reopens", "legacy.count_reopens", "handling_time", "statistics_of_another_kind"]
    assert [pipeline_of(path) for path in paths] == ["rest", "legacy", "new", "new"]


def test_the_pairs_of_two_pipelines_are_the_same_whichever_comes_first() -> None:
    forth = pairs_between("new", "legacy")
    assert forth
    assert [Pair(pair.right, pair.left) for pair in pairs_between("legacy", "new")] == forth
    assert {(pipeline_of(pair.left), pipeline_of(pair.right)) for pair in forth} == {("new", "legacy")}
    assert pairs_between("rest", "rest") == []
