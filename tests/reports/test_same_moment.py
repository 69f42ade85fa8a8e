"""A range that is not over is compared with the earlier one up to the same time of the corresponding day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.dashboards.date_ranges import Compared, Preset, span_before, span_of
from indexer.reports.periods import Span, first_instant
from indexer.reports.same_moment import same_moment

ZONES = ["Europe/London", "Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu"]
DUBLIN = ZoneInfo("Europe/Dublin")
DAY = timedelta(days=1)


def at(written: str, zone: ZoneInfo = DUBLIN) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=zone).timestamp())


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("now", "asked", "before", "until"),
    [
        ("2024-03-08 00:00", span("2024-03-01", "2024-03-07"), span("2024-02-23", "2024-02-29"), None),
        ("2024-03-07 23:59", span("2024-03-01", "2024-03-07"), span("2024-02-23", "2024-02-29"), "2024-02-29 23:59"),
        ("2024-03-04 09:30", span("2024-03-04", "2024-03-04"), span("2024-03-03", "2024-03-03"), "2024-03-03 09:30"),
        # In the middle of fixed dates: the day with the same number.
        ("2024-03-03 09:30", span("2024-03-01", "2024-03-07"), span("2024-02-23", "2024-02-29"), "2024-02-25 09:30"),
        # This month, whose day the month before does not have.
        ("2024-03-31 18:00", span("2024-03-01", "2024-03-31"), span("2024-02-01", "2024-02-29"), "2024-02-29 18:00"),
        # A year with a day more.
        ("2025-03-01 12:00", span("2025-01-01", "2025-03-01"), span("2024-01-01", "2024-03-01"), "2024-03-01 12:00"),
        # Dates that have not begun: nothing of the earlier ones counts either.
        ("2024-02-20 09:30", span("2024-03-01", "2024-03-07"), span("2024-02-23", "2024-02-29"), "2024-02-23 00:00"),
        # The clocks were put forward over 01:30, and back over it.
        ("2024-04-07 01:30", span("2024-04-01", "2024-04-07"), span("2024-03-25", "2024-03-31"), "2024-03-31 02:30"),
        ("2024-11-03 01:30", span("2024-10-28", "2024-11-03"), span("2024-10-21", "2024-10-27"), "2024-10-27 01:30"),
    ],
)
def test_the_moment_is_the_same_time_of_the_corresponding_day(
    now: str, asked: Span, before: Span, until: str | None
) -> None:
    found = same_moment(at(now), asked, before, DUBLIN)
    assert found == (None if until is None else at(until))


def test_without_a_present_the_earlier_range_is_whole() -> None:
    asked = span("2024-03-01", "2024-03-07")
    assert same_moment(None, asked, asked.before(), DUBLIN) is None


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.sampled_from([*Preset]),
    st.sampled_from([Compared.PREVIOUS, Compared.WEEKDAYS, Compared.YEAR]),
)
@settings(max_examples=300, deadline=None)
def test_every_preset_in_every_zone_has_the_time_of_day_that_the_clocks_show(
    moment: datetime, zone: ZoneInfo, preset: Preset, compared: Compared
) -> None:
    now = moment.replace(tzinfo=zone)
    asked = span_of(preset, moment.date())
    before = span_before(asked, compared, preset)
    assert before is not None
    until = same_moment(int(now.timestamp()), asked, before, zone)
    if asked.last < datetime.fromtimestamp(int(now.timestamp()), zone).date():
        assert until is None
        return
    assert until is not None
    assert first_instant(before.last, zone) <= until <= first_instant(before.last + DAY, zone)
    shown = datetime.fromtimestamp(until, zone)
    passed = int(now.timestamp()) - first_instant(asked.last, zone)
    # A change of the clocks on either day, by an hour in these zones, is all that can be between the two.
    assert abs(until - first_instant(before.last, zone) - passed) in {0, 3600}
    if abs(until - first_instant(before.last, zone) - passed) == 0 and shown.date() == before.last:
        assert (shown.hour, shown.minute) in {(now.hour, now.minute), ((now.hour + 1) % 24, now.minute)}
