"""Which minutes of which date are open."""

from datetime import date
from zoneinfo import ZoneInfo

from indexer.office_hours.schedule import Hours, Schedule, When, hours, week

MONDAY, SUNDAY = date(2024, 1, 1), date(2024, 1, 7)


def schedule(*intervals: tuple[int, int], exceptions: dict[When, Hours] | None = None) -> Schedule:
    return Schedule(ZoneInfo("UTC"), week(intervals), exceptions or {})


def test_each_weekday_has_its_own_minutes() -> None:
    office = schedule((540, 1020), (6 * 1440 + 600, 6 * 1440 + 660))
    assert office.hours_on(MONDAY) == ((540, 1020),)
    assert office.hours_on(date(2024, 1, 2)) == ()
    assert office.hours_on(SUNDAY) == ((600, 660),)


def test_an_interval_over_midnight_is_open_on_both_dates() -> None:
    office = schedule((1320, 1440 + 120))
    assert (office.hours_on(MONDAY), office.hours_on(date(2024, 1, 2))) == (((1320, 1440),), ((0, 120),))


def test_an_interval_past_the_end_of_the_week_is_open_on_monday() -> None:
    office = schedule((10_000, 10_200))
    assert (office.hours_on(SUNDAY), office.hours_on(MONDAY)) == (((1360, 1440),), ((0, 120),))


def test_an_interval_that_begins_as_the_week_ends_begins_on_monday() -> None:
    assert schedule((10_080, 10_140)).week == schedule((0, 60)).week


def test_overlapping_and_adjacent_intervals_are_one() -> None:
    assert week([(0, 60), (60, 120), (90, 150)]) == week([(0, 150)])
    assert hours([(600, 700), (540, 600)]) == ((540, 700),)


def test_a_whole_week_may_begin_on_any_minute() -> None:
    assert schedule((5000, 15_080)).never_closes
    assert not schedule((5000, 15_079)).never_closes
    assert not schedule((0, 10_080), exceptions={(12, 25): ()}).never_closes


def test_an_exception_is_all_that_is_open_on_its_date() -> None:
    office = schedule((540, 1020), exceptions={MONDAY: ((0, 60),), SUNDAY: ((60, 120),)})
    assert office.hours_on(MONDAY) == ((0, 60),)
    assert office.hours_on(SUNDAY) == ((60, 120),)
    assert office.hours_on(date(2024, 1, 8)) == ((540, 1020),)


def test_an_annual_exception_gives_way_to_one_for_that_very_date() -> None:
    office = schedule((540, 1020), exceptions={(1, 1): (), MONDAY: ((0, 60),)})
    assert office.hours_on(MONDAY) == ((0, 60),)
    assert office.hours_on(date(2029, 1, 1)) == ()


def test_a_one_off_without_hours_closes_a_date_that_is_open_every_year() -> None:
    assert schedule((540, 1020), exceptions={(1, 1): ((0, 60),), MONDAY: ()}).hours_on(MONDAY) == ()
