import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports.figures import figure_text
from indexer.web.charts.scale import lines

UNITS = ["seconds", "percent", "conversations", "score"]


@given(st.floats(0, 1e9), st.sampled_from(UNITS), st.booleans())
def test_there_are_few_lines_from_zero_to_just_above_the_highest(highest: float, unit: str, whole: bool) -> None:
    found = lines(highest, unit, whole=whole)
    assert 2 <= len(found) <= 6
    assert found[0] == 0
    assert found[-1] >= highest
    assert len(found) == 2 or found[-2] < highest


@given(st.floats(0, 1e7), st.sampled_from(UNITS), st.booleans())
def test_no_two_lines_read_the_same(highest: float, unit: str, whole: bool) -> None:
    labels = [figure_text(value, unit) for value in lines(highest, unit, whole=whole)]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("highest", "unit", "read"),
    [
        (4, "conversations", ["0", "1", "2", "3", "4"]),
        (7_000, "seconds", ["0 s", "30 m", "1 h", "1 h 30 m", "2 h"]),
        (400_000, "seconds", ["0 s", "1 d", "2 d", "3 d", "4 d", "5 d"]),
        (97.5, "percent", ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
    ],
)
def test_lines_are_at_round_figures(highest: float, unit: str, read: list[str]) -> None:
    assert [figure_text(value, unit) for value in lines(highest, unit)] == read


def test_small_fractions_have_lines_too() -> None:
    assert [figure_text(value, "score") for value in lines(0.11, "score", whole=False)] == ["0", "0.05", "0.1", "0.15"]
