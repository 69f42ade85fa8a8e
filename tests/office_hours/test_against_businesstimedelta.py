"""The same numbers as businesstimedelta, where that is right.

It is where no interval passes midnight or holds a change of the clocks, and until 2037, where pytz ends.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import businesstimedelta
import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.office_hours import parse_office_hours

FIRST, LAST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2036, 1, 1, tzinfo=UTC).timestamp())
NIGHT = 5 * 60  # the clocks of these zones change before it is over

Shift = tuple[int, int, list[int]]


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    """Start and end in minutes of a day, and the weekdays."""
    start, end = sorted(draw(st.lists(st.integers(NIGHT, 1439), min_size=2, max_size=2, unique=True)))
    return start, end, sorted(draw(st.sets(st.integers(0, 6), min_size=1)))


def theirs(zone: str, shift: Shift, days_off: set[date], start: int, end: int) -> int:
    tz = pytz.timezone(zone)
    opens, closes, weekdays = shift
    workday = businesstimedelta.WorkDayRule(
        start_time=time(*divmod(opens, 60)), end_time=time(*divmod(closes, 60)), working_days=weekdays, tz=tz
    )
    rules = [workday, businesstimedelta.HolidayRule(days_off, tz=tz)] if days_off else [workday]
    ends = [datetime.fromtimestamp(instant, tz) for instant in (start, end)]
    found = businesstimedelta.Rules(rules).difference(*ends)
    return found.hours * 3600 + found.seconds


def ours(zone: str, shift: Shift, days_off: set[date], start: int, end: int) -> int:
    opens, closes, weekdays = shift
    schedule: dict[str, Any] = {
        "time_zone_name": zone,
        "time_intervals": [{"start_minute": day * 1440 + opens, "end_minute": day * 1440 + closes} for day in weekdays],
        "exceptions": [{"exception_date": day.isoformat(), "exception_type": "closed"} for day in days_off],
    }
    clock = parse_office_hours(schedule).clock
    return clock(end) - clock(start)


@settings(deadline=None)
@given(
    st.sampled_from(["UTC", "America/New_York", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    shifts(),
    st.integers(FIRST, LAST),
    st.integers(0, 60 * 86_400),
)
def test_a_weekly_shift_gives_the_same(zone: str, shift: Shift, start: int, length: int) -> None:
    assert ours(zone, shift, set(), start, start + length) == theirs(zone, shift, set(), start, start + length)


@settings(deadline=None)
@given(
    st.sampled_from(["UTC", "America/New_York", "Europe/London"]),
    shifts(),
    st.integers(FIRST, LAST),
    st.integers(0, 20 * 86_400),
    st.sets(st.integers(-2, 22), min_size=1, max_size=4),
)
def test_days_off_give_the_same(zone: str, shift: Shift, start: int, length: int, off: set[int]) -> None:
    first = datetime.fromtimestamp(start, UTC).date()
    # It looks for the next day off however far away it is, and fails when it finds none within five years.
    days_off = {first + timedelta(days=days) for days in off} | {first + timedelta(days=200)}
    assert ours(zone, shift, days_off, start, start + length) == theirs(zone, shift, days_off, start, start + length)


@pytest.mark.parametrize("year", [1996, 2015, 2028])
def test_a_year_gives_the_same(year: int) -> None:
    shift = (540, 1020, [0, 1, 2, 3, 4])
    start, end = (int(datetime(y, 3, 1, 11, 11, 11, tzinfo=UTC).timestamp()) for y in (year, year + 1))
    assert ours("America/New_York", shift, set(), start, end) == theirs("America/New_York", shift, set(), start, end)
