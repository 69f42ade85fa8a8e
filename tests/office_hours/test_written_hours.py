"""Office hours as people write them in a form."""

from typing import Any

import pytest
from hypothesis import given

from indexer.errors import Refused
from indexer.office_hours import parse_office_hours
from indexer.office_hours.written_hours import WrittenHours, read_hours, week_of, written_hours
from tests.office_hours.strategies import schedules

NINE_TO_FIVE = {"start_minute": 540, "end_minute": 1020}
HOURS: dict[str, Any] = {
    "time_zone_name": "Europe/Dublin",
    "twenty_four_seven": False,
    "time_intervals": [NINE_TO_FIVE, {"start_minute": 9960, "end_minute": 360}],
    "exceptions": [
        {"exception_date": "2026-12-25", "exception_type": "closed", "recurring_annually": True},
        {
            "exception_date": "2026-12-24",
            "exception_type": "custom_hours",
            "time_intervals": [{"start_minute": 540, "end_minute": 780}],
        },
    ],
    "teams": {"8871": {"twenty_four_seven": True}},
}
IN_WORDS = WrittenHours(
    is_always_open=False,
    time_zone="Europe/Dublin",
    days=("09:00-17:00", "", "", "", "", "", "22:00-06:00"),
    exceptions="2026-12-25 closed every year\n2026-12-24 09:00-13:00",
)


def weekly(**days: str) -> WrittenHours:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    exceptions = days.pop("exceptions", "")
    of_week = tuple(days.get(name, "") for name in names)
    return WrittenHours(is_always_open=False, time_zone="UTC", days=of_week, exceptions=exceptions)


def test_a_schedule_is_written_and_read() -> None:
    assert written_hours(HOURS) == IN_WORDS
    assert read_hours(IN_WORDS, HOURS) == HOURS
    changed = read_hours(IN_WORDS._replace(exceptions=""), HOURS)
    assert changed is not None
    assert "exceptions" not in changed
    assert changed["teams"] == HOURS["teams"]


def test_around_the_clock_is_no_schedule_unless_teams_have_their_own() -> None:
    assert written_hours(None) == WrittenHours()
    assert read_hours(WrittenHours(), None) is None
    assert read_hours(WrittenHours(), {"time_zone_name": "UTC", "time_intervals": [NINE_TO_FIVE]}) is None
    assert read_hours(WrittenHours(), HOURS) == {"twenty_four_seven": True, "teams": HOURS["teams"]}
    assert week_of(None) == (((0, 1440),),) * 7


@given(schedules())
def test_what_is_written_means_the_same(schedule: dict[str, Any]) -> None:
    written = written_hours(schedule)
    assert read_hours(written, schedule) == schedule
    alone = {key: value for key, value in schedule.items() if key != "teams"}
    afresh = read_hours(written, None)
    if not written.is_always_open:
        assert parse_office_hours(afresh).id == parse_office_hours(alone).id


@pytest.mark.parametrize("text", ["9-17", "09:00 \u2013 17:00", "9:00 to 17:00", "09:00-12:00; 12:00-17:00"])
def test_times_are_read_as_people_write_them(text: str) -> None:
    found = read_hours(weekly(monday=text), None)
    assert found is not None
    assert week_of(found)[0] == ((540, 1020),)


@pytest.mark.parametrize(
    ("written", "path", "said"),
    [
        (weekly(), "monday", "no day is open"),
        (weekly(tuesday="nine"), "tuesday", "'nine' is not a span"),
        (weekly(tuesday="9-25"), "tuesday", "25:00 is not a time"),
        (weekly(tuesday="09:60-10:00"), "tuesday", "09:60 is not a time"),
        (weekly(tuesday="09:00-09:00"), "tuesday", "no end after its start"),
        (weekly(monday="9-17", exceptions="25 December closed"), "exceptions", "'25' is not a date"),
        (weekly(monday="9-17", exceptions="2026-12-25"), "exceptions", "needs hours"),
        (weekly(monday="9-17", exceptions="2026-12-25 22:00-02:00"), "exceptions", "end at 24:00"),
        (weekly(monday="9-17", exceptions="2026-02-30 closed"), "exceptions", "not in the calendar"),
        (weekly(monday="9-17")._replace(time_zone="Mars/Olympus"), "time_zone", "no time zone"),
        (
            weekly(monday="9-17", exceptions="2026-12-25 closed\n2026-12-25 9-12"),
            "exceptions",
            "closed and has custom hours",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_field(written: WrittenHours, path: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read_hours(written, None)
    assert refused.value.path == path
    assert said in refused.value.reason
