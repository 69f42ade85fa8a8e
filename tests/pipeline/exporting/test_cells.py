"""What is written is read back as it was by other programs, and no spreadsheet takes it for a formula."""

import csv
import io
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indexer.pipeline.exporting.cells import Times, original, row_maker, safe, write_rows
from indexer.pipeline.exporting.columns import Column, Kind

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
nasty = st.text(st.sampled_from("=+-@\t\r\n\"',; \0'ü😀a1") | st.characters(exclude_categories=["Cs"]), max_size=12)
rows_of_three = st.lists(st.tuples(nasty, nasty, nasty), min_size=1, max_size=6)
DUBLIN = ZoneInfo("Europe/Dublin")


@given(nasty)
@example("'=1")
@example("\0=1")
def test_no_cell_begins_like_a_formula_and_none_loses_what_it_said(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(FORMULAS)
    assert original(cell) == text.replace("\0", "\ufffd")


@pytest.mark.parametrize("text", ["=1+1", "+353 1 234", "-5", "@name", "\tx", "\rx", "'=1"])
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "1-2", "it's", "'quoted'", " =1", "ü"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def written(rows: list[tuple[str, str, str]]) -> tuple[bytes, list[tuple[str, ...]]]:
    safely = [tuple(safe(text) for text in row) for row in rows]
    return write_rows([("a", "b", "c"), *safely]), safely


@given(rows_of_three)
def test_python_reads_what_was_written(rows: list[tuple[str, str, str]]) -> None:
    content, safely = written(rows)
    read = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    assert [tuple(row) for row in read][1:] == safely


@given(rows_of_three)
def test_polars_reads_what_was_written(rows: list[tuple[str, str, str]]) -> None:
    content, safely = written(rows)
    read = polars.read_csv(content, infer_schema=False)
    assert read.columns == ["a", "b", "c"]
    assert [tuple(cell or "" for cell in row) for row in read.rows()] == safely


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows_of_three)
def test_duckdb_reads_what_was_written(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    # By itself it takes a line that begins with # for a comment; those of an export begin with a time.
    safely = [("2026-10-01T09:00:00+00:00", *(safe(text) for text in row)) for row in rows]
    file = tmp_path / "export.csv"
    file.write_bytes(write_rows([("at", "a", "b", "c"), *safely]))
    read = duckdb.read_csv(str(file), header=True, all_varchar=True, delimiter=",", quotechar='"', escapechar='"')
    assert [tuple(cell or "" for cell in row) for row in read.fetchall()] == safely


COLUMNS = [
    Column("at", "legacy.thread_created_at", Kind.TIME, ""),
    Column("title", "title", Kind.TEXT, ""),
    Column("tags", "tags", Kind.LIST, ""),
    Column("good", "good", Kind.BOOLEAN, ""),
    Column("count", "count", Kind.NUMBER, ""),
]


def test_each_kind_of_value_has_its_form() -> None:
    document = {
        "legacy": {"thread_created_at": 1_711_846_800},
        "title": "=1",
        "tags": ["=x", 'a"b'],
        "good": False,
        "count": 0,
    }
    cells = row_maker(COLUMNS, DUBLIN, Times.ISO)(document)
    assert cells == ["2024-03-31T02:00:00+01:00", "'=1", '["=x","a\\"b"]', "false", "0"]
    assert row_maker(COLUMNS, DUBLIN, Times.EPOCH)(document)[0] == "1711846800"


def test_what_does_not_exist_is_empty() -> None:
    assert row_maker(COLUMNS, DUBLIN, Times.ISO)({}) == [""] * 5


@given(st.integers(0, 4_000_000_000), st.sampled_from(["Pacific/Apia", "America/St_Johns", "Africa/Monrovia", "UTC"]))
def test_a_time_says_the_instant_whatever_the_zone(at: int, zone: str) -> None:
    cell = row_maker(COLUMNS, ZoneInfo(zone), Times.ISO)({"legacy": {"thread_created_at": at}})[0]
    assert datetime.fromisoformat(cell).timestamp() == at
