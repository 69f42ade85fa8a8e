import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.calendar.durations import duration
from indexer.reports.figures import figure_text

SIZES = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@pytest.mark.parametrize(
    ("value", "unit", "read"),
    [
        (0, "seconds", "0 s"),
        (0.5, "seconds", "0.5 s"),
        (45, "seconds", "45 s"),
        (59.6, "seconds", "1 m"),
        (725, "seconds", "12 m 5 s"),
        (3_600, "seconds", "1 h"),
        (4_999, "seconds", "1 h 23 m"),
        (86_399, "seconds", "1 d"),
        (183_600, "seconds", "2 d 3 h"),
        (None, "seconds", "-"),
        (12.5, "percent", "12.5 %"),
        (100, "percent", "100 %"),
        (33.333333, "percent", "33.3 %"),
        (1_234, "conversations", "1,234"),
        (4.25, "score", "4.25"),
        (1_000_000.0, "replies", "1,000,000"),
        (None, "score", "-"),
    ],
)
def test_a_number_reads_as_its_unit_wants(value: float | None, unit: str, read: str) -> None:
    assert figure_text(value, unit) == read


@given(st.floats(0, 1e9))
def test_a_duration_is_no_further_off_than_half_its_smaller_unit(seconds: float) -> None:
    parts = re.findall(r"([\d.,]+) ([dhms])", duration(seconds))
    read = sum(float(number.replace(",", "")) * SIZES[name] for number, name in parts)
    # The smaller unit of the two follows the larger one, whether it is said or not.
    larger = parts[0][1]
    smaller = {"d": 3_600, "h": 60, "m": 1, "s": 1}[larger]
    assert abs(read - seconds) <= smaller / 2 + 1e-6 * seconds
