"""Hours of the week as clocks show them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports.hours import HOURS, hour_of, spans_of_hour
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
    assert hour_of(at, ZoneInfo("Europe/Paris")) == (datetime.fromisoformat(instant).date(), hour)


def test_the_hour_that_is_left_out_has_no_span_and_the_one_that_comes_twice_a_long_one():
    zone = ZoneInfo("Europe/Paris")
    assert list(spans_of_hour("Sun 02", Span(date(2024, 3, 31), date(2024, 3, 31)), zone)) == []
    [(start, end)] = spans_of_hour("Sun 02", Span(date(2024, 10, 27), date(2024, 10, 27)), zone)
    assert end - start == 7200


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
    _, hour = hour_of(instant, zone)
    others = [HOURS[(HOURS.index(hour) + step) % 168] for step in (-1, 1)]
    assert any(begin <= instant < until for begin, until in spans_of_hour(hour, span, zone))
    assert not any(begin <= instant < until for other in others for begin, until in spans_of_hour(other, span, zone))
