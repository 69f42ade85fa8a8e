"""Hours of the week as clocks show them."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports.heatmap_hours import HOURS, HourStretch, hour_of, hour_stretches, spans_of_hour
from indexer.reports.periods import Span

ZONES = ["UTC", "Europe/Dublin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata", "Australia/Lord_Howe"]


def test_a_week_has_its_hours_in_order():
    assert len(HOURS) == len(set(HOURS)) == 168
    assert (HOURS[0], HOURS[33], HOURS[-1]) == ("Mon 00", "Tue 09", "Sun 23")


@pytest.mark.parametrize(
    ("instant", "hour"),
    [
        ("2024-03-31T00:59:59", "Sun 01"),  # Paris: the second before clocks go forward from 2 to 3
        ("2024-03-31T01:00:00", "Sun 03"),
        ("2024-10-27T00:30:00", "Sun 02"),  # the hour that comes twice
        ("2024-10-27T01:30:00", "Sun 02"),
        ("2024-10-27T02:00:00", "Sun 03"),
    ],
)
def test_changes_of_clocks_are_followed(instant: str, hour: str):
    at = int(datetime.fromisoformat(instant).replace(tzinfo=UTC).timestamp())
    assert hour_of(at, ZoneInfo("Europe/Paris")) == hour


def test_the_hour_that_is_left_out_has_no_span_and_the_one_that_comes_twice_a_long_one():
    zone = ZoneInfo("Europe/Paris")
    assert list(spans_of_hour("Sun 02", Span(date(2024, 3, 31), date(2024, 3, 31)), zone)) == []
    [(start, end)] = spans_of_hour("Sun 02", Span(date(2024, 10, 27), date(2024, 10, 27)), zone)
    assert end - start == 7200


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        # From 02:00 to 02:30, and from 02:00 back to 01:30.
        ("Australia/Lord_Howe", date(2025, 10, 5), {"Sun 01": 3600, "Sun 02": 1800, "Sun 03": 3600}),
        ("Australia/Lord_Howe", date(2025, 4, 6), {"Sun 00": 3600, "Sun 01": 5400, "Sun 02": 3600}),
        ("Antarctica/Troll", date(2024, 3, 31), {"Sun 00": 3600, "Sun 01": 0, "Sun 02": 0, "Sun 03": 3600}),
        ("Antarctica/Troll", date(2024, 10, 27), {"Sun 00": 3600, "Sun 01": 7200, "Sun 02": 7200, "Sun 03": 3600}),
        ("Asia/Kathmandu", date(2024, 3, 31), {"Sun 00": 3600, "Sun 23": 3600}),
        ("Pacific/Apia", date(2011, 12, 30), {"Fri 00": 0, "Fri 12": 0}),
        # From 00:01 back to 23:01 of the day before: the day has begun, and that hour is one of it.
        ("America/St_Johns", date(2010, 11, 7), {"Sun 00": 3660, "Sat 23": 3540, "Sun 01": 3600}),
        ("America/St_Johns", date(2010, 11, 6), {"Sat 23": 3600}),
    ],
)
def test_hours_of_a_day_on_which_clocks_change(zone: str, day: date, hours: dict[str, int]):
    for hour, seconds in hours.items():
        spans = spans_of_hour(hour, Span(day, day), ZoneInfo(zone))
        assert sum(end - start for start, end in spans) == seconds, hour


@given(
    st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
    st.dates(date(1970, 1, 1), date(2150, 1, 1)),
    st.integers(1, 400),
)
def test_stretches_and_hours_of_the_week_are_the_whole_span_without_overlap(zone: ZoneInfo, first: date, days: int):
    span = Span(first, date.fromordinal(first.toordinal() + days))
    start, end = span.instants(zone)
    stretches = hour_stretches(span, zone)
    assert [stretch.start for stretch in stretches] == [start, *(stretch.end for stretch in stretches[:-1])]
    assert stretches[-1].end == end
    every = sorted(found for hour in HOURS for found in spans_of_hour(hour, span, zone))
    assert every[0][0] == start
    assert every[-1][1] == end
    assert all(one[1] == other[0] for one, other in pairwise(every))
    inside = [max(stretch.start, at) for stretch in stretches for at in hours_in(stretch)]
    for at in inside[:: max(1, len(inside) // 50)]:
        hour = hour_of(at, zone)
        assert any(begin <= at < until for begin, until in spans_of_hour(hour, span, zone))


def hours_in(stretch: HourStretch) -> range:
    """The instants at which the hours of a stretch begin; the first one may lie before it."""
    return range(stretch.start - (stretch.start - stretch.past) % 3600, stretch.end, 3600)


@given(
    st.sampled_from(ZONES).map(ZoneInfo),
    st.sampled_from([(2024, 3, 25), (2024, 10, 21), (2011, 12, 26), (2018, 11, 1), (2024, 4, 1)]),
    st.integers(0, 14 * 86_400),
)
def test_an_instant_lies_in_the_spans_of_its_own_hour_alone(zone: ZoneInfo, day: tuple[int, int, int], offset: int):
    first = date(*day)
    span = Span(first, date.fromordinal(first.toordinal() + 13))
    start, end = span.instants(zone)
    instant = start + offset % (end - start)
    hour = hour_of(instant, zone)
    others = [HOURS[(HOURS.index(hour) + step) % 168] for step in (-1, 1)]
    assert any(begin <= instant < until for begin, until in spans_of_hour(hour, span, zone))
    assert not any(begin <= instant < until for other in others for begin, until in spans_of_hour(other, span, zone))
