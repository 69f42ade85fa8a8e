from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports.periods import (
    Interval,
    Span,
    Weekday,
    count_periods,
    day_bounds,
    first_instant,
    period_of,
    periods,
)

# Zones that change their clocks at midnight, over midnight, by half an hour, by a whole day, and not at all.
ZONES = [
    "UTC",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Atlantic/Azores",
    "America/Nuuk",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(1972, 1, 1), date(2037, 12, 31))
intervals = st.sampled_from(Interval)
weekdays = st.sampled_from(Weekday)
DAY = timedelta(days=1)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(days)
    return Span(first, first + draw(st.integers(0, 800)) * DAY)


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())


@given(spans())
def test_every_date_of_a_range_is_one_period_of_a_day(span: Span):
    found = periods(span, Interval.DAY)
    assert found == [span.first + n * DAY for n in range(span.days)]
    assert found[-1] == span.last


@given(spans(), intervals, weekdays)
def test_every_date_lies_in_one_of_the_periods_and_no_period_is_beside_the_range(
    span: Span, interval: Interval, week_start: Weekday
):
    every_date = (span.first + n * DAY for n in range(span.days))
    assert periods(span, interval, week_start) == sorted(
        {period_of(day, interval, span, week_start) for day in every_date}
    )


@given(spans(), intervals, weekdays)
def test_periods_can_be_counted_without_listing_them(span: Span, interval: Interval, week_start: Weekday):
    assert count_periods(span, interval, week_start) == len(periods(span, interval, week_start))


@given(days, weekdays)
def test_a_week_has_seven_days_and_begins_on_the_day_that_is_asked_for(day: date, week_start: Weekday):
    start = period_of(day, Interval.WEEK, Span(day, day), week_start)
    assert start <= day < start + 7 * DAY
    assert start.strftime("%A").lower() == week_start


@given(days)
def test_a_week_begins_on_monday_and_a_month_on_its_first(day: date):
    year, week, _ = day.isocalendar()
    assert period_of(day, Interval.WEEK, Span(day, day)) == date.fromisocalendar(year, week, 1)
    assert period_of(day, Interval.MONTH, Span(day, day)) == date(day.year, day.month, 1)


@given(days, zones)
def test_a_date_begins_with_the_first_instant_that_the_clocks_show_it_or_a_later_one(day: date, zone: ZoneInfo):
    start = first_instant(day, zone)
    assert datetime.fromtimestamp(start, zone).date() >= day
    assert datetime.fromtimestamp(start - 1, zone).date() < day


@given(st.integers(utc(2012, 1, 1), utc(2037, 12, 31)), zones)
def test_every_instant_lies_in_the_range_of_its_local_date_alone(instant: int, zone: ZoneInfo):
    day = datetime.fromtimestamp(instant, zone).date()
    start, end = Span(day, day).instants(zone)
    assert start <= instant < end


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        ("UTC", date(2024, 2, 29), utc(2024, 2, 29)),
        ("Asia/Kolkata", date(2024, 3, 1), utc(2024, 2, 29, 18, 30)),
        # Midnight was skipped: the day began at one o'clock.
        ("America/Sao_Paulo", date(2018, 11, 4), utc(2018, 11, 4, 3)),
        # Midnight came twice.
        ("America/Havana", date(2023, 11, 5), utc(2023, 11, 5, 4)),
        # The clocks went back from midnight to eleven: there is one midnight, after the second eleven.
        ("America/Sao_Paulo", date(2018, 2, 18), utc(2018, 2, 18, 3)),
        # The half hour around midnight was skipped.
        ("America/Toronto", date(1919, 3, 31), utc(1919, 3, 31, 4, 30)),
    ],
)
def test_midnights_that_clocks_skip_or_repeat(zone: str, day: date, instant: int):
    assert first_instant(day, ZoneInfo(zone)) == instant


def test_days_are_those_of_the_zone():
    dublin, change = ZoneInfo("Europe/Dublin"), date(2026, 3, 29)
    assert day_bounds(change, change, dublin) == Span(change, change).instants(dublin)
    start, end = day_bounds(change, change, dublin)
    assert start is not None
    assert end is not None
    assert end - start == 23 * 3600
    assert day_bounds(None, change, dublin) == (None, end)
    assert day_bounds(change, None, dublin) == (start, None)


def test_a_date_that_a_zone_has_skipped_is_an_empty_range():
    skipped = Span(date(2011, 12, 30), date(2011, 12, 30))
    start, end = skipped.instants(ZoneInfo("Pacific/Apia"))
    assert start == end == utc(2011, 12, 30, 10)
    assert periods(skipped, Interval.DAY) == [date(2011, 12, 30)]


@given(spans())
def test_the_span_before_is_as_long_and_ends_where_this_one_begins(span: Span):
    before = span.before()
    assert before.days == span.days
    assert before.last + DAY == span.first
