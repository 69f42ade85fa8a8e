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


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (("w", "1"), "1 of workspace w twice"),
        (("w", "0"), "0 of workspace w after 1"),
        (("v", "2"), "2 of workspace v"),
    ],
)
def test_a_side_whose_keys_do_not_rise_is_refused(second: tuple[str, str], reason: str) -> None:
    side = [[Entry(EntityKey("w", "1"), b"")], [Entry(EntityKey(*second), b"")]]
    with pytest.raises(OutOfOrder, match=f"the right side has {reason}"):
        list(join([], side))
    with pytest.raises(OutOfOrder, match=f"the left side has {reason}"):
        list(join(side, []))


def test_a_key_of_one_side_alone_stands_where_it_belongs() -> None:
    one, two, three, four = (EntityKey("w", number) for number in "1234")
    left, right = (
        [[Entry(two, b"l2"), Entry(three, b"l3")]],
        [[Entry(one, b"r1"), Entry(three, b"r3"), Entry(four, b"r4")]],
    )
    expected = [(one, None, b"r1"), (two, b"l2", None), (three, b"l3", b"r3"), (four, None, b"r4")]
    assert list(join(left, right)) == expected
    assert list(join(right, left)) == [(key, theirs, ours) for key, ours, theirs in expected]


@given(st.lists(st.text(max_size=4), max_size=20))
def test_keys_are_ordered_as_their_bytes_are(texts: list[str]) -> None:
    encodable = [one for one in texts if not any("\ud800" <= letter <= "\udfff" for letter in one)]
    assert sorted(encodable) == sorted(encodable, key=str.encode)
