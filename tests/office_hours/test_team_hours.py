"""The hours of single teams within those of a workspace."""

from typing import Any

import pytest
from hypothesis import given

from indexer.errors import Refused
from indexer.office_hours import parse_office_hours
from indexer.office_hours.team_hours import hours_of_team, read_team_hours, teams_with_hours
from indexer.office_hours.written_hours import WrittenHours, written_hours
from tests.office_hours.strategies import schedules

NINE_TO_FIVE = {"start_minute": 540, "end_minute": 1020}
WEEKLY: dict[str, Any] = {"time_zone_name": "UTC", "twenty_four_seven": False, "time_intervals": [NINE_TO_FIVE]}
MONDAYS = WrittenHours(is_always_open=False, time_zone="UTC", days=("09:00-17:00", *[""] * 6))
TUESDAYS = MONDAYS._replace(days=("", "09:00-17:00", *[""] * 5))


def test_a_team_gets_hours_of_its_own_and_the_rest_stays() -> None:
    before = {**WEEKLY, "name": "Support", "teams": {"7": {"twenty_four_seven": True}, "8": None}}
    found = read_team_hours(TUESDAYS, before, "9")
    assert found is not None
    assert found["teams"].pop("9") == {**WEEKLY, "time_intervals": [{"start_minute": 1980, "end_minute": 2460}]}
    assert found == before
    assert before["teams"] == {"7": {"twenty_four_seven": True}, "8": None}


def test_a_team_of_a_workspace_without_hours_gets_some() -> None:
    found = read_team_hours(MONDAYS, None, "9")
    assert found == {"twenty_four_seven": True, "teams": {"9": WEEKLY}}
    assert read_team_hours(WrittenHours(), WEEKLY, "9") == {**WEEKLY, "teams": {"9": {"twenty_four_seven": True}}}
    assert teams_with_hours(found) == ["9"]
    assert hours_of_team(found, "9") == WEEKLY
    assert hours_of_team(found, "8") is None


@pytest.mark.parametrize("whole", [None, WEEKLY])
def test_hours_that_are_removed_leave_nothing_behind(whole: dict[str, Any] | None) -> None:
    found = read_team_hours(MONDAYS, whole, "9")
    assert read_team_hours(None, found, "9") == whole
    assert read_team_hours(None, whole, "9") == whole


def test_hours_of_another_team_stay_when_one_is_removed() -> None:
    before = {"twenty_four_seven": True, "teams": {"7": WEEKLY, "9": WEEKLY}}
    assert read_team_hours(None, before, "9") == {"twenty_four_seven": True, "teams": {"7": WEEKLY}}
    assert read_team_hours(None, {"teams": {"9": WEEKLY}}, "9") is None


def test_hours_that_equal_those_of_the_workspace_can_be_given_and_removed() -> None:
    found = read_team_hours(MONDAYS, WEEKLY, "9")
    assert found == {**WEEKLY, "teams": {"9": WEEKLY}}
    assert parse_office_hours(found).id == parse_office_hours(WEEKLY).id
    assert read_team_hours(None, found, "9") == WEEKLY


@pytest.mark.parametrize("own", [{}, {"time_intervals": []}, {"twenty_four_seven": True}])
def test_a_team_that_never_closes_stays_as_it_is_written(own: dict[str, Any]) -> None:
    before = {**WEEKLY, "teams": {"9": own}}
    assert written_hours(hours_of_team(before, "9")) == WrittenHours()
    assert read_team_hours(WrittenHours(), before, "9") == before


def test_teams_within_a_team_have_no_meaning() -> None:
    before = {**WEEKLY, "teams": {"9": {**WEEKLY, "teams": "none"}}}
    assert parse_office_hours(before).id
    assert hours_of_team(before, "9") == WEEKLY
    found = read_team_hours(TUESDAYS, before, "9")
    assert found is not None
    assert "teams" not in found["teams"]["9"]


@given(schedules(), schedules())
def test_hours_as_they_are_written_change_nothing(whole: dict[str, Any], own: dict[str, Any]) -> None:
    alone = {key: value for key, value in own.items() if key != "teams"}
    before = {**whole, "teams": {**(whole.get("teams") or {}), "9": alone}}
    assert read_team_hours(written_hours(alone), before, "9") == before


def test_a_fault_is_named_by_its_field_and_not_by_its_team() -> None:
    with pytest.raises(Refused) as refused:
        read_team_hours(MONDAYS._replace(time_zone="Mars"), WEEKLY, "9")
    assert refused.value.path == "time_zone"
