"""The counts of a comparison, the samples that are shown, and the order in which pairs of fields are."""

from typing import Any

import pytest

from indexer.differences.pair import Pair, same
from indexer.differences.reason import Reason
from indexer.differences.spread import Spread
from indexer.differences.tally import Difference, FieldTally, Tally, by_weight
from indexer.keys import EntityKey

FIELD = same("handling_time")
STALE, MOVED, NONE = (Reason.STALE,), (Reason.TIME_SHIFT,), ()


def difference(number: int, left: Any, right: Any, *reasons: Reason, pair: Pair = FIELD) -> Difference:
    return Difference(EntityKey("w", str(number)), pair, left, right, reasons)


def counted(*values: tuple[Any, Any]) -> FieldTally:
    found = FieldTally(FIELD)
    for number, (left, right) in enumerate(values):
        found.add(difference(number, left, right), most_samples=3)
    return found


def test_a_value_missing_on_one_side_is_not_a_different_one() -> None:
    found = counted((None, 5), (None, 0), (7, None), (0, None), (9, None), (1, 2), (0, "x"))
    assert (found.missing_left, found.missing_right, found.different) == (2, 3, 2)
    assert found.differing == 7
    assert found.within == 0
    assert found.spread.count == 1


@pytest.mark.parametrize(
    ("left", "right", "signed"),
    [(10, 13, 3), (13, 10, -3), (0.5, 3.5, 3), ([1, 9], [1, 6], 3), ([9, 1], [6, 1], 3)],
)
def test_a_distance_is_negative_if_the_right_side_is_smaller_and_has_no_sign_in_lists(
    left: Any, right: Any, signed: int
) -> None:
    expected = Spread()
    expected.add(signed)
    assert counted((left, right)).spread == expected


def test_values_without_a_distance_are_only_counted() -> None:
    found = counted(("a", "b"), ([1], [1, 2]), (True, False))
    assert (found.different, found.spread.count) == (3, 0)


def test_reasons_count_once_for_each_difference_that_has_them() -> None:
    found = FieldTally(FIELD)
    for number, reasons in enumerate([STALE, STALE, (*STALE, *MOVED), NONE]):
        found.add(difference(number, 1, 2, *reasons), most_samples=0)
    assert found.reasons == {Reason.STALE: 3, Reason.TIME_SHIFT: 1}
    assert found.samples == []


@pytest.mark.parametrize(
    ("most", "reasons", "kept"),
    [
        (3, [STALE, STALE], [0, 1]),
        (3, [STALE, STALE, STALE, STALE], [0, 1, 2]),
        (3, [STALE, STALE, STALE, MOVED], [0, 1, 3]),
        (3, [STALE, MOVED, STALE, (*STALE, *MOVED)], [0, 1, 3]),
        (3, [STALE, STALE, MOVED, (*STALE, *MOVED)], [0, 3, 2]),
        (3, [STALE, STALE, MOVED, MOVED], [0, 1, 2]),
        (3, [STALE, STALE, STALE, NONE], [0, 1, 2]),
        (3, [NONE, NONE, NONE, STALE], [0, 1, 3]),
        (2, [STALE, MOVED, (*STALE, *MOVED)], [0, 1]),
        (1, [STALE, MOVED], [0]),
        (0, [STALE], []),
    ],
)
def test_the_first_samples_are_kept_and_make_room_for_reasons_that_none_of_them_has(
    most: int, reasons: list[tuple[Reason, ...]], kept: list[int]
) -> None:
    found = FieldTally(FIELD)
    for number, its in enumerate(reasons):
        found.add(difference(number, 1, 2, *its), most)
    assert [one.key.entity_id for one in found.samples] == [str(number) for number in kept]


def test_documents_that_only_one_side_has_are_counted_with_samples_of_each_side() -> None:
    tally = Tally(most_samples=2)
    for number in range(4):
        tally.add_only("left", EntityKey("w", f"l{number}"))
    for number in range(3):
        tally.add_only("right", EntityKey("w", f"r{number}"))
    assert (tally.only_left, tally.only_right) == (4, 3)
    assert [(side, key.entity_id) for side, key in tally.only_samples] == [
        ("left", "l0"), ("left", "l1"), ("right", "r0"), ("right", "r1"),
    ]  # fmt: skip


def test_a_document_counts_once_however_many_of_its_fields_differ() -> None:
    tally = Tally(most_samples=1)
    other = Pair("closed_at", "legacy.closed_at")
    tally.add_different([difference(1, 1, 2, *STALE), difference(1, 3, 4, *STALE, *MOVED, pair=other)], explained=True)
    tally.add_different([difference(2, 1, 2)], explained=False)
    assert (tally.different, tally.explained) == (2, 1)
    assert tally.reasons == {Reason.STALE: 1, Reason.TIME_SHIFT: 1}
    assert [(pair.name, one.different, len(one.samples)) for pair, one in tally.fields.items()] == [
        ("handling_time", 2, 1), ("closed_at ~ legacy.closed_at", 1, 1),
    ]  # fmt: skip
    assert all(one.pair == pair for pair, one in tally.fields.items())


def test_pairs_that_were_asked_for_are_there_even_if_they_are_always_equal() -> None:
    tally = Tally()
    tally.begin([same("a"), same("b")])
    tally.of(same("a")).within += 1
    tally.begin([same("a")])
    assert [(one.pair.name, one.within, one.differing) for one in tally.fields.values()] == [("a", 1, 0), ("b", 0, 0)]
    assert tally.equal


def test_sides_are_equal_if_nothing_differs_and_no_document_is_on_one_side_only() -> None:
    sides = Tally(), Tally(), Tally()
    assert all(tally.equal for tally in sides)
    sides[0].add_only("left", EntityKey("w", "1"))
    sides[1].add_only("right", EntityKey("w", "1"))
    sides[2].add_different([difference(1, 1, 2)], explained=False)
    assert not any(tally.equal for tally in sides)


def test_pairs_without_an_explanation_come_first_then_those_that_differ_most_then_by_name() -> None:
    tally = Tally()
    tally.begin([same("z"), same("y"), same("within")])
    tally.of(same("within")).within += 2
    for number in range(3):
        tally.add_different([difference(number, 1, 2, Reason.STALE, pair=same("often"))], explained=True)
    tally.add_different([difference(9, None, 2, Reason.STALE, pair=same("seldom"))], explained=True)
    tally.add_different([difference(9, 1, 2, Reason.UNEXPLAINED, pair=same("unexplained"))], explained=True)
    assert [one.pair.name for one in tally.by_weight()] == ["unexplained", "often", "seldom", "within", "y", "z"]


def test_reasons_are_ordered_with_the_unexplained_first_then_by_number_then_by_name() -> None:
    tally = Tally()
    given = {Reason.TIME_SHIFT: 2, Reason.STALE: 2, Reason.BOT_AS_HUMAN: 5, Reason.UNEXPLAINED: 1}
    tally.reasons.update(given)
    assert by_weight(tally.reasons) == [
        (Reason.UNEXPLAINED, 1), (Reason.BOT_AS_HUMAN, 5), (Reason.STALE, 2), (Reason.TIME_SHIFT, 2),
    ]  # fmt: skip
