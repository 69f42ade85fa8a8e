"""Passwords in URLs: of any characters, and in no message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from indexer.errors import OperatorError
from indexer.settings import Settings
from indexer.store.database import open_store
from indexer.urls import addresses, masked, masked_addresses, with_password

PASSWORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(PASSWORDS)
def test_a_password_of_any_characters_arrives_as_it_is(password: str) -> None:
    url = make_url(with_password("postgresql://indexer@postgres:5432/indexer", password))

    assert (url.username, url.password, url.host, url.port) == ("indexer", password, "postgres", 5432)
    assert url.database == "indexer"


@given(PASSWORDS)
def test_a_password_that_is_written_raw_is_never_shown(password: str) -> None:
    marked = f"<{password}>"

    assert marked not in masked(f"postgresql://indexer:{marked}@postgres:5432/indexer")
    assert masked(f"http://u:{marked}@es:9200") == "http://es:9200"


@pytest.mark.parametrize("password", ["p@ss/word#1", "a@b", "@", "x@y@z"])
def test_a_raw_at_sign_is_refused_with_the_way_to_write_it(password: str) -> None:
    with pytest.raises(OperatorError) as caught:
        open_store(f"postgresql://indexer:{password}@postgres:5432/indexer")

    assert "postgresql://postgres:5432/indexer" in str(caught.value)
    assert all(part not in str(caught.value) for part in ("ss/word", "a@", "y@z"))
    assert "%40" in caught.value.remedy
    assert "INDEXER_DATABASE_PASSWORD" in caught.value.remedy


def test_the_password_can_be_given_by_itself() -> None:
    settings = Settings.model_validate(
        {"DATABASE_URL": "postgresql://indexer@postgres:5432/indexer", "DATABASE_PASSWORD": "p@ss/word#1"}
    )

    assert make_url(str(settings.full_database_url)).password == "p@ss/word#1"
    assert "p@ss" not in repr(settings)


@pytest.mark.parametrize("url", ["postgresql://postgres/indexer", "postgresql://indexer:other@postgres/indexer"])
def test_a_password_without_a_place_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="cannot be put into DATABASE_URL"):
        Settings.model_validate({"DATABASE_URL": url, "DATABASE_PASSWORD": "secret"})


def test_a_list_of_addresses_is_shown_without_any_password() -> None:
    urls = "http://u:one@first:9200, https://u:two@second:9200"

    assert addresses(urls) == ["http://u:one@first:9200", "https://u:two@second:9200"]
    assert masked_addresses(urls) == "http://first:9200, https://second:9200"


@given(PASSWORDS)
def test_a_password_that_looks_like_a_list_is_never_shown(password: str) -> None:
    marked = f"<,http://{password}>"

    assert "<" not in masked_addresses(f"http://u:{marked}@es:9200")


def test_an_address_that_is_listed_twice_counts_once() -> None:
    assert addresses("http://first:9200,http://first:9200") == ["http://first:9200"]
