"""The scale is linear but for its cuts, and its round times are those that clocks show."""

from datetime import UTC, datetime
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


def test_a_silence_is_cut_if_it_is_longer_than_a_third_of_the_rest() -> None:
    for days, cuts in (([0, 3, 6, 9, 12, 16], ()), ([0, 3, 6, 9, 13], ((T + 9 * DAY, T + 13 * DAY),))):
        assert TimeScale.of([T + day * DAY for day in days]).cuts == cuts


def test_a_silence_is_cut_if_a_minute_is_left_to_show() -> None:
    assert TimeScale.of([T, T + 59, T + 30 * DAY]).cuts == ()
    assert TimeScale.of([T, T + 60, T + 30 * DAY]).cuts == ((T + 60, T + 30 * DAY),)


def test_a_cut_takes_seven_hundredths_of_the_line_and_the_rest_is_to_scale() -> None:
    first, second, end = T + 100, T + 30 * DAY, T + 60 * DAY
    scale = TimeScale.of([T, first, second, second + 300, end, end + 100])
    assert scale.cuts == ((first, second), (second + 300, end))
    # 0.86 of the line shows 500 seconds.
    shown = [scale.place(at) for at in (first, second, second + 150, second + 300, end, end + 50)]
    assert shown == pytest.approx([0.172, 0.242, 0.5, 0.758, 0.828, 0.914])
    assert scale.place(first + 15 * DAY) == pytest.approx(0.207, abs=0.0001)  # nearly the middle of the cut


def test_many_cuts_take_half_of_the_line() -> None:
    points = [T, T + 3_600]
    for number in range(10):
        points.append(points[-1] + int(4 * DAY * 1.4**number))
    scale = TimeScale.of(points)
    assert len(scale.cuts) == 10
    assert [scale.place(until) - scale.place(since) for since, until in scale.cuts] == pytest.approx([0.05] * 10)
    assert scale.place(T + 1_800) == pytest.approx(0.25)


def test_an_instant_outside_is_at_the_nearer_end_and_one_within_at_its_place() -> None:
    scale = TimeScale.of([T, T + 1_000])
    assert [scale.place(T + at) for at in (-1, 0, 250, 999, 1_000, 1_001)] == [0.0, 0.0, 0.25, 0.999, 1.0, 1.0]


MINUTE = 60
STEPS = [
    *[minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)],
    *[days * DAY for days in (1, 2, 7, 14, 28, 91, 364)],
]


@pytest.mark.parametrize(("step", "longer"), list(pairwise(STEPS)))
def test_a_line_has_at_most_nine_round_times_of_the_shortest_round_step(step: int, longer: int) -> None:
    monday = int(datetime(2024, 12, 2, tzinfo=UTC).timestamp())  # 24 times 364 days after 1 January 2001
    for length, expected in ((8 * step, step), (8 * step + 1, longer)):
        ticks = [tick.at - monday for tick in TimeScale.of([monday, monday + length]).ticks(ZoneInfo("UTC"))]
        assert ticks == list(range(0, length + 1, expected))


def test_the_longest_round_step_is_a_year_of_whole_weeks() -> None:
    start, end = (int(datetime(year, 12, 2, tzinfo=UTC).timestamp()) for year in (2024, 2036))
    ticks = TimeScale.of([start, end]).ticks(ZoneInfo("UTC"))
    assert [tick.at - start for tick in ticks] == [number * 364 * DAY for number in range(13)]


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_round_times_begin_on_the_local_day_of_the_start(zone: str) -> None:
    start = int(datetime(2026, 1, 5, 19, 55, tzinfo=ZoneInfo(zone)).timestamp())
    ticks = TimeScale.of([start, start + 4 * 3_600]).ticks(ZoneInfo(zone))
    assert [f"{tick.local:%d %H:%M}" for tick in ticks] == [
        "05 20:00", "05 20:30", "05 21:00", "05 21:30", "05 22:00", "05 22:30", "05 23:00", "05 23:30",
    ]  # fmt: skip


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
