"""Keys of documents: no two have one `_id`, the way back leads to where it began, ordinary ones are what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.keys import MOST_BYTES, EntityKey, is_too_long, routing_of, workspace_routing

odd = st.one_of(st.text(), st.text(st.sampled_from(":%,ab3A25\x00\n\x9f")))
keys = st.builds(EntityKey, odd, odd)


@given(keys)
def test_the_way_back_leads_to_the_key(key: EntityKey) -> None:
    assert EntityKey.from_document_id(key.document_id) == key


@given(keys, keys)
def test_no_two_keys_have_one_document(one: EntityKey, other: EntityKey) -> None:
    assert (one.document_id == other.document_id) == (one == other)


@given(odd, odd, odd)
def test_a_colon_in_the_workspace_is_not_a_colon_in_the_id(one: str, other: str, last: str) -> None:
    assert EntityKey(one, f"{other}:{last}").document_id != EntityKey(f"{one}:{other}", last).document_id


@given(keys)
def test_a_workspace_and_its_documents_have_one_routing(key: EntityKey) -> None:
    assert key.routing == routing_of(key.document_id) == workspace_routing(key.workspace_id)
    assert not {",", ":"} & set(key.routing)


@pytest.mark.parametrize("workspace", ["w", "acme-eu", "100%", "Größe & Söhne", "Acme, Inc", "%3a", "a/b", "店"])
@pytest.mark.parametrize("id_", ["5", "eu:5", "%3A", "a,b"])
def test_the_id_of_an_ordinary_workspace_is_what_it_says(workspace: str, id_: str) -> None:
    assert EntityKey(workspace, id_).document_id == f"{workspace}:{id_}"


@pytest.mark.parametrize(
    ("workspace", "encoded"), [("acme:eu", "acme%3Aeu"), ("a%3Ab", "a%253Ab"), ("a\nb", "a%0Ab"), ("%:", "%%3A")]
)
def test_an_ambiguous_character_in_a_workspace_is_encoded(workspace: str, encoded: str) -> None:
    assert EntityKey(workspace, "5").document_id == f"{encoded}:5"


@pytest.mark.parametrize("letter", ["x", "é", "店", "\U0001f980", "\ud800"])
def test_the_longest_id_is_counted_in_bytes_as_it_is_encoded(letter: str) -> None:
    most = (MOST_BYTES - 4) // len(letter.encode(errors="surrogatepass"))
    for workspace in ("abc", ":"):
        document = EntityKey(workspace, letter * most).document_id
        left = MOST_BYTES - len(document.encode(errors="surrogatepass"))
        assert not is_too_long(document + "x" * left)
        assert is_too_long(document + "x" * (left + 1))
