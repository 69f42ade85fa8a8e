"""Rows of CSV as Python's writer writes them, and broken ones, each of which costs only its own line."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.errors import Refused
from indexer.input_files import csv_rows as room
from indexer.input_files.csv_rows import csv_rows

CELLS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\",;\r\n\t\0 ='\ufeff"), max_size=12)


def rows(content: bytes) -> list[tuple[int, object]]:
    stream = io.BufferedReader(io.BytesIO(content), 16)
    return [(line, str(cells) if isinstance(cells, Refused) else cells) for line, cells in csv_rows(stream)]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=6), st.sampled_from(["\r\n", "\n"]), st.booleans())
@example(table=[["\ufeff", ""]], end="\n", mark=False)
def test_rows_are_read_as_they_were_written(table: list[list[str]], end: str, mark: bool) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["first", "line"], *table])
    found = rows((b"\xef\xbb\xbf" if mark else b"") + text.getvalue().encode())
    assert [cells for _, cells in found] == [["first", "line"], *table]


def test_every_row_has_the_number_of_the_line_in_which_it_begins() -> None:
    assert rows(b'a,b\n\n"two\nlines",1\r\n\r\n\nlast,row') == [
        (1, ["a", "b"]),
        (3, ["two\nlines", "1"]),
        (7, ["last", "row"]),
    ]


BROKEN = {
    b'"ab"c,d': "has text after a closing quote",
    b'x,"not closed': "has a quote that is not closed",
    b"one\rtwo,3": "has a carriage return outside of quotes; lines end in LF or CR LF",
    b"caf\xe9,1": "is not UTF-8",
    b'x,"' + b"y" * 131_073 + b'"': "has a cell of more than 131,072 characters; is a quote not closed?",
    b"y" * ((1 << 20) + 1): "is a line of more than 1 MiB",
}


@pytest.mark.parametrize("line", BROKEN, ids=BROKEN.values())
def test_a_broken_line_is_refused_alone(line: bytes) -> None:
    if BROKEN[line].startswith("has a quote"):
        after: list[tuple[int, object]] = [(4, ["5", "6"])]
        content = b"a,b\n1,2\n" + line + b"\n5,6\n"
    else:
        after = [(4, ["5", "6"]), (5, ["7", "eight\nnine"])]
        content = b"a,b\n1,2\n" + line + b'\n5,6\n7,"eight\nnine"\n'
    assert rows(content) == [(1, ["a", "b"]), (2, ["1", "2"]), (3, BROKEN[line]), *after]


def test_a_quote_that_is_not_closed_takes_only_its_own_line() -> None:
    content = b'a,b\n1,"open\n2,x\n3,"y"\n4,z\n'
    assert rows(content) == [
        (1, ["a", "b"]),
        (2, "has text after a closing quote"),
        (3, ["2", "x"]),
        (4, ["3", "y"]),
        (5, ["4", "z"]),
    ]


def test_a_row_of_many_lines_is_held_only_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LARGEST_ROW", 1 << 20)
    found = rows(b"a,b\n" + b'"' + (b"x" * 1_000 + b'\n","') * 1_200 + b"\n1,2\n")
    assert found[0] == (1, ["a", "b"])
    assert found[1] == (2, "is a row of more than 1 MiB; is a quote not closed?")
    assert found[-1] == (1_203, ["1", "2"])
