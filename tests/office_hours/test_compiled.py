"""Durations within office hours, against a walk by the minute and against what must hold of them."""

import time
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.office_hours import Clock, parse_office_hours
from tests.office_hours.oracle import open_instants, open_seconds
from tests.office_hours.strategies import (
    DAY,
    HOUR,
    ZONES,
    closed_on,
    moments,
    schedules,
    schedules_and_spans,
    week_intervals,
)

Json = dict[str, Any]
YEAR = 365 * DAY


def clock_of(schedule: Json) -> Clock:
    return parse_office_hours(schedule).clock


def within(schedule: Json, start: int, end: int) -> int:
    clock = clock_of(schedule)
    return clock(end) - clock(start)


def hours_within(schedule: Json, start: str, end: str) -> float:
    """Hours from one local time to another, the first of the two where it comes twice."""
    zone = ZoneInfo(schedule["time_zone_name"])
    ends = [int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) for text in (start, end)]
    return within(schedule, *ends) / HOUR


def weekly(zone: str, *intervals: tuple[int, int], exceptions: list[Json] | None = None) -> Json:
    return {
        "time_zone_name": zone,
        "time_intervals": [{"start_minute": start, "end_minute": end} for start, end in intervals],
        "exceptions": exceptions or [],
    }


def daily(zone: str, start: int, end: int, **more: Any) -> Json:
    return weekly(zone, *((day * 1440 + start, day * 1440 + end) for day in range(7)), **more)


@settings(deadline=None, max_examples=200)
@given(schedules_and_spans())
def test_a_walk_by_the_minute_counts_the_same(drawn: tuple[Json, int, int]) -> None:
    schedule, start, end = drawn
    assert within(schedule, start, end) == open_seconds(schedule, start, end)


@settings(deadline=None, max_examples=100)
@given(schedules_and_spans())
def test_the_intervals_are_the_minutes_that_are_open(drawn: tuple[Json, int, int]) -> None:
    schedule, start, end = drawn
    start, end = start // 60 * 60, end // 60 * 60
    intervals = parse_office_hours(schedule).intervals(start, end)
    walked = {instant for instant in open_instants(schedule, start, end) if start <= instant < end}
    assert {instant for span in intervals for instant in range(*span, 60)} == walked
    assert all(one_end < next_start for (_, one_end), (next_start, _) in pairwise(intervals))


@pytest.mark.parametrize("zone", sorted(set(ZONES) - {"America/St_Johns"}))  # a step of a quarter misses its 00:01
def test_a_walk_through_a_whole_year_counts_the_same(zone: str) -> None:
    schedule = daily(
        zone, 45, 1395, exceptions=[closed_on(date(2011, 10, 12)), closed_on(date(2000, 5, 1), annual=True)]
    )
    start = int(datetime(2011, 3, 1, tzinfo=UTC).timestamp())
    assert within(schedule, start, start + YEAR) == open_seconds(schedule, start, start + YEAR, step=900)


@given(schedules_and_spans(longest=3 * YEAR), st.data())
@settings(deadline=None)
def test_durations_add_up_are_never_negative_and_at_most_elapsed(
    drawn: tuple[Json, int, int], data: st.DataObject
) -> None:
    schedule, start, end = drawn
    middle = data.draw(st.integers(start, end))
    clock = clock_of(schedule)
    first, second = clock(middle) - clock(start), clock(end) - clock(middle)
    assert 0 <= first <= middle - start
    assert 0 <= second <= end - middle
    assert first + second == within(schedule, start, end)


@given(schedules_and_spans(), week_intervals())
@settings(deadline=None)
def test_more_hours_never_lower_a_duration(drawn: tuple[Json, int, int], another: Json) -> None:
    schedule, start, end = drawn
    longer = schedule | {"time_intervals": [*schedule["time_intervals"], another]}
    assert within(schedule, start, end) <= within(longer, start, end)


@given(schedules_and_spans(), st.integers(-1, 3), st.booleans())
@settings(deadline=None)
def test_a_day_off_never_raises_a_duration(drawn: tuple[Json, int, int], days: int, annual: bool) -> None:
    schedule, start, end = drawn
    day_off = closed_on(datetime.fromtimestamp(start + days * DAY, UTC).date(), annual=annual)
    others = [e for e in schedule["exceptions"] if e["exception_date"] != day_off["exception_date"]]
    assert within(schedule | {"exceptions": [*others, day_off]}, start, end) <= within(
        schedule | {"exceptions": others}, start, end
    )


@given(st.data(), schedules(), st.permutations(range(1985, 2036, 10)))
@settings(deadline=None, max_examples=10)
def test_earlier_questions_never_change_an_answer(data: st.DataObject, schedule: Json, years: list[int]) -> None:
    start = data.draw(moments(schedule["time_zone_name"]))
    end = start + 3 * DAY
    expected = within(schedule, start, end)
    grown = clock_of(schedule)
    at_start = grown(start)
    for year in years:
        asked_before_it_grew = grown(start)
        grown(int(datetime(year, 7, 1, tzinfo=UTC).timestamp()))
        assert grown(end) - asked_before_it_grew == expected
    assert grown(start) == at_start


def test_an_interval_over_new_year_is_one_however_the_years_were_asked_for() -> None:
    office_hours = parse_office_hours(weekly("UTC", (6 * 1440, 8 * 1440)))  # Sunday and Monday
    new_year = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())  # a Monday
    for instant in (new_year, new_year - 1):
        office_hours.clock(instant)
    assert office_hours.intervals(new_year - 3 * DAY, new_year + 3 * DAY) == [(new_year - DAY, new_year + DAY)]


def test_the_first_second_of_a_year_is_in_an_interval_that_ends_with_it() -> None:
    new_year = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
    office_hours = parse_office_hours(weekly("UTC", (6 * 1440, 8 * 1440)))
    assert office_hours.intervals(new_year - 5, new_year + 1) == [(new_year - 5, new_year + 1)]


@pytest.mark.parametrize("machines", ["America/New_York", "Asia/Tokyo"])
def test_the_zone_of_the_machine_does_not_matter(machines: str) -> None:
    new_year = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", machines)
        time.tzset()
        office_hours = parse_office_hours(daily("UTC", 0, 60))
        from_the_old_year = office_hours.clock(new_year + 60) - office_hours.clock(new_year - HOUR)
        intervals = office_hours.intervals(new_year - HOUR, new_year + 60)
    time.tzset()
    assert from_the_old_year == 60
    assert intervals == [(new_year, new_year + 60)]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Africa/Casablanca"])
def test_every_second_from_1970_to_2100_has_an_answer(zone: str) -> None:
    first, last = 0, int(datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    clock = clock_of(daily(zone, 540, 600))
    assert clock(last) - clock(first) == pytest.approx((last - first) / 24, rel=0.001)


def test_nothing_is_open_before_1970_and_after_2100() -> None:
    clock = clock_of(daily("Asia/Kathmandu", 0, 1439))
    assert clock(-(10**12)) == clock(-1) == clock(0)
    assert clock(5 * 10**9) == clock(10**12) > clock(4 * 10**9)


def test_an_interval_over_midnight_stays_open_past_it() -> None:
    friday_night = weekly("Europe/London", (4 * 1440 + 1320, 5 * 1440 + 120))
    assert hours_within(friday_night, "2024-01-05T20:00", "2024-01-06T12:00") == 4
    assert hours_within(friday_night, "2024-01-06T01:30", "2024-01-06T12:00") == 0.5


@pytest.mark.parametrize("end", [10_080 + 360, 360])
def test_an_interval_past_the_end_of_the_week_continues_on_monday(end: int) -> None:
    sunday_night = weekly("Europe/London", (6 * 1440 + 1320, end))
    assert hours_within(sunday_night, "2024-01-07T12:00", "2024-01-08T12:00") == 8
    assert hours_within(sunday_night, "2024-01-01T00:00", "2024-01-01T12:00") == 6


def test_local_hours_are_as_long_on_the_days_the_clocks_change() -> None:
    office = daily("America/New_York", 540, 1020)
    for day in ("2024-03-10", "2024-11-03", "2024-07-01"):
        assert hours_within(office, f"{day}T08:00", f"{day}T18:00") == 8


def test_a_whole_day_lasts_as_long_as_it_does() -> None:
    sundays = weekly("America/New_York", (6 * 1440, 7 * 1440))
    assert hours_within(sundays, "2024-03-09T12:00", "2024-03-11T12:00") == 23
    assert hours_within(sundays, "2024-11-02T12:00", "2024-11-04T12:00") == 25
    lord_howe = weekly("Australia/Lord_Howe", (6 * 1440, 7 * 1440))
    assert hours_within(lord_howe, "2024-10-05T12:00", "2024-10-07T12:00") == 23.5


@pytest.mark.parametrize(
    ("interval", "hours"),
    [
        ((60, 150), 1),  # 01:00 to 02:30: the end is in the gap
        ((150, 240), 1),  # 02:30 to 04:00: the start is
        ((130, 170), 0),  # both are
        ((120, 180), 0),
        ((60, 240), 2),
    ],
)
def test_a_time_in_a_gap_moves_to_the_change(interval: tuple[int, int], hours: float) -> None:
    assert hours_within(daily("America/New_York", *interval), "2024-03-10T00:00", "2024-03-10T12:00") == hours


@pytest.mark.parametrize(
    ("interval", "hours"),
    [
        ((90, 240), 3.5),  # 01:30 to 04:00 starts the first time it is 01:30
        ((0, 90), 2.5),  # 00:00 to 01:30 ends the last time it is 01:30
        ((75, 105), 1.5),
        ((0, 60), 2),  # it is 01:00 twice, too
        ((120, 240), 2),  # and 02:00 once
    ],
)
def test_a_start_that_comes_twice_is_the_first_and_an_end_the_last(interval: tuple[int, int], hours: float) -> None:
    assert hours_within(daily("America/New_York", *interval), "2024-11-03T00:00", "2024-11-03T12:00") == hours


def test_a_day_that_begins_at_one_oclock_is_open_from_one_oclock() -> None:
    sundays = weekly("America/Sao_Paulo", (6 * 1440, 6 * 1440 + 180))
    assert hours_within(sundays, "2018-11-03T12:00", "2018-11-04T12:00") == 2


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    office = daily("Pacific/Apia", 540, 1020)
    assert hours_within(office, "2011-12-29T00:00", "2012-01-01T00:00") == 16
    always = daily("Pacific/Apia", 0, 1439)
    assert hours_within(always, "2011-12-29T00:00", "2012-01-01T00:00") == pytest.approx(48, abs=0.1)


def test_a_day_off_closes_an_interval_that_passes_midnight() -> None:
    nights = daily("Europe/London", 1320, 1440 + 360, exceptions=[closed_on(date(2024, 1, 6))])
    assert hours_within(nights, "2024-01-05T12:00", "2024-01-06T12:00") == 2
    assert hours_within(nights, "2024-01-06T12:00", "2024-01-07T12:00") == 6


def test_custom_hours_replace_the_usual_ones() -> None:
    christmas_eve = closed_on(date(2024, 12, 24)) | {
        "exception_type": "custom_hours",
        "time_intervals": [{"start_minute": 480, "end_minute": 600}, {"start_minute": 1200, "end_minute": 1260}],
    }
    office = daily("Europe/London", 540, 1020, exceptions=[christmas_eve])
    assert hours_within(office, "2024-12-24T00:00", "2024-12-25T00:00") == 3
    assert hours_within(office, "2024-12-24T08:00", "2024-12-24T12:00") == 2
    assert hours_within(office, "2025-12-24T00:00", "2025-12-25T00:00") == 8


def test_an_annual_exception_holds_in_earlier_years_too() -> None:
    office = daily("Europe/London", 540, 1020, exceptions=[closed_on(date(2000, 12, 25), annual=True)])
    for year in (1985, 2024, 2060):
        assert hours_within(office, f"{year}-12-25T00:00", f"{year}-12-26T00:00") == 0
        assert hours_within(office, f"{year}-12-24T00:00", f"{year}-12-25T00:00") == 8


def test_an_annual_exception_on_29_february_holds_in_leap_years_only() -> None:
    office = daily("Europe/London", 540, 1020, exceptions=[closed_on(date(2000, 2, 29), annual=True)])
    assert hours_within(office, "2024-02-28T00:00", "2024-03-02T00:00") == 16
    assert hours_within(office, "2023-02-28T00:00", "2023-03-02T00:00") == 16
    assert hours_within(office, "2023-02-28T00:00", "2023-03-01T00:00") == 8


def test_a_one_off_beats_an_annual_exception() -> None:
    open_once = closed_on(date(2024, 12, 25)) | {
        "exception_type": "custom_hours",
        "time_intervals": [{"start_minute": 600, "end_minute": 660}],
    }
    office = daily("Europe/London", 540, 1020, exceptions=[open_once, closed_on(date(2020, 12, 25), annual=True)])
    assert hours_within(office, "2024-12-25T00:00", "2024-12-26T00:00") == 1
    assert hours_within(office, "2025-12-25T00:00", "2025-12-26T00:00") == 0


def test_a_day_off_is_closed_both_times_where_midnight_comes_twice() -> None:
    saturdays = weekly("America/Havana", (5 * 1440 + 540, 6 * 1440))
    assert hours_within(saturdays, "2024-11-02T00:00", "2024-11-03T12:00") == 16  # 24:00 comes again an hour later
    closed_sunday = saturdays | {"exceptions": [closed_on(date(2024, 11, 3))]}
    assert hours_within(closed_sunday, "2024-11-02T00:00", "2024-11-03T12:00") == 15
