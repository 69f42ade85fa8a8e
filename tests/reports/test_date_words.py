from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports.date_words import read_range
from indexer.reports.invalid_question import InvalidQuestion

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("first", "to", "last", "month", "becomes"),
    [
        ("2026-01-01", "2026-01-31", None, None, ("2026-01-01", "2026-01-31")),
        ("yesterday", None, None, None, ("2026-03-01", "2026-03-02")),
        ("yesterday", "yesterday", None, None, ("2026-03-01", "2026-03-01")),
        ("today", None, None, None, ("2026-03-02", "2026-03-02")),
        ("2026-02-01", "today", None, None, ("2026-02-01", "2026-03-02")),
        ("2026-02-01", None, None, None, ("2026-02-01", None)),
        (None, None, None, None, (None, None)),
        ("not a date", "nor this", None, None, ("not a date", "nor this")),
        (None, None, "1d", None, ("2026-03-01", "2026-03-01")),
        (None, None, "28d", None, ("2026-02-02", "2026-03-01")),
        (None, None, "4w", None, ("2026-02-02", "2026-03-01")),
        (None, None, "1m", None, ("2026-02-01", "2026-02-28")),
        (None, None, "3m", None, ("2025-12-01", "2026-02-28")),
        (None, None, None, "2024-02", ("2024-02-01", "2024-02-29")),
        (None, None, None, "this", ("2026-03-01", "2026-03-31")),
        (None, None, None, "last", ("2026-02-01", "2026-02-28")),
    ],
)
def test_a_range_in_words_becomes_dates(
    first: str | None, to: str | None, last: str | None, month: str | None, becomes: tuple[str | None, str | None]
) -> None:
    assert read_range(first, to, last, month, TODAY) == becomes


@pytest.mark.parametrize(
    ("first", "to", "last", "month", "parameter"),
    [
        (None, None, "28", None, "last"),
        (None, None, "0d", None, "last"),
        (None, None, "d", None, "last"),
        (None, None, "-1d", None, "last"),
        (None, None, "9999m9", None, "last"),
        (None, None, None, "2026-13", "month"),
        (None, None, None, "0000-01", "month"),
        (None, None, None, "March", "month"),
        ("today", None, "28d", None, "last"),
        (None, "today", None, "this", "month"),
        (None, None, "28d", "this", "month"),
    ],
)
def test_a_range_that_cannot_be_read_is_refused(
    first: str | None, to: str | None, last: str | None, month: str | None, parameter: str
) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        read_range(first, to, last, month, TODAY)
    assert caught.value.parameter == parameter


@given(st.dates(date(1971, 1, 1)), st.integers(1, 300), st.sampled_from("dwm"))
def test_the_last_days_are_all_over_and_are_as_many_as_asked(today: date, number: int, unit: str) -> None:
    try:
        first, last = read_range(None, None, f"{number}{unit}", None, today)
    except (InvalidQuestion, OverflowError):
        pytest.fail("a range of this size lies in the calendar")
    assert first is not None
    assert last is not None
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    assert begin <= end < today
    if unit == "m":
        assert begin.day == 1
        assert (end + timedelta(days=1)).day == 1
        assert (today.year - begin.year) * 12 + today.month - begin.month == number
    else:
        assert end == today - timedelta(days=1)
        assert (end - begin).days + 1 == number * (7 if unit == "w" else 1)
