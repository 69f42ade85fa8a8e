"""Which periods are whole, and averages by days, against every date of a range looked at on its own."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports import Question, read_question
from indexer.reports.completeness import average, parts
from indexer.reports.definition import Definition
from indexer.reports.periods import period_of
from tests.reports.definitions import definition

REPORT = definition()
DAY = timedelta(days=1)


def asked(first: date, last: date, interval: str, report: Definition = REPORT, **other: Any) -> Question:
    return read_question(report, {"workspace": "w", "from": first, "to": last, "interval": interval, **other})


def short(question: Question, report: Definition = REPORT) -> dict[str, tuple[str, str, bool]]:
    return {
        str(period): (str(part.from_), str(part.to), part.unfinished)
        for period, part in parts(report, question, question.span).items()
    }


def test_weeks_and_months_that_the_range_cuts_are_partial_and_say_which_days_they_have():
    first, last = date(2016, 5, 28), date(2016, 5, 31)
    assert short(asked(first, last, "week")) == {
        "2016-05-23": ("2016-05-28", "2016-05-29", False),
        "2016-05-30": ("2016-05-30", "2016-05-31", False),
    }
    assert short(asked(first, last, "month")) == {"2016-05-01": ("2016-05-28", "2016-05-31", False)}
    assert short(asked(first, last, "day")) == short(asked(first, last, "range")) == {}


def test_a_period_that_is_not_over_is_unfinished():
    noon = int(datetime(2024, 3, 5, 12, tzinfo=UTC).timestamp())
    first, last = date(2024, 3, 4), date(2024, 3, 6)
    assert short(asked(first, last, "day", as_of=noon)) == {
        "2024-03-05": ("2024-03-05", "2024-03-05", True),
        "2024-03-06": ("2024-03-06", "2024-03-06", True),
    }
    assert short(asked(first, last, "range", as_of=noon)) == {"2024-03-04": ("2024-03-04", "2024-03-06", True)}


def test_a_state_at_the_end_of_a_period_is_whole_if_its_end_is_there():
    report = definition(axis="end_of_period", value={"at_end": "open_during"})
    question = asked(date(2016, 5, 28), date(2016, 5, 31), "week", report)
    assert list(short(question, report)) == ["2016-05-30"]


@given(
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    st.integers(0, 120),
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(["monday", "sunday", "wednesday"]),
    st.none() | st.integers(-40, 160),
)
def test_a_period_is_partial_exactly_if_one_of_its_dates_is_missing_or_not_over(
    first: date, days: int, interval: str, week_start: str, present: int | None
) -> None:
    last = first + days * DAY
    moment = None if present is None else datetime.combine(first + present * DAY, time(9), UTC)
    as_of = None if moment is None else int(moment.timestamp())
    question = asked(first, last, interval, week_start=week_start, as_of=as_of)
    given_ = parts(REPORT, question, question.span)
    margin = 40
    dates: dict[date, list[date]] = {}
    for number in range(-margin, days + margin):
        day = first + number * DAY
        dates.setdefault(period_of(day, question.interval, question.span, question.week_start), []).append(day)
    for period in question.periods(question.span):
        inside = [day for day in dates[period] if first <= day <= last]
        over = moment is None or inside[-1] < moment.date()
        assert (period in given_) == (inside != dates[period] or not over)
        if period in given_:
            assert (given_[period].from_, given_[period].to) == (inside[0], inside[-1])
            assert given_[period].unfinished is not over


def test_an_average_goes_by_days_however_the_range_cuts_the_weeks():
    question = asked(date(2026, 10, 1), date(2026, 10, 31), "week")
    found = average(REPORT, question, question.span, 68)
    assert found is not None
    assert (round(found.value, 1), found.per, found.days) == (15.4, "week", 31)


@given(st.integers(0, 10**6), st.integers(1, 24))
def test_over_whole_months_an_average_is_the_total_divided_by_the_number_of_months(total: int, months: int) -> None:
    end = date(2023 + (months // 12), months % 12 + 1, 1) - DAY
    question = asked(date(2023, 1, 1), end, "month")
    found = average(REPORT, question, question.span, total)
    assert found is not None
    assert found.value == pytest.approx(total / months)


@pytest.mark.parametrize("value", [{"median": "reassignments_after_first_reply"}, {"rate": {"channel": "email"}}])
def test_a_number_that_does_not_add_up_over_time_has_no_average(value: dict[str, Any]) -> None:
    report = definition(value=value)
    question = asked(date(2024, 3, 1), date(2024, 3, 31), "week", report)
    assert average(report, question, question.span, 5.0) is None


def test_days_that_are_not_over_are_left_out_and_without_any_there_is_no_average():
    first, last = date(2024, 3, 1), date(2024, 3, 31)
    begun = int(datetime(2024, 3, 11, 9, tzinfo=UTC).timestamp())
    question = asked(first, last, "day", as_of=begun)
    found = average(REPORT, question, question.span, 50)
    assert found is not None
    assert (found.value, found.days) == (5, 10)
    assert average(REPORT, asked(first, last, "day", as_of=1_709_251_200), question.span, 50) is None
