"""A side that is read ahead is the same side, and its thread ends with its reader."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.diff.read_ahead import read_ahead


def running() -> int:
    return sum(thread.name == "diff-side" for thread in threading.enumerate())


@given(st.lists(st.integers(), max_size=20))
def test_everything_comes_in_its_order(pages: list[int]) -> None:
    with read_ahead(pages) as ahead:
        assert list(ahead) == pages
    assert running() == 0


def test_an_error_of_reading_is_raised_in_the_place_of_its_page() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    with read_ahead(broken()) as ahead:
        assert next(ahead) == 1
        with pytest.raises(ValueError, match="broken"):
            next(ahead)
    assert running() == 0


def test_leaving_early_ends_the_thread_and_closes_the_pages() -> None:
    closed = threading.Event()
    read = 0

    def endless() -> Iterator[int]:
        nonlocal read
        try:
            while True:
                read += 1
                yield read
        finally:
            closed.set()

    with read_ahead(endless()) as ahead:
        assert next(ahead) == 1
    assert closed.is_set()
    assert running() == 0
    assert read < 10


def test_two_sides_are_read_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=10)

    def side() -> Iterator[int]:
        yield both.wait() * 0

    with read_ahead(side()) as one, read_ahead(side()) as other:
        assert (list(one), list(other)) == ([0], [0])
