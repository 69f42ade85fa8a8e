from datetime import date

from indexer.sample import office_hours, workspace


def test_intervals_lie_in_the_week_in_order_and_apart() -> None:
    schedule = office_hours()
    for hours in (schedule, *schedule["teams"].values()):
        ends = 0
        for interval in hours["time_intervals"]:
            assert ends < interval["start_minute"] < interval["end_minute"] <= 7 * 24 * 60
            ends = interval["end_minute"]


def test_there_is_a_yearly_christmas_a_custom_day_and_a_team_with_its_own_hours() -> None:
    schedule = office_hours()
    exceptions = {day["exception_date"]: day for day in schedule["exceptions"]}
    assert exceptions["2025-12-25"] == {
        "exception_date": "2025-12-25",
        "exception_type": "closed",
        "recurring_annually": True,
    }
    custom = exceptions["2026-06-12"]
    assert (custom["exception_type"], custom["recurring_annually"]) == ("custom_hours", False)
    assert custom["time_intervals"] == [{"start_minute": 540, "end_minute": 780}]
    assert date.fromisoformat("2026-06-12").weekday() < 5
    assert set(schedule["teams"]) < set(workspace()["teams"])
    assert {hours["time_zone_name"] for hours in schedule["teams"].values()} == {"America/New_York"}


def test_the_schedule_is_the_callers_own() -> None:
    office_hours()["teams"].clear()
    office_hours()["exceptions"][0]["exception_type"] = "custom_hours"
    assert office_hours()["teams"]
    assert office_hours()["exceptions"][0]["exception_type"] == "closed"
