"""The scale is linear but for its cuts, and its round times are those that clocks show."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.explaining.time_scale import QUIET_SECONDS, TimeScale

DAY = 86_400
T = 1_774_000_000
instants = st.lists(st.integers(T, T + 400 * DAY), min_size=1, max_size=12)


@given(instants)
def test_places_rise_from_0_to_1_and_are_to_scale_outside_cuts(points: list[int]) -> None:
    scale = TimeScale.of(points)
    places = [scale.place(at) for at in sorted({*points, scale.start, scale.end})]
    assert (places[0], places[-1]) == (0.0, 1.0)
    assert all(before < after for before, after in pairwise(places))
    rates = [(scale.place(until) - scale.place(since)) / (until - since) for since, until in scale.drawn]
    assert all(rate == pytest.approx(rates[0]) for rate in rates)


@given(instants)
def test_only_long_quiet_times_are_cut_and_no_instant_lies_within_one(points: list[int]) -> None:
    scale = TimeScale.of(points)
    for since, until in scale.cuts:
        assert until - since > QUIET_SECONDS
        assert not any(since < at < until for at in points)
    assert sum(scale.place(until) - scale.place(since) for since, until in scale.cuts) <= 0.5 + 1e-9


def test_a_month_of_silence_is_cut_and_a_weekend_is_not() -> None:
    assert TimeScale.of([T, T + 600, T + 30 * DAY, T + 30 * DAY + 600]).cuts == ((T + 600, T + 30 * DAY),)
    assert TimeScale.of([T, T + 600, T + 600 + QUIET_SECONDS]).cuts == ()
    assert TimeScale.of([T, T + 30 * DAY]).cuts == ()


def test_regular_silences_are_not_cut() -> None:
    assert TimeScale.of([T + day * DAY for day in range(0, 40, 4)]).cuts == ()


@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_a_moment_is_shown_as_a_minute(seconds: int) -> None:
    scale = TimeScale.of([T, T + seconds])
    assert scale.end - scale.start == 60
    assert scale.place(T) == 0.0


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu"])
@given(instants)
def test_round_times_are_within_what_is_to_scale_and_few(zone: str, points: list[int]) -> None:
    scale = TimeScale.of(points)
    ticks = scale.ticks(ZoneInfo(zone))
    assert [tick.at for tick in ticks] == sorted({tick.at for tick in ticks})
    for tick in ticks:
        assert tick.local == datetime.fromtimestamp(tick.at, ZoneInfo(zone))
        assert (tick.local.second, tick.place) == (0, scale.place(tick.at))
        assert any(since <= tick.at <= until for since, until in scale.drawn)
    assert len(ticks) <= 9 + len(scale.cuts)


@pytest.mark.parametrize(
    ("zone", "change", "hours"),
    [
        # Each from 00:00 to 06:00 on the night of a change: spring forward skips an hour, autumn repeats one.
        ("Europe/London", "2026-03-29", [0, 2, 3, 4, 5, 6]),
        ("Europe/London", "2026-10-25", [0, 1, 1, 2, 3, 4, 5, 6]),
        ("Europe/Dublin", "2026-03-29", [0, 2, 3, 4, 5, 6]),
        ("Pacific/Auckland", "2026-09-27", [0, 1, 3, 4, 5, 6]),
        ("Pacific/Auckland", "2026-04-05", [0, 1, 2, 2, 3, 4, 5, 6]),
        ("Asia/Kathmandu", "2026-03-29", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_skipped_hour_has_no_round_time_and_a_repeated_one_has_two(zone: str, change: str, hours: list[int]) -> None:
    night = [
        int(datetime.fromisoformat(f"{change}T0{hour}:00").replace(tzinfo=ZoneInfo(zone)).timestamp())
        for hour in (0, 6)
    ]
    assert [tick.local.hour for tick in TimeScale.of(night).ticks(ZoneInfo(zone))] == hours
