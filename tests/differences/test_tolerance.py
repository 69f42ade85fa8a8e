"""How far apart two values may be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.datasets.call_fields import CALL_FIELDS
from indexer.datasets.message_fields import CHECKPOINT_FIELDS
from indexer.differences.pair import Pair, same
from indexer.differences.tolerance import FieldKind, Tolerance, distance, kind_of_field, kinds_of, read_tolerance


def test_lists_of_durations_are_durations() -> None:
    assert kind_of_field("statistics.reply_times") is kind_of_field("reply_times_ooo") is FieldKind.DURATION


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("legacy.first_close_at", FieldKind.TIMESTAMP),
        ("statistics.time_to_admin_reply", FieldKind.DURATION),
        ("handling_time_ooo", FieldKind.DURATION),
        ("legacy.time_to_last_close_ooo", FieldKind.DURATION),
        ("median_time_to_reply", FieldKind.DURATION),
        ("team_time_to_close", FieldKind.DURATION),
        ("first_assignment_to_close", FieldKind.DURATION),
        ("first_assignment_to_close_ooo", FieldKind.DURATION),
        ("replies_to_close", FieldKind.OTHER),
        ("times.count", FieldKind.OTHER),
        ("timeline", FieldKind.OTHER),
    ],
)
def test_the_last_name_of_a_path_tells_the_kind_of_a_field(path: str, kind: FieldKind) -> None:
    assert kind_of_field(path) is kind


def test_values_within_the_tolerance_of_their_kind_are_near_enough() -> None:
    tolerance = Tolerance(timestamp=1, duration=60)
    assert tolerance.within(same("started_at"), 10, 11)
    assert not tolerance.within(same("started_at"), 10, 12)
    assert tolerance.within(same("handling_time"), 10, 70)
    assert tolerance.within(same("reply_times"), [10, 20], [70, 20])
    assert not tolerance.within(same("reply_times"), [10, 20], [70])
    assert not tolerance.within(same("handling_time"), None, 1)
    assert not tolerance.within(same("statistics.count_reopens"), 1, 2)


def test_the_catalogue_says_which_fields_have_a_tolerance_although_their_names_do_not() -> None:
    tolerance, kind_of = Tolerance(timestamp=1, duration=60), kinds_of(CALL_FIELDS.fields)
    assert tolerance.within(same("duration"), 10, 70, kind_of)
    assert not tolerance.within(same("duration"), 10, 71, kind_of)
    assert not tolerance.within(same("duration"), 10, 11)
    assert not tolerance.within(same("revision"), 10, 11, kind_of)
    assert kinds_of(CHECKPOINT_FIELDS.fields)("times_processed") is FieldKind.OTHER
    assert kind_of_field("times_processed") is FieldKind.DURATION
    assert tolerance.within(same("of_a_file_at"), 10, 11, kind_of)


def test_fields_of_two_kinds_have_no_tolerance() -> None:
    assert not Tolerance(100, 100).within(Pair("started_at", "handling_time"), 1, 2)


@pytest.mark.parametrize(
    ("written", "tolerance"),
    [
        ([], Tolerance()),
        (["1s"], Tolerance(1, 1)),
        (["timestamp=1s", "duration=2m"], Tolerance(1, 120)),
        (["5", "timestamp=0"], Tolerance(0, 5)),
        (["1h"], Tolerance(3600, 3600)),
    ],
)
def test_tolerances_are_read(written: list[str], tolerance: Tolerance) -> None:
    assert read_tolerance(written) == tolerance


@pytest.mark.parametrize("written", ["", "s", "-1s", "1.5s", "count=1", "timestamp="])
def test_anything_else_is_refused_by_its_name(written: str) -> None:
    with pytest.raises(ValueError, match="is not a tolerance"):
        read_tolerance([written])


@given(st.integers(), st.integers())
def test_distance_has_no_direction(left: int, right: int) -> None:
    assert distance(left, right) == distance(right, left) == abs(left - right)


@pytest.mark.parametrize(
    ("left", "right", "apart"),
    [(1, 3.5, 2.5), (3.5, 1, 2.5), (-1.5, 1.5, 3.0), ([1, 2], [1, 4.5], 2.5), ([1, 5], [3, 4], 2), (7, 7, 0)],
)
def test_the_distance_of_lists_is_the_largest_of_their_places(left: Any, right: Any, apart: float) -> None:
    assert distance(left, right) == apart
    assert type(distance(left, right)) is type(apart)


@pytest.mark.parametrize(("left", "right"), [(True, 1), ("a", "b"), ([], []), ([1], ["a"]), ({}, 1), (None, 1)])
def test_a_value_that_is_not_a_number_has_no_distance(left: Any, right: Any) -> None:
    assert distance(left, right) is None
