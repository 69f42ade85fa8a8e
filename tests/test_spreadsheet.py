"""CSV is read back as it was by other programs, and no spreadsheet takes a cell for a formula."""

import ast
import csv
import io
from pathlib import Path

import duckdb
import polars
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import indexer
from indexer.spreadsheet import cell, csv_bytes, csv_of, original, safe

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
FORMULAS = (*SIGNS, "\t", "\r", "\n")
SKIPPED = " \t\r\n\u00a0\u3000\u200b\u200d\u2060\ufeff\"'"  # in front of a sign, by one program or another
nasty = st.text(
    st.sampled_from("=+-@\uff1d\uff20\t\r\n\"',; \0\ufeff\u200b'ü😀a1") | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)
rows_of_three = st.lists(st.tuples(nasty, nasty, nasty), min_size=1, max_size=6)


@given(nasty)
@example("'=1")
@example("\0=1")
def test_no_cell_begins_like_a_formula_and_none_loses_its_text(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(FORMULAS)
    assert original(cell) == text.replace("\0", "\ufffd")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+353 1 234",
        "-5",
        "@name",
        "\tx",
        "\rx",
        "\nx",
        "'=1",
        "\n=1",
        " =1",
        '"=1"',
        "\ufeff=1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
    ],
)
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "1-2", "it's", "'quoted'", '"quoted"', " x", "ü", "\u2212"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def written(rows: list[tuple[str, str, str]]) -> tuple[bytes, list[tuple[str, ...]]]:
    safely = [tuple(safe(text) for text in row) for row in rows]
    return csv_bytes([("a", "b", "c"), *safely]), safely


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
    file.write_bytes(csv_bytes([("at", "a", "b", "c"), *safely]))
    read = duckdb.read_csv(str(file), header=True, all_varchar=True, delimiter=",", quotechar='"', escapechar='"')
    assert [tuple(cell or "" for cell in row) for row in read.fetchall()] == safely


@given(st.text(st.sampled_from(SKIPPED), max_size=6), st.sampled_from(SIGNS), nasty)
def test_no_skipped_character_hides_a_sign(before: str, sign: str, after: str) -> None:
    assert safe(before + sign + after).startswith("'")


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_stays_a_number_and_its_text_does_not(number: float) -> None:
    assert type(number)(cell(number)) == number
    assert cell(str(number)) == safe(str(number))


def test_each_kind_of_value_has_its_form() -> None:
    values = [None, True, -5, -0.5, "-5", ["=x", 'a"b'], {"a": 1}]
    assert [cell(value) for value in values] == ["", "true", "-5", "-0.5", "'-5", '["=x","a\\"b"]', '{"a":1}']


def test_names_of_columns_are_text_too() -> None:
    assert csv_of(["=a", "b"], [["@x", 1]]) == b"'=a,b\r\n'@x,1\r\n"


def test_only_one_module_writes_csv() -> None:
    root = Path(indexer.__file__).parent
    writers = set()
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            taken = isinstance(node, ast.ImportFrom) and node.module == "csv"
            named = isinstance(node, ast.Attribute) and ast.unparse(node) in {"csv.writer", "csv.DictWriter"}
            if taken or named:
                writers.add(file.relative_to(root).as_posix())
    assert writers == {"spreadsheet.py"}
