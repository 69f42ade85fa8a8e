"""Equal keys are counted by the order in which they come, however many there are."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import OperatorError
from indexer.input_files.ordinals import Ordinals


@given(st.lists(st.lists(st.integers(0, 5).map(lambda number: bytes([number])), max_size=8), max_size=6))
def test_a_key_has_the_number_of_equal_ones_before_it(batches: list[list[bytes]]) -> None:
    before: Counter[bytes] = Counter()
    with Ordinals() as ordinals:
        for batch in batches:
            expected = []
            for key in batch:
                expected.append(before[key])
                before[key] += 1
            assert ordinals.next_of(batch) == expected


def test_more_keys_than_one_statement_takes_and_than_the_cache_holds() -> None:
    keys = [number.to_bytes(24) for number in range(300_000)]
    with Ordinals() as ordinals:
        assert set(ordinals.next_of(keys)) == {0}
        assert set(ordinals.next_of(keys[::1000])) == {1}


def test_a_full_disk_is_said_with_what_to_do() -> None:
    with Ordinals() as ordinals:
        ordinals._counts.execute("PRAGMA max_page_count = 3")
        with pytest.raises(
            OperatorError, match="cannot be counted in a temporary file: database or disk is full"
        ) as error:
            ordinals.next_of([number.to_bytes(24) for number in range(2_000)])
    assert error.value.remedy == "name a directory with more space in TMPDIR"
