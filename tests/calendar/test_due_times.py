"""Due times: once for each local date, also on the days on which clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.calendar.due_times import Every, Schedule, due_times, last_due, next_due

ZONES = ["Europe/London", "Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu"]
CHANGES = [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1), datetime(2026, 4, 4, 14), datetime(2026, 9, 26, 14)]
"""The instants (UTC) at which clocks change: London and Dublin, Auckland."""

schedules = st.builds(
    Schedule, st.sampled_from(Every), st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(0, 6), st.integers(1, 31),
)  # fmt: skip
moments = st.one_of(
    st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1)),
    st.tuples(st.sampled_from(CHANGES), st.timedeltas(timedelta(days=-3), timedelta(days=3))).map(
        lambda of: of[0] + of[1]
    ),
).map(lambda at: at.replace(tzinfo=UTC))


def utc(*of: int) -> datetime:
    return datetime(*of, tzinfo=UTC)  # type: ignore[arg-type,misc]


@given(schedules, st.sampled_from(ZONES), moments, st.timedeltas(timedelta(), timedelta(days=70)))
def test_every_local_date_of_the_schedule_is_due_once(
    schedule: Schedule, zone_name: str, after: datetime, length: timedelta
) -> None:
    zone, until = ZoneInfo(zone_name), after + length
    found = list(due_times(schedule, zone, after, until))
    assert found == sorted(set(found))
    assert all(after < one <= until for one in found)
    first, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    within = [day for day in days if schedule.falls_on(day) and first < day < last]
    local = [one.astimezone(zone) for one in found]
    assert [one.date() for one in local if first < one.date() < last] == within
    for one in local:
        has_changed = one.utcoffset() != (one - timedelta(hours=3)).utcoffset()
        assert one.time() == schedule.at or (has_changed and one.time() > schedule.at)


@given(schedules, st.sampled_from(ZONES), moments, st.lists(st.timedeltas(timedelta(), timedelta(days=9)), max_size=9))
def test_looks_at_any_moments_find_the_same_as_one_look(
    schedule: Schedule, zone_name: str, after: datetime, steps: list[timedelta]
) -> None:
    zone, found, at = ZoneInfo(zone_name), list[datetime](), after
    for step in steps:
        found += due_times(schedule, zone, at, at + step)
        at += step
    assert found == list(due_times(schedule, zone, after, at))
    assert last_due(schedule, zone, after, at) == (found[-1] if found else None)
    following = next_due(schedule, zone, at)
    assert following > at
    assert last_due(schedule, zone, at, following) == following


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Europe/London", date(2026, 3, 29), time(1, 30), utc(2026, 3, 29, 1, 30)),  # 02:30, as there is no 01:30
        ("Europe/London", date(2026, 10, 25), time(1, 30), utc(2026, 10, 25, 0, 30)),  # the first of two
        ("Europe/Dublin", date(2026, 3, 29), time(8), utc(2026, 3, 29, 7)),
        ("Pacific/Auckland", date(2026, 9, 27), time(2, 30), utc(2026, 9, 26, 14, 30)),
        ("Pacific/Auckland", date(2026, 4, 5), time(2, 30), utc(2026, 4, 4, 13, 30)),
        ("Asia/Kathmandu", date(2026, 3, 29), time(8), utc(2026, 3, 29, 2, 15)),
    ],
)
def test_a_day_on_which_clocks_change_has_one_due_time(zone: str, day: date, at: time, instant: datetime) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    assert list(due_times(Schedule(Every.DAILY, at), ZoneInfo(zone), midnight, midnight + timedelta(hours=22))) == [
        instant
    ]


def test_a_date_that_a_zone_leaves_out_is_not_due_twice() -> None:
    zone, daily = ZoneInfo("Pacific/Apia"), Schedule(Every.DAILY, time(8))
    found = list(due_times(daily, zone, utc(2011, 12, 29), utc(2012, 1, 2)))
    assert [one.astimezone(zone).date().isoformat() for one in found] == [
        "2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("month_day", "days"),
    [
        (31, ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        (1, ["2028-02-01", "2028-03-01", "2028-04-01", "2028-05-01"]),
    ],
)
def test_a_month_without_the_day_has_its_last_day(month_day: int, days: list[str]) -> None:
    monthly = Schedule(Every.MONTHLY, time(8), month_day=month_day)
    found = due_times(monthly, ZoneInfo("Europe/London"), utc(2028, 1, 1, 9), utc(2028, 5, 1, 9))
    assert [one.date().isoformat() for one in found] == days


def test_after_three_missed_days_only_the_last_is_sent() -> None:
    daily = Schedule(Every.DAILY, time(8))
    assert last_due(daily, ZoneInfo("Europe/London"), utc(2026, 1, 1, 8), utc(2026, 1, 4, 9)) == utc(2026, 1, 4, 8)
    assert last_due(daily, ZoneInfo("Europe/London"), utc(2026, 1, 4, 8), utc(2026, 1, 4, 9)) is None
    assert last_due(daily, ZoneInfo("Europe/London"), utc(2020, 1, 1), utc(2026, 1, 4, 9)) == utc(2026, 1, 4, 8)


@example(Schedule(Every.DAILY, time(2)), "Pacific/Auckland", utc(2026, 9, 25, 14))
@given(schedules, st.sampled_from(ZONES), moments)
def test_the_fold_of_the_time_of_day_changes_nothing(schedule: Schedule, zone_name: str, after: datetime) -> None:
    until = after + timedelta(days=8)
    folded, unfolded = (
        [*due_times(replace(schedule, at=schedule.at.replace(fold=fold)), ZoneInfo(zone_name), after, until)]
        for fold in (1, 0)
    )
    assert folded == unfolded
