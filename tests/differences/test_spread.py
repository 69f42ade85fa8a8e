"""The biggest difference exactly, and the median within its stated error."""

from itertools import pairwise
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from indexer.differences.spread import EXACT_BELOW, MEDIAN_ERROR, Spread


@given(st.lists(st.integers(-4_000_000_000, 4_000_000_000), min_size=1, max_size=60))
def test_the_median_is_within_its_error_and_the_biggest_is_exact(differences: list[int]) -> None:
    spread = Spread()
    for one in differences:
        spread.add(one)
    sizes = [abs(one) for one in differences]
    exact, found = median_low(sizes), spread.median
    assert spread.biggest == max(sizes)
    assert found is not None
    assert found == exact if exact < EXACT_BELOW else abs(found - exact) <= exact * MEDIAN_ERROR + 1


@given(st.lists(st.integers(-4_000_000_000, 4_000_000_000), max_size=60))
def test_every_difference_lies_in_one_range_of_a_plot(differences: list[int]) -> None:
    spread = Spread()
    for one in differences:
        spread.add(one)
    bounds = [float("-inf"), -3600, -60, 0, 60, 3600, float("inf")]
    counted = [spread.between(low, high) for low, high in pairwise(bounds)]
    assert sum(counted) == len(differences)
    assert counted[3] == sum(0 <= one < 60 for one in differences)


def test_small_differences_are_counted_with_their_signs() -> None:
    spread = Spread()
    for one in (-5, -5, -1, 0, 0.5, 0.7, 5, 63, -64, 64, 65):
        spread.add(one)
    inf = float("inf")
    assert [spread.between(low, low + 1) for low in (-5, -1, 0, 1, 5)] == [2, 1, 2, 1, 1]
    assert [spread.between(-inf, 0), spread.between(0, inf)] == [4, 7]
    assert [spread.between(63, inf), spread.between(-inf, -60), spread.between(63, 64)] == [3, 1, 1]
    assert (spread.count, spread.biggest, spread.median) == (11, 65, 5)


def test_classes_stay_few_however_many_differences_there_are() -> None:
    spread = Spread()
    for number in range(200_000):
        spread.add((number * 7919) % 3_000_000 * (-1) ** number)
    assert len(spread.classes) < 1_500


def test_without_differences_there_is_no_median() -> None:
    assert Spread().median is None
