"""Office hours of a workspace and its teams: ids, clocks and intervals."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.office_hours import ALWAYS_OPEN, elapsed, parse_office_hours
from tests.office_hours.strategies import schedules, schedules_and_spans

Json = dict[str, Any]

MONDAY = 1_704_067_200  # 2024-01-01 00:00 UTC
HOUR = 3600


def weekly(*intervals: tuple[int, int], **more: Any) -> Json:
    return {
        "time_zone_name": "UTC",
        "twenty_four_seven": False,
        "time_intervals": [{"start_minute": start, "end_minute": end} for start, end in intervals],
        **more,
    }


def id_of(schedule: Json) -> str:
    return parse_office_hours(schedule).id


def closed(day: str, annual: bool = False) -> Json:
    return {"exception_date": day, "exception_type": "closed", "recurring_annually": annual}


@given(schedules_and_spans(), st.randoms(use_true_random=False))
def test_the_order_in_which_it_is_written_does_not_change_the_id(drawn: tuple[Json, int, int], random: Any) -> None:
    schedule, _, _ = drawn
    shuffled = {key: schedule[key] for key in random.sample(sorted(schedule), len(schedule))}
    for key in ("time_intervals", "exceptions"):
        shuffled[key] = random.sample(schedule[key], len(schedule[key]))
    assert id_of(shuffled) == id_of(schedule)


@given(schedules(), st.data())
def test_splitting_or_overlapping_intervals_does_not_change_the_id(schedule: Json, data: st.DataObject) -> None:
    pieces = []
    for interval in schedule["time_intervals"]:
        start, end = interval["start_minute"], interval["end_minute"]
        end += 10_080 if end < start else 0
        middle = data.draw(st.integers(start + 1, end)) if end - start > 1 else end
        overlap = data.draw(st.integers(start, middle - 1))
        pieces += [(start, middle), (overlap, end)]
    rewritten = schedule | {
        "time_intervals": [
            {"start_minute": start % 10_080, "end_minute": start % 10_080 + (end - start)} for start, end in pieces
        ]
    }
    assert id_of(rewritten) == id_of(schedule)


def test_keys_that_mean_nothing_do_not_change_the_id() -> None:
    plain = weekly((540, 1020), exceptions=[closed("2026-12-25", annual=True)])
    rich = {
        "type": "office_hours_schedule",
        "id": "123",
        "name": "Standard",
        "created_at": 1717200000,
        **plain,
        "time_intervals": [{"start_minute": 540, "end_minute": 1020, "day_of_week": 0}],
        "exceptions": {
            "type": "office_hours_exception.list",
            "data": [{"id": "456", "name": "Christmas", "time_intervals": None, **closed("1999-12-25", annual=True)}],
        },
        "teams": {},
    }
    assert id_of(rich) == id_of(plain)


@pytest.mark.parametrize(
    "other",
    [
        weekly((540, 1021)),
        weekly((540, 1020), time_zone_name="Europe/London"),
        weekly((540, 1020), exceptions=[closed("2026-12-25")]),
        weekly((540, 1020), teams={"42": weekly((0, 60))}),
        weekly((540, 1020), teams={"42": {"twenty_four_seven": True}}),
    ],
)
def test_a_change_of_a_duration_changes_the_id(other: Json) -> None:
    assert id_of(other) != id_of(weekly((540, 1020)))


def test_once_and_every_year_are_not_the_same() -> None:
    once, annual = closed("2026-12-25"), closed("2026-12-25", annual=True)
    assert id_of(weekly((0, 60), exceptions=[once])) != id_of(weekly((0, 60), exceptions=[annual]))


def test_the_id_is_the_same_tomorrow() -> None:
    assert id_of(weekly((540, 1020), time_zone_name="UTC")) == "d99ee6f35e9fc547"


def test_office_hours_with_the_same_meaning_are_equal() -> None:
    assert parse_office_hours(weekly((0, 60), (60, 120))) == parse_office_hours(weekly((0, 120)))
    assert parse_office_hours(weekly((0, 60))) != ALWAYS_OPEN


@pytest.mark.parametrize(
    "schedule",
    [
        None,
        {"twenty_four_seven": True},
        {"twenty_four_seven": True, "time_zone_name": "UTC", "time_intervals": [{"start_minute": 0, "end_minute": 1}]},
        {"twenty_four_seven": True, "exceptions": [closed("2026-12-25")]},
        weekly(),
        weekly(exceptions=[closed("2024-01-01")]),
        weekly((0, 5000), (5000, 10_080)),
        weekly((0, 10_080), teams={"42": {"twenty_four_seven": True}}),
        {},
    ],
)
def test_a_schedule_that_never_closes_is_always_open(schedule: Json | None) -> None:
    office_hours = parse_office_hours(schedule)
    assert (office_hours.id, office_hours.clock, office_hours.always_open) == ("24/7", elapsed, True)
    assert office_hours == ALWAYS_OPEN
    assert office_hours.intervals(MONDAY, MONDAY + 5) == [(MONDAY, MONDAY + 5)]
    assert office_hours.intervals(MONDAY, MONDAY) == []


def test_a_whole_week_with_a_day_off_is_not_always_open() -> None:
    office_hours = parse_office_hours(weekly((0, 10_080), exceptions=[closed("2024-01-01")]))
    assert not office_hours.always_open
    assert office_hours.intervals(MONDAY, MONDAY + 48 * HOUR) == [(MONDAY + 24 * HOUR, MONDAY + 48 * HOUR)]


def test_a_team_has_its_own_clock_or_the_workspaces() -> None:
    office_hours = parse_office_hours(
        weekly((540, 1020), teams={"42": weekly((0, 60)), "43": {"twenty_four_seven": True}, "44": None})
    )
    hours = {
        team_id: (clock(MONDAY + 24 * HOUR) - clock(MONDAY)) / HOUR
        for team_id, clock in {**office_hours.team_clocks, "the workspace's": office_hours.clock}.items()
    }
    assert hours == {"42": 1, "43": 24, "the workspace's": 8}


def test_a_team_with_the_workspaces_hours_changes_nothing() -> None:
    assert id_of(weekly((0, 60), teams={"42": weekly((0, 30), (30, 60))})) == id_of(weekly((0, 60)))


def test_a_team_may_have_hours_where_the_workspace_is_always_open() -> None:
    office_hours = parse_office_hours({"twenty_four_seven": True, "teams": {"42": weekly((0, 60))}})
    assert office_hours.always_open
    assert office_hours.id != "24/7"
    clock = office_hours.team_clocks["42"]
    assert clock(MONDAY + 2 * HOUR) - clock(MONDAY) == HOUR


def test_intervals_are_clipped_to_what_is_asked() -> None:
    office_hours = parse_office_hours(weekly((540, 1020), (1440 + 540, 1440 + 1020)))
    nine, five = MONDAY + 9 * HOUR, MONDAY + 17 * HOUR
    assert office_hours.intervals(nine + 60, MONDAY + 34 * HOUR) == [
        (nine + 60, five),
        (MONDAY + 33 * HOUR, MONDAY + 34 * HOUR),
    ]
    assert office_hours.intervals(five, nine + 24 * HOUR) == []
    assert office_hours.intervals(five, nine) == []
