"""Arrays are cut at the ends of their elements, however the text arrives."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.input_files.json_values import Malformed, elements, members

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def in_pieces(written: bytes, size: int) -> Callable[[int], bytes]:
    pieces = [written[start : start + size] for start in range(0, len(written), size)]
    return lambda _: pieces.pop(0) if pieces else b""


@given(values=st.lists(JSON, max_size=5), size=st.integers(1, 40), indent=st.none() | st.integers(0, 2))
def test_elements_come_out_as_they_are_written(values: list[object], size: int, indent: int | None) -> None:
    written = json.dumps(values, indent=indent).encode()
    found = list(elements(in_pieces(b" " + written + b"\n", size)))
    assert [json.loads(one) for one in found] == values
    assert all(one in written and one == one.strip() for one in found)


@given(values=st.lists(JSON, min_size=1, max_size=4), size=st.integers(1, 40), data=st.data())
def test_an_array_that_breaks_off_gives_a_part_of_it_and_says_so(
    values: list[object], size: int, data: st.DataObject
) -> None:
    written = json.dumps(values).encode()
    cut = data.draw(st.integers(1, len(written) - 1))
    found: list[object] = []
    with pytest.raises(Malformed):
        found += [json.loads(one) for one in elements(in_pieces(written[:cut], size))]
    assert found == values[: len(found)]


@given(named=st.dictionaries(st.text(max_size=6), JSON, max_size=5))
def test_members_come_out_with_their_names(named: dict[str, object]) -> None:
    found = members(json.dumps(named).encode())
    assert {json.loads(name): json.loads(value) for name, value in found} == named


@pytest.mark.parametrize(
    "written", [b"[1 2]", b"[1,]", b"[,1]", b"[1]]", b"[1] x", b'["a" "b"]', b"[}]", b"[", b'["', b"[:]"]
)
def test_a_text_that_is_not_an_array_says_so(written: bytes) -> None:
    with pytest.raises(Malformed):
        list(elements(in_pieces(written, 1)))
