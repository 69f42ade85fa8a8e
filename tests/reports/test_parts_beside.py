"""An earlier range is cut into parts of as many days as the periods that they are compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.dashboards.date_ranges import Compared, span_before
from indexer.reports import Interval, Question
from indexer.reports.periods import Span, Weekday

DAY = timedelta(days=1)


def asked(span: Span, interval: Interval, week_start: Weekday = Weekday.MONDAY) -> Question:
    return Question.model_validate(
        {"workspace": "w", "from": span.first, "to": span.last, "interval": interval, "week_start": week_start}
    )


def days(question: Question, span: Span) -> list[Span]:
    return [question.part_of(span, period) for period in question.periods(span)]


@pytest.mark.parametrize(
    ("span", "interval", "parts"),
    [
        # Four days, four weeks and six days.
        (
            Span(date(2026, 10, 1), date(2026, 10, 31)),
            Interval.WEEK,
            [(date(2026, 8, 31), 4), (date(2026, 9, 4), 7), (date(2026, 9, 11), 7), (date(2026, 9, 18), 7),
             (date(2026, 9, 25), 6)],
        ),
        (Span(date(2026, 10, 1), date(2026, 10, 31)), Interval.MONTH, [(date(2026, 8, 31), 31)]),
        (Span(date(2026, 9, 1), date(2026, 10, 31)), Interval.MONTH, [(date(2026, 7, 2), 30), (date(2026, 8, 1), 31)]),
        # Whole weeks before: its own weeks, as a calendar has them.
        (Span(date(2026, 10, 5), date(2026, 10, 18)), Interval.WEEK, [(date(2026, 9, 21), 7), (date(2026, 9, 28), 7)]),
    ],
)  # fmt: skip
def test_each_part_has_as_many_days_as_the_period_it_stands_beside(
    span: Span, interval: Interval, parts: list[tuple[date, int]]
) -> None:
    before = span.before()
    earlier = asked(span, interval).beside(before, span)
    assert [(part.first, part.days) for part in days(earlier, before)] == parts


SPANS = st.builds(
    lambda first, length: Span(first, first + length * DAY),
    st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    st.integers(0, 400),
)


@given(SPANS, st.sampled_from(Interval), st.sampled_from(Weekday))
def test_a_range_of_equal_length_is_cut_into_parts_of_equal_length(
    span: Span, interval: Interval, week_start: Weekday
) -> None:
    question, before = asked(span, interval, week_start), span.before()
    earlier = question.beside(before, span)
    parts, periods = days(earlier, before), days(question, span)
    assert len(parts) == len(periods) == earlier.count_periods(before)
    for part, period in zip(parts, periods, strict=True):
        assert part.days == period.days or interval is Interval.MONTH
        assert part.days == period.days or span.first.day == before.first.day
    assert [part.last + DAY for part in parts] == [*(part.first for part in parts[1:]), before.last + DAY]
    assert parts[0].first == before.first


@given(SPANS, st.sampled_from([Compared.WEEKDAYS, Compared.YEAR]), st.sampled_from(Interval))
def test_whatever_range_is_compared_its_parts_are_all_of_its_days(
    span: Span, compared: Compared, interval: Interval
) -> None:
    before = span_before(span, compared)
    assert before is not None
    earlier = asked(before, interval).beside(before, span)
    parts = days(earlier, before)
    assert [day for part in parts for day in _dates(part)] == _dates(before)


def _dates(span: Span) -> list[date]:
    return [span.first + number * DAY for number in range(span.days)]
