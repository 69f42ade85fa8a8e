import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.web.requests.etag import entity_tag, tagged


@given(st.binary(), st.binary())
def test_a_tag_tells_bodies_apart(one: bytes, other: bytes) -> None:
    assert (entity_tag(one) == entity_tag(other)) == (one == other)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '{} , W/"other"', "*"])
def test_a_client_that_has_the_answer_is_not_sent_it_again(form: str) -> None:
    response = tagged(b"{}", form.format(entity_tag(b"{}")))
    assert (response.status_code, response.body) == (304, b"")
    assert response.headers["ETag"] == entity_tag(b"{}")


@given(st.text())
def test_a_client_that_names_other_tags_gets_the_answer(header: str) -> None:
    response = tagged(b"{}", header.replace("*", ""))
    assert (response.status_code, response.body) == (200, b"{}")
