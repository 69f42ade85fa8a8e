"""When the wall shows what."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.office_hours.wall_clock import crossings, instants_of, midnight
from tests.office_hours.strategies import DAY, HOUR, ZONES, moments


def shown(instant: int, zone: ZoneInfo) -> int:
    """What the wall shows, as a wall time."""
    naive = datetime.fromtimestamp(instant, zone).replace(tzinfo=None)
    return midnight(naive.date()) + naive.hour * 3600 + naive.minute * 60 + naive.second


def local_times(zone_name: str, wall: str) -> list[str]:
    zone = ZoneInfo(zone_name)
    at = datetime.fromisoformat(wall)
    instants = crossings(midnight(at.date()) + at.hour * 3600 + at.minute * 60, zone)
    return [datetime.fromtimestamp(instant, zone).isoformat(timespec="minutes") for instant in instants]


def test_a_time_that_comes_once_is_crossed_once() -> None:
    assert local_times("Asia/Kathmandu", "2024-06-01T12:00") == ["2024-06-01T12:00+05:45"]


def test_a_time_in_a_gap_is_crossed_when_the_clocks_change() -> None:
    for wall in ("2024-03-10T02:00", "2024-03-10T02:30"):
        assert local_times("America/New_York", wall) == ["2024-03-10T03:00-04:00"]
    assert local_times("America/Sao_Paulo", "2018-11-04T00:00") == ["2018-11-04T01:00-02:00"]
    assert local_times("Pacific/Apia", "2011-12-30T12:00") == ["2011-12-31T00:00+14:00"]


def test_a_time_that_comes_twice_is_crossed_forwards_backwards_and_forwards() -> None:
    assert local_times("America/New_York", "2024-11-03T01:30") == [
        "2024-11-03T01:30-04:00",
        "2024-11-03T01:00-05:00",
        "2024-11-03T01:30-05:00",
    ]


@given(st.data(), st.sampled_from(ZONES))
def test_the_wall_is_at_a_time_or_past_it_from_the_first_crossing_and_no_longer_behind_it_after_the_last(
    data: st.DataObject, zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    wall = shown(data.draw(moments(zone_name)), zone) // 60 * 60
    edges = crossings(wall, zone)
    around = range(edges[0] - 10 * HOUR, edges[-1] + 10 * HOUR, 60)
    assert edges[0] == next(instant for instant in around if shown(instant, zone) >= wall)
    assert shown(edges[-1], zone) == wall or shown(edges[-1] - 1, zone) < wall < shown(edges[-1], zone)
    assert all(shown(instant, zone) > wall for instant in around if instant > edges[-1])


@given(st.data(), st.sampled_from(ZONES))
def test_a_date_has_the_instants_at_which_the_wall_shows_it(data: st.DataObject, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    start = data.draw(moments(zone_name)) // 60 * 60
    day = datetime.fromtimestamp(start, zone).date()
    found = {instant for span in instants_of(day, zone) for instant in range(*span, 60)}
    around = range(start - 3 * DAY, start + 3 * DAY, 60)
    assert found == {instant for instant in around if datetime.fromtimestamp(instant, zone).date() == day}


@pytest.mark.parametrize(
    ("zone_name", "day", "hours"),
    [
        ("America/New_York", date(2024, 3, 10), 23),
        ("America/New_York", date(2024, 11, 3), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("America/Havana", date(2024, 11, 3), 25),
    ],
)
def test_a_date_is_as_long_as_the_clocks_make_it(zone_name: str, day: date, hours: int) -> None:
    assert sum(end - start for start, end in instants_of(day, ZoneInfo(zone_name))) == hours * 3600
