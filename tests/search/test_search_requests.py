"""Many searches are sent in as few requests as Elasticsearch takes."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from indexer.search.search_requests import MOST_TEXT, SearchRefused, refusal, requests_of

_texts = st.text("abc", max_size=5)
_bodies = st.recursive(
    st.one_of(_texts, st.integers(0, 9), st.none(), st.booleans(), st.lists(_texts, max_size=9)),
    lambda inner: st.dictionaries(_texts, inner, max_size=3) | st.lists(inner, max_size=3),
    max_leaves=5,
).map(lambda inner: {"query": inner})


@given(st.lists(_bodies, max_size=8), st.integers(1, 200))
def test_no_search_is_lost_and_no_request_is_too_long(bodies: list[dict[str, Any]], most: int) -> None:
    searches = [(f"alias{number}", body, "w") for number, body in enumerate(bodies)]
    found = list(requests_of(searches, most))
    assert [one for some in found for one in some] == searches
    for some in found:
        written = sum(len(json.dumps(body, separators=(",", ":"))) for _, body, _ in some)
        assert len(some) == 1 or (some and written <= most)


def test_searches_about_many_people_are_parted_and_all_others_are_sent_at_once() -> None:
    ids = [f"{number:024x}" for number in range(100_000)]
    about_people = [("alias", {"query": {"terms": {"contact_ids": ids}}}, "w")] * 40
    assert [len(some) for some in requests_of(about_people)] == [14, 14, 12]
    assert len(list(requests_of([("alias", {"size": 0}, "w")] * 1_000))) == 1
    assert MOST_TEXT < 100_000_000


def test_a_search_that_is_too_long_is_no_outage() -> None:
    assert isinstance(refusal(413, None, "alias"), SearchRefused)
