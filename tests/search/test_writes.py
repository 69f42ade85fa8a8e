import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.search.writes import Write, body_of, cut

WRITES = st.lists(
    st.builds(
        Write,
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
        st.integers(0, 2**63 - 1),
        st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=30)).map(lambda d: json.dumps(d).encode()),
    ),
    max_size=30,
)


@given(WRITES, st.integers(1, 2_000))
def test_requests_hold_every_write_once_and_are_filled_up_to_the_bound(writes: list[Write], most: int) -> None:
    requests = list(cut(writes, lambda: most))
    assert [write for of_request, _ in requests for write in of_request] == writes
    assert b"".join(body for _, body in requests) == body_of(writes)
    for (of_request, body), (following, _) in pairwise(requests):
        assert body == body_of(of_request)
        assert len(body) + len(body_of(following[:1])) > most
    assert all(len(body) <= most or len(of_request) == 1 for of_request, body in requests)


def test_a_bound_that_falls_holds_for_the_request_that_is_being_filled() -> None:
    writes = [Write(str(number), 1, b"{}") for number in range(9)]
    one = len(body_of(writes[:1]))
    bounds = iter([4 * one] * 3 + [2 * one] * 100)
    assert [len(of_request) for of_request, _ in cut(writes, lambda: next(bounds))] == [4, 2, 2, 1]


def test_a_body_is_lines_of_action_and_document() -> None:
    assert body_of([Write('a"b:1', 7, b'{\n "x": 1\n}\n'), Write("c:2:3", 8, None)]).splitlines() == [
        b'{"index":{"_id":"a\\"b:1","routing":"a\\"b","version":7,"version_type":"external_gte"}}',
        b'{  "x": 1 } ',
        b'{"delete":{"_id":"c:2:3","routing":"c","version":8,"version_type":"external_gte"}}',
    ]
