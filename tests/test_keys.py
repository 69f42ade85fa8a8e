"""Keys of documents: no two have one `_id`, the way back leads to where it began, ordinary ones are what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.keys import MOST_BYTES, document_id, is_too_long, key_of, routing_of, workspace_routing

odd = st.one_of(st.text(), st.text(st.sampled_from(":%,ab3A25\x00\n\x9f")))
keys = st.tuples(odd, odd)


@given(keys)
def test_the_way_back_leads_to_the_key(key: tuple[str, str]) -> None:
    assert key_of(document_id(*key)) == key


@given(keys, keys)
def test_no_two_keys_have_one_document(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (document_id(*one) == document_id(*other)) == (one == other)


@given(odd, odd, odd)
def test_a_colon_in_the_workspace_is_not_a_colon_in_the_id(one: str, other: str, last: str) -> None:
    assert document_id(one, f"{other}:{last}") != document_id(f"{one}:{other}", last)


@given(keys)
def test_a_workspace_and_its_documents_have_one_routing(key: tuple[str, str]) -> None:
    routing = routing_of(document_id(*key))
    assert routing == workspace_routing(key[0])
    assert not {",", ":"} & set(routing)


@pytest.mark.parametrize("workspace", ["w", "acme-eu", "100%", "Größe & Söhne", "Acme, Inc", "%3a", "a/b", "店"])
@pytest.mark.parametrize("id_", ["5", "eu:5", "%3A", "a,b"])
def test_the_id_of_an_ordinary_workspace_is_what_it_says(workspace: str, id_: str) -> None:
    assert document_id(workspace, id_) == f"{workspace}:{id_}"


@pytest.mark.parametrize(
    ("workspace", "encoded"), [("acme:eu", "acme%3Aeu"), ("a%3Ab", "a%253Ab"), ("a\nb", "a%0Ab"), ("%:", "%%3A")]
)
def test_an_ambiguous_character_in_a_workspace_is_encoded(workspace: str, encoded: str) -> None:
    assert document_id(workspace, "5") == f"{encoded}:5"


@pytest.mark.parametrize("letter", ["x", "é", "店", "\U0001f980", "\ud800"])
def test_the_longest_id_is_counted_in_bytes_as_it_is_encoded(letter: str) -> None:
    most = (MOST_BYTES - 4) // len(letter.encode(errors="surrogatepass"))
    for workspace in ("abc", ":"):
        left = MOST_BYTES - len(f"{document_id(workspace, letter * most)}".encode(errors="surrogatepass"))
        assert not is_too_long(document_id(workspace, letter * most + "x" * left))
        assert is_too_long(document_id(workspace, letter * most + "x" * (left + 1)))
