"""A table fits its width, whatever is in it, and says every letter of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from indexer.cli.layout import Lines, table, wrapped
from indexer.plain_text import printable

WIDTHS = (60, 80, 100, 120)
names = (
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30)
    | st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=12).map(" ".join)
    | st.sampled_from(["repo/origin-of-conversations", "x" * 130, "支持团队" * 10, "\x1b[31mred\nand blue"])
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    columns = draw(st.integers(1, 8))
    headings = draw(st.lists(st.text("abcdefg_", min_size=1, max_size=20), min_size=columns, max_size=columns))
    rows = draw(st.lists(st.lists(names, min_size=columns, max_size=columns), max_size=5))
    return headings, rows


def letters(text: str) -> str:
    return re.sub(r"\s", "", printable(text))


@pytest.mark.parametrize("width", WIDTHS)
@given(tables())
def test_no_line_is_longer_than_the_width_and_no_word_is_lost(
    width: int, made: tuple[list[str], list[list[str]]]
) -> None:
    headings, rows = made
    found = table(headings, rows, width)
    lines = [*found.heading, *found.body]
    assert all(cell_len(line) <= width for line in lines)
    everything = letters(" ".join(found.body))
    for word in (word for row in rows for text in row for word in printable(text, keep="\n").split()):
        # A word that no line holds goes on in the next one.
        assert any(word in line for line in found.body) or letters(word) in everything


@given(names, st.integers(10, 120))
def test_words_are_only_broken_if_no_line_holds_them(text: str, width: int) -> None:
    lines = wrapped(printable(text, keep="\n"), width)
    assert letters("".join(lines)) == letters(text)
    for word in printable(text, keep="\n").split():
        assert cell_len(word) > width or any(word in line for line in lines)


def test_columns_that_fit_are_side_by_side() -> None:
    found = table(["name", "count"], [["a", "1"], ["bcd", "20"]], 80, right=[1])
    assert found == Lines(["name  count", "───────────"], ["a         1", "bcd      20"])


def test_prose_is_broken_before_names_are() -> None:
    prose = "this says at length what has to be done about it, and goes on for more than a line has"
    found = table(["check", "remedy"], [["x" * 30, prose]], 60)
    assert found.body[0].startswith("x" * 30 + "  this says")
    assert len(found.body) > 2


def test_a_long_name_stands_above_its_numbers() -> None:
    found = table(["field", "equal", "different"], [["x" * 60, "1,234", "56"]], 60, right=[1, 2])
    assert found.heading == ["field", "  equal  different", "──────────────────"]
    assert found.body == ["x" * 60, "  1,234         56"]


def test_more_columns_than_fit_make_blocks() -> None:
    rows = [["a", "", *["y" * 20] * 4], ["b", "z", *["y" * 20] * 4]]
    found = table(["name", "empty", "c", "d", "e", "f"], rows, 60)
    assert found.body[:3] == ["name:  a", f"c:     {'y' * 20}", f"d:     {'y' * 20}"]
    assert "empty: z" in found.body
