"""Lists as parameters of statements arrive in PostgreSQL as they were given."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import DataError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indexer.store.database import open_store

pytestmark = pytest.mark.services

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ODD = [
    "",
    "NULL",
    "null",
    '"',
    "\\",
    '\\"',
    "{",
    "}",
    ",",
    " a ",
    "a\nb\t",
    "ﬁ🎈",
    "\u202eabc",
    "\x01",
    '{"a": "b\\nc"}',
]


@pytest.fixture(scope="module")
def connection(empty_store_url: str) -> Iterator[Connection]:
    engine = open_store(empty_store_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def echo(connection: Connection, type_: str, values: list[Any]) -> Any:
    return connection.exec_driver_sql(f"SELECT %(values)s::{type_}[]", {"values": values}).scalar_one()


@given(values=st.lists(TEXTS) | st.lists(st.sampled_from(ODD)) | st.lists(st.none() | TEXTS))
def test_texts_arrive_as_given(connection: Connection, values: list[str | None]) -> None:
    assert echo(connection, "text", values) == values


@given(values=st.lists(st.integers(-(2**63), 2**63 - 1)) | st.lists(st.none() | st.integers(-5, 5)))
def test_whole_numbers_arrive_as_given(connection: Connection, values: list[int | None]) -> None:
    assert echo(connection, "bigint", values) == values


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("boolean", [True, False]),
        ("text", [["a", '"'], ["b", "\\"]]),
        ("bytea", [b"\0", b'"']),
        ("float8", [0.5, -1.0]),
    ],
)
def test_other_lists_arrive_as_given(connection: Connection, type_: str, values: list[Any]) -> None:
    assert echo(connection, type_, values) == values


@pytest.mark.parametrize("values", [["a\0b"], ["a", "b\0"], ["\0", ""]])
def test_a_text_with_a_nul_character_is_refused(connection: Connection, values: list[str]) -> None:
    with pytest.raises(DBAPIError) as refused:
        echo(connection, "text", values)
    assert isinstance(refused.value.orig, DataError)
    connection.rollback()
