"""One form of durations, wherever people read them."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexer
from indexer.calendar.durations import bound, duration, exact_duration

SIZES = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def seconds_of(said: str) -> int:
    return sum(int(number.replace(",", "")) * SIZES[unit] for number, unit in re.findall(r"([\d,]+) ([dhms])", said))


@pytest.mark.parametrize(
    ("seconds", "said"), [(59, "59 s"), (118, "1 m 58 s (118 s)"), (102_120, "1 d 4 h (102,120 s)"), (0, "0 s")]
)
def test_exact_durations_show_the_seconds_too(seconds: int, said: str) -> None:
    assert exact_duration(seconds) == said


@given(st.integers(0, 10**9))
def test_a_bound_is_exact(seconds: int) -> None:
    assert seconds_of(bound(seconds)) == seconds


@given(st.integers(1, 10**9))
def test_a_negative_duration_reads_as_its_opposite_with_a_sign(seconds: int) -> None:
    assert duration(-seconds) == f"-{duration(seconds)}"


def test_no_other_module_has_a_form_of_its_own() -> None:
    root = Path(indexer.__file__).parent
    named = {
        (file.relative_to(root).as_posix(), node.name)
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.strip("_") in {"duration", "exact_duration"}
    }
    # A call's duration in seconds is not a text.
    assert named - {("records/call.py", "duration")} == {
        ("calendar/durations.py", "duration"),
        ("calendar/durations.py", "exact_duration"),
    }
