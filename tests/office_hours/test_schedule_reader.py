"""Office hours as JSON: what is accepted, what is refused with its path, what is warned about."""

from typing import Any

import pytest

from indexer.errors import Refused
from indexer.office_hours import parse_office_hours

Json = dict[str, Any]

MONDAY = 1_704_067_200  # 2024-01-01 00:00 UTC
DAY = 86_400


def interval(start: object, end: object) -> Json:
    return {"start_minute": start, "end_minute": end}


def schedule(**more: Any) -> Json:
    return {"time_zone_name": "UTC", "twenty_four_seven": False, "time_intervals": [interval(540, 1020)], **more}


def exception(day: object = "2024-01-01", kind: str = "closed", **more: Any) -> Json:
    return {"exception_date": day, "exception_type": kind, **more}


def custom(*intervals: Json, day: str = "2024-01-01", **more: Any) -> Json:
    return exception(day, "custom_hours", time_intervals=list(intervals), **more)


def refusal(data: object) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        parse_office_hours(data)
    return caught.value.path, caught.value.reason


def open_minutes(data: Json, days: int = 1) -> list[tuple[float, float]]:
    """What is open from Monday on, in minutes since its midnight."""
    intervals = parse_office_hours(data).intervals(MONDAY, MONDAY + days * DAY)
    return [((start - MONDAY) / 60, (end - MONDAY) / 60) for start, end in intervals]


def test_the_vendors_own_shape_is_read() -> None:
    vendors = {
        "type": "office_hours_schedule",
        "id": "123",
        "name": "Standard Support Hours",
        "time_zone_name": "America/New_York",
        "time_intervals": [{"start_minute": 540, "end_minute": 1020, "day_of_week": 0}],
        "twenty_four_seven": False,
        "created_at": 1717200000,
        "updated_at": 1717200000,
        "exceptions": {
            "type": "office_hours_exception.list",
            "data": [
                {
                    "type": "office_hours_exception",
                    "id": "456",
                    "office_hours_schedule_id": "123",
                    "exception_date": "2026-12-25",
                    "exception_type": "closed",
                    "name": "Christmas Day",
                    "time_intervals": None,
                    "recurring_annually": True,
                    "created_at": 1717200000,
                    "updated_at": 1717200000,
                }
            ],
        },
    }
    office_hours = parse_office_hours(vendors)
    assert office_hours.warnings == ()
    christmas_2023 = MONDAY - 7 * DAY
    five_hours_behind = 5 * 3600
    nine = MONDAY + 9 * 3600 + five_hours_behind
    assert office_hours.intervals(christmas_2023, MONDAY + 2 * DAY) == [(nine, nine + 8 * 3600)]


def test_null_means_a_missing_value() -> None:
    plain = schedule(exceptions=[exception()])
    nulls = schedule(exceptions=[exception(recurring_annually=None, time_intervals=None)], teams=None)
    assert parse_office_hours(nulls) == parse_office_hours(plain)
    assert parse_office_hours(schedule(exceptions=None)) == parse_office_hours(schedule())


@pytest.mark.parametrize(
    ("data", "path", "reason"),
    [
        ([], "", "is not a JSON object"),
        ("09:00-17:00", "", "is not a JSON object"),
        ({"type": "conversation", "id": "1"}, "", "is not a schedule"),
        (schedule(twenty_four_seven="yes"), "twenty_four_seven", 'should be a valid boolean, not "yes"'),
        (schedule(time_intervals={}), "time_intervals", "should be a valid list, not {}"),
        (schedule(time_intervals=[None]), "time_intervals[0]", "is not a JSON object"),
        (schedule(time_intervals=[{"start_minute": 1}]), "time_intervals[0].end_minute", "is missing"),
        (schedule(time_intervals=[interval(0, 1), interval("0", 5)]), "time_intervals[1].start_minute", 'not "0"'),
        (schedule(time_intervals=[interval(start=True, end=5)]), "time_intervals[0].start_minute", "not true"),
        (schedule(time_intervals=[interval(-1, 5)]), "time_intervals[0].start_minute", "greater than or equal to 0"),
        (schedule(time_intervals=[interval(5, 5)]), "time_intervals[0].end_minute", "5 is not after start_minute 5"),
        (schedule(time_intervals=[interval(1020, 540)]), "time_intervals[0].end_minute", "540 is not after"),
        (schedule(time_intervals=[interval(1, 10_082)]), "time_intervals[0].end_minute", "more than a week after"),
        (schedule(time_intervals=[interval(0, 99_999)]), "time_intervals[0].end_minute", "less than or equal to 20160"),
        (schedule(exceptions=[{"exception_type": "closed"}]), "exceptions[0].exception_date", "is missing"),
        (
            schedule(exceptions=[exception("25.12.2024")]),
            "exceptions[0].exception_date",
            "is not a date of the form YYYY-MM-DD",
        ),
        (
            schedule(exceptions=[exception("20241225")]),
            "exceptions[0].exception_date",
            "is not a date of the form YYYY-MM-DD",
        ),
        (
            schedule(exceptions=[exception(1735084800)]),
            "exceptions[0].exception_date",
            "is not a date of the form YYYY-MM-DD",
        ),
        (
            schedule(exceptions=[exception("2023-02-29")]),
            "exceptions[0].exception_date",
            "2023-02-29 is not in the calendar",
        ),
        (schedule(exceptions=[exception(kind="shut")]), "exceptions[0].exception_type", "'closed' or 'custom_hours'"),
        (schedule(exceptions=[exception(kind="custom_hours")]), "exceptions[0].time_intervals", "need a list"),
        (schedule(exceptions=[custom(interval(0, 1500))]), "exceptions[0].time_intervals[0].end_minute", "1440"),
        (schedule(exceptions=[custom(interval(60, 30))]), "exceptions[0].time_intervals[0].end_minute", "not after"),
        (schedule(exceptions=5), "exceptions", "should be a valid list, not 5"),
        (schedule(teams=[]), "teams", "should be a valid dictionary, not []"),
        (schedule(teams={"42": schedule(time_intervals=[{}])}), "teams.42.time_intervals[0].start_minute", "missing"),
        (schedule(teams={"42": {"hours": 1}}), "teams.42", "is not a schedule"),
        (
            schedule(time_zone_name="x"),
            "time_zone_name",
            "there is no time zone 'x'; name it like Europe/Dublin or UTC",
        ),
        (schedule(time_intervals=[{}]), "time_intervals[0].start_minute", "is missing"),
        (schedule(teams={"42": {1, 2}}), "teams.42", "is not a JSON object"),
        (
            schedule(teams={"4": schedule(twenty_four_seven={1})}),
            "teams.4.twenty_four_seven",
            'should be a valid boolean, not "{1}"',
        ),
        (schedule(twenty_four_seven="y" * 99), "twenty_four_seven", f'should be a valid boolean, not "{"y" * 59}'),
    ],
)
def test_an_impossible_value_is_refused_with_its_path(data: object, path: str, reason: str) -> None:
    refused_path, refused_reason = refusal(data)
    assert refused_path == path
    assert reason in refused_reason
    assert reason == refused_reason or not reason.startswith(("is missing", "should be", "is not a JSON"))


def test_a_reason_of_its_own_is_said_without_what_was_given() -> None:
    assert refusal(schedule(time_intervals=[interval(5, 5)]))[1] == "5 is not after start_minute 5"


def test_local_minutes_without_a_time_zone_are_refused() -> None:
    assert refusal({"time_intervals": [interval(0, 60)]})[0] == "time_zone_name"
    assert refusal(schedule(teams={"42": {"time_intervals": [interval(0, 60)]}}))[0] == "teams.42.time_zone_name"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("America/New York", "America/New_York"),
        ("Europe/Dublln", "Europe/Dublin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Kolkata", "Asia/Kolkata"),
        ("US/New_York", "America/New_York"),
        ("Hindustan/Bengal/Kolkata", "Asia/Kolkata"),
        ("knox", "America/Indiana/Knox or America/Knox_IN or Pacific/Kanton"),
        ("Calcuta", "Asia/Calcutta or America/Argentina/Salta"),
        ("Asia/Istambul", "Asia/Istanbul or Asia/Kabul or Asia/Thimbu"),
        ("Earth/America/New York", "America/New_York or America/Grand_Turk"),
        ("Foo/Berlin", "Europe/Berlin"),
        ("Cordoba", "America/Cordoba"),
        ("GMT+1", "Etc/GMT+1 or Etc/GMT+12 or Etc/GMT+11"),
    ],
)
def test_an_unknown_time_zone_is_refused_with_the_nearest_names(wrong: str, right: str) -> None:
    path, reason = refusal(schedule(time_zone_name=wrong))
    assert path == "time_zone_name"
    assert reason.startswith(f"there is no time zone {wrong!r}; did you mean {right}")


@pytest.mark.parametrize("city", ["Jamaica", "Singapore", "Universal", "Zulu", "Greenwich"])
def test_a_city_is_proposed_before_an_old_name_that_is_written_alike(city: str) -> None:
    assert f"/{city}" in refusal(schedule(time_zone_name=f"{city}x"))[1].partition(" or ")[0]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "localtime", "right/Europe/Dublin", "Mars/Olympus Mons"])
def test_a_name_that_is_like_no_time_zone_is_refused_all_the_same(name: str) -> None:
    assert refusal(schedule(time_zone_name=name))[0] == "time_zone_name"


def test_the_time_zone_of_a_schedule_that_needs_none_is_checked_too() -> None:
    assert refusal({"twenty_four_seven": True, "time_zone_name": "Europe/Dublln"})[0] == "time_zone_name"


def test_an_end_before_its_start_is_in_the_next_week_if_that_is_the_shorter_way() -> None:
    assert open_minutes(schedule(time_intervals=[interval(9960, 360)]), days=7) == [(0, 360), (9960, 10_080)]
    assert open_minutes(schedule(time_intervals=[interval(6840, 480)]), days=7) == [(0, 480), (6840, 10_080)]


def test_an_interval_may_pass_the_end_of_the_week() -> None:
    assert open_minutes(schedule(time_intervals=[interval(9960, 10_440)])) == [(0, 360)]


def test_custom_hours_of_several_exceptions_on_one_date_add_up() -> None:
    morning, evening = custom(interval(480, 600)), custom(interval(540, 660), interval(1200, 1260))
    assert open_minutes(schedule(exceptions=[morning, evening])) == [(480, 660), (1200, 1260)]
    assert open_minutes(schedule(exceptions=[exception(), exception()])) == []


def test_custom_hours_may_be_none_at_all() -> None:
    assert open_minutes(schedule(exceptions=[custom()])) == []


def test_a_closed_date_pays_no_heed_to_intervals() -> None:
    assert open_minutes(schedule(exceptions=[exception(time_intervals=[interval(0, 60)])])) == []


def test_a_date_that_is_closed_and_has_custom_hours_is_refused() -> None:
    both = [exception("2020-01-01", recurring_annually=True), custom(interval(0, 60), recurring_annually=True)]
    assert refusal(schedule(exceptions=both)) == (
        "exceptions[1].exception_date",
        "2024-01-01 is closed and has custom hours at once",
    )
    in_a_team = schedule(teams={"42": schedule(exceptions=both)})
    assert refusal(in_a_team)[0] == "teams.42.exceptions[1].exception_date"


def test_a_one_off_and_an_annual_exception_may_differ_on_one_date() -> None:
    both = [exception("2020-01-01", recurring_annually=True), custom(interval(0, 60))]
    assert open_minutes(schedule(exceptions=both)) == [(0, 60)]


def test_an_empty_week_is_always_open_with_a_warning() -> None:
    (warning,) = parse_office_hours(schedule(time_intervals=[])).warnings
    assert warning.startswith("time_intervals: no open hours")
    (warning,) = parse_office_hours(schedule(teams={"42": {}})).warnings
    assert warning.startswith("teams.42.time_intervals: no open hours")


def test_exceptions_that_have_no_effect_are_warned_about() -> None:
    (warning,) = parse_office_hours({"twenty_four_seven": True, "exceptions": [exception()]}).warnings
    assert warning.startswith("exceptions: no effect")


def test_there_is_nothing_to_warn_about_in_a_schedule_that_says_what_it_means() -> None:
    assert parse_office_hours(schedule(teams={"42": {"twenty_four_seven": True}})).warnings == ()
    assert parse_office_hours(None).warnings == ()
