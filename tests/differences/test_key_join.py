"""The merge-join is what two dictionaries side by side are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.differences.key_join import Entry, Joined, OutOfOrder, join
from indexer.keys import EntityKey

keys = st.builds(EntityKey, st.sampled_from(["a", "b", "ß"]), st.text("01\U0001f600\uffff", max_size=3))
sides = st.dictionaries(keys, st.binary(max_size=2), max_size=40)


def pages(side: dict[EntityKey, bytes], size: int) -> list[list[Entry]]:
    entries = [Entry(key, side[key]) for key in sorted(side)]
    return [entries[start : start + size] for start in range(0, len(entries), size)]


@given(sides, sides, st.integers(1, 7), st.integers(1, 7))
def test_every_key_of_either_side_comes_once_with_the_document_of_each(
    left: dict[EntityKey, bytes], right: dict[EntityKey, bytes], one: int, other: int
) -> None:
    joined = list(join(pages(left, one), pages(right, other)))
    assert joined == [Joined(key, left.get(key), right.get(key)) for key in sorted(left.keys() | right.keys())]


@given(sides)
def test_empty_pages_between_others_are_nothing(side: dict[EntityKey, bytes]) -> None:
    spread = [page for entries in pages(side, 2) for page in (entries, [])]
    assert [one.left for one in join(spread, [])] == [side[key] for key in sorted(side)]


@pytest.mark.parametrize("second", ["1", "0"])
def test_a_side_whose_keys_do_not_rise_is_refused(second: str) -> None:
    side = [[Entry(EntityKey("w", "1"), b""), Entry(EntityKey("w", second), b"")]]
    with pytest.raises(OutOfOrder, match="right side"):
        list(join([], side))


@given(st.lists(st.text(max_size=4), max_size=20))
def test_keys_are_ordered_as_their_bytes_are(texts: list[str]) -> None:
    encodable = [one for one in texts if not any("\ud800" <= letter <= "\udfff" for letter in one)]
    assert sorted(encodable) == sorted(encodable, key=str.encode)
