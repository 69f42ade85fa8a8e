"""What the picture highlights is what makes the metric, and office hours are shaded where clocks show them."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from indexer.differences.reasons import Hours
from indexer.explaining import Explanation, explain
from indexer.explaining.picture import LANES, Picture, highlight_of, picture_of
from indexer.metrics.office_time import median
from indexer.office_hours import ALWAYS_OPEN, OfficeHours, parse_office_hours
from indexer.sample import generate, office_hours
from tests.builders import conversation, parsed, part
from tests.metrics.strategies import conversations, schedules

DAY = 86_400
NOW = 1_893_456_000
ZONES = ["Europe/London", "Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu"]
CHANGES = {
    "Europe/London": [date(2026, 3, 29), date(2026, 10, 25)],
    "Europe/Dublin": [date(2026, 3, 29), date(2026, 10, 25)],
    "Pacific/Auckland": [date(2026, 4, 5), date(2026, 9, 27)],
    "Asia/Kathmandu": [date(2026, 3, 29), date(2026, 10, 25)],
}
"""The Sundays on which clocks change; Kathmandu's never do."""


def explained(raw: dict[str, Any], hours: OfficeHours, zone: str = "UTC") -> Explanation:
    return explain(parsed(raw), "w", Hours(hours, {}), time_zone=zone)


def check(raw: dict[str, Any], hours: OfficeHours) -> None:
    """The highlighted times of every metric add up to its value, and each entry has one mark."""
    explanation = explained(raw, hours)
    picture = picture_of(explanation, hours, NOW)
    for field in explanation.fields.values():
        highlight = highlight_of([field], picture.scale.end)
        assert highlight.numbers == set(field.parts)
        seconds = [sum(end - start for start, end in stretch) for stretch in highlight.stretches]
        if field.value is None:
            assert seconds == []
        elif field.kind == "duration":
            assert sum(seconds) == field.value
        elif field.kind == "durations":
            assert sum(seconds) == sum(field.value)
        elif field.kind == "median" and all(one.seconds for one in field.stretches):
            whole = [one.seconds for one in field.stretches]
            assert {median(whole)} == {field.value}
            assert set(seconds) == set(whole)
        for stretch in highlight.stretches:
            assert all(picture.scale.start <= start < end <= picture.scale.end for start, end in stretch)
    numbers = [entry.number for mark in picture.marks for entry in mark.entries]
    assert sorted(numbers) == [entry.number for entry in explanation.timeline]
    assert {mark.lane for mark in picture.marks} <= set(LANES)


@settings(max_examples=15)  # each is explained in full
@given(conversations(), schedules())
def test_highlighted_times_add_up_to_the_metric(raw: dict[str, Any], schedule: dict[str, Any]) -> None:
    check(raw, parse_office_hours(schedule))


def test_highlighted_times_add_up_in_a_sample_workspace_too() -> None:
    hours = parse_office_hours(office_hours())
    for raw in generate(20, seed=11):
        check(raw, hours)


def at(day: date, hour: int, minute: int, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp())


def over_a_change(zone: str, sunday: date, hours: OfficeHours) -> tuple[Explanation, Picture]:
    """From Friday 16:30 to Tuesday 10:15, answered on Monday."""
    friday, monday, tuesday = (sunday + timedelta(days=days) for days in (-2, 1, 2))
    raw = conversation(
        part("A", "comment", at(monday, 9, 45, zone)),
        part("A", "close", at(tuesday, 10, 15, zone)),
        at=at(friday, 16, 30, zone),
    )
    explanation = explained(raw, hours, zone)
    return explanation, picture_of(explanation, hours, NOW, [explanation.fields["first_response_time_ooo"]])


def nine_to_five(zone: str) -> OfficeHours:
    intervals = [{"start_minute": day * 1_440 + 540, "end_minute": day * 1_440 + 1_020} for day in range(5)]
    return parse_office_hours({"time_zone_name": zone, "twenty_four_seven": False, "time_intervals": intervals})


@pytest.mark.parametrize(("zone", "sunday"), [(zone, day) for zone in ZONES for day in CHANGES[zone]])
def test_office_hours_are_shaded_from_nine_to_five_by_local_clocks_on_both_sides_of_a_change(
    zone: str, sunday: date
) -> None:
    explanation, picture = over_a_change(zone, sunday, nine_to_five(zone))
    shaded = [
        tuple(f"{datetime.fromtimestamp(one, picture.zone):%a %H:%M}" for one in span) for span in picture.office or ()
    ]
    assert shaded == [("Fri 16:30", "Fri 17:00"), ("Mon 09:00", "Mon 17:00"), ("Tue 09:00", "Tue 10:15")]
    # Half an hour on Friday, 45 minutes on Monday.
    [counted] = picture.highlight.stretches
    assert sum(end - start for start, end in counted) == 75 * 60 == explanation.fields["first_response_time_ooo"].value
    assert [picture.scale.place(start) < picture.scale.place(end) for start, end in counted] == [True, True]


@pytest.mark.parametrize(("zone", "sunday"), [(zone, day) for zone in ZONES for day in CHANGES[zone]])
def test_midnights_and_changes_of_clocks_are_where_the_zone_has_them(zone: str, sunday: date) -> None:
    _, picture = over_a_change(zone, sunday, ALWAYS_OPEN)
    midnights = [tick.at for tick in picture.ticks if (tick.local.hour, tick.local.minute) == (0, 0)]
    assert midnights == [at(sunday + timedelta(days=days), 0, 0, zone) for days in (-1, 0, 1, 2)]
    expected = 0 if zone == "Asia/Kathmandu" else 1
    assert len(picture.clock_changes) == expected
    lengths = [later - earlier for earlier, later in pairwise(midnights)]
    assert [length != DAY for length in lengths] == [False, bool(expected), False]
    assert picture.office is None


@pytest.mark.parametrize("days", [4, 9, 31, 400])
def test_a_long_silence_is_cut_and_says_how_much_of_it_was_within_office_hours(days: int) -> None:
    hours = nine_to_five("Europe/London")
    start = at(date(2026, 1, 5), 10, 0, "Europe/London")
    explanation = explained(
        conversation(part("A", "comment", start + 600), part("A", "close", start + days * DAY), at=start), hours
    )
    picture = picture_of(explanation, hours, NOW)
    [quiet] = picture.quiet
    inside = hours.intervals(quiet.start, quiet.end)
    assert quiet.office_seconds == sum(until - since for since, until in inside)
    assert not any(quiet.start < one < quiet.end for span in picture.office or () for one in span)


def test_an_open_conversation_lasts_until_now_and_a_closed_one_until_its_last_entry() -> None:
    start = at(date(2026, 1, 5), 10, 0, "UTC")
    asked = conversation(at=start, state="open")
    picture = picture_of(explained(asked, ALWAYS_OPEN), ALWAYS_OPEN, start + DAY)
    assert (picture.until_now, picture.scale.end) == (True, start + DAY)
    assert [(one.kind, one.start, one.end) for one in picture.states] == [("open", start, start + DAY)]
    closed = conversation(part("A", "close", start + 600), at=start)
    picture = picture_of(explained(closed, ALWAYS_OPEN), ALWAYS_OPEN, start + DAY)
    assert (picture.until_now, picture.scale.end) == (False, start + 600)


def test_as_of_the_picture_ends_at_that_moment() -> None:
    start = at(date(2026, 1, 5), 10, 0, "UTC")
    raw = conversation(part("A", "comment", start + 600), part("A", "close", start + 3_600), at=start, state="open")
    explanation = explain(parsed(raw), "w", Hours(ALWAYS_OPEN, {}), as_of=start + 1_800)
    picture = picture_of(explanation, ALWAYS_OPEN, NOW)
    assert (picture.until_now, picture.scale.end) == (True, start + 1_800)


def test_assignments_follow_each_other_and_the_last_has_no_end() -> None:
    start = at(date(2026, 1, 5), 10, 0, "UTC")
    raw = conversation(
        part("O", "assignment", start + 60, to="T1"),
        part("O", "assignment", start + 120, to="A"),
        part("A", "assignment", start + 180, to="nobody"),
        part("A", "assignment", start + 240, to="B"),
        at=start,
    )
    found = [
        (one.start - start, one.end and one.end - start, one.team_id, one.teammate_id)
        for one in explained(raw, ALWAYS_OPEN).assignments
    ]
    assert found == [(60, 120, "T1", None), (120, 180, "T1", "A"), (240, None, None, "B")]
