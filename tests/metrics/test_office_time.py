"""Durations within office hours, and their median."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.metrics.office_time import OfficeTime, median
from indexer.office_hours import elapsed
from tests.builders import conversation, document_of, part


@pytest.mark.parametrize(
    ("values", "expected"),
    [([7], 7), ([1, 2], 2), ([2, 1], 2), ([1, 4], 3), ([1, 3], 2), ([0, 1], 1), ([5, 1, 9], 5), ([1, 2, 3, 10], 3)],
)
def test_halves_are_rounded_up(values: list[int], expected: int) -> None:
    assert median(values) == expected


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_the_median_is_that_of_exact_arithmetic_rounded_half_up(values: list[int]) -> None:
    ordered, middle = sorted(values), len(values) // 2
    exact = Fraction(ordered[middle] + ordered[-middle - 1], 2)
    assert median(values) == floor(exact + Fraction(1, 2))


def test_the_median_reply_time_of_a_document_is_rounded_half_up() -> None:
    raw = conversation(
        part("A", "comment", 10), part("C", "comment", 20), part("A", "comment", 33), by="C", delivered_as="automated"
    )
    document = document_of(raw)
    assert (document["reply_times"], document["median_reply_time"]) == ([10, 13], 12)


def test_the_clock_is_asked_once_for_each_instant() -> None:
    asked: list[int] = []

    def half(instant: int) -> int:
        asked.append(instant)
        return instant // 2

    office_time = OfficeTime(half)
    assert [office_time.between(4, 10), office_time.between(10, 16), office_time.between(4, 16)] == [3, 3, 6]
    assert sorted(asked) == [4, 10, 16]


def test_without_office_hours_durations_are_elapsed_time() -> None:
    assert OfficeTime(elapsed).between(4, 10) == 6
