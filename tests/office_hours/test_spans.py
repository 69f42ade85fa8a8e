"""Sets of whole numbers, written as spans."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.office_hours.spans import Span, clipped, merged, without

numbers = st.integers(0, 30)
spans = st.lists(st.tuples(numbers, numbers), max_size=8)


def members(given_spans: list[Span]) -> set[int]:
    return {number for span in given_spans for number in range(*span)}


@given(spans)
def test_merging_keeps_every_number_in_as_few_spans_as_possible(some: list[Span]) -> None:
    union = merged(some)
    assert members(union) == members(some)
    assert all(start < end for start, end in union)
    assert all(end < next_start for (_, end), (next_start, _) in pairwise(union))


@given(spans, numbers, numbers)
def test_clipping_keeps_the_parts_inside(some: list[Span], low: int, high: int) -> None:
    assert members(clipped(some, low, high)) == members(some) & set(range(low, high))


@given(spans, numbers, numbers)
def test_a_hole_removes_the_parts_inside(some: list[Span], low: int, high: int) -> None:
    low, high = min(low, high), max(low, high)
    assert members(without(some, (low, high))) == members(some) - set(range(low, high))
