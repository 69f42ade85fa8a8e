"""Schedules and spans of time, drawn mostly where zones change their clocks."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from indexer.calendar.zone_names import time_zones

Json = dict[str, Any]

ZONES = (
    "UTC",
    "Africa/Casablanca",  # back for Ramadan
    "America/Havana",  # midnight comes twice
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",  # no midnight
    "America/St_Johns",  # at 00:01, back over midnight
    "Antarctica/Vostok",  # seven hours at once
    "Asia/Kathmandu",  # a quarter of an hour
    "Australia/Lord_Howe",  # half an hour
    "Europe/London",
    "Pacific/Apia",  # a whole day left out
)
_ANY_ZONE = sorted(available_timezones() & time_zones())
FIRST, LAST = int(datetime(1975, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2038, 1, 1, tzinfo=UTC).timestamp())
HOUR, DAY = 3600, 86_400


@cache
def changes(zone_name: str) -> list[int]:
    """The instants at which the clocks of a zone change."""
    zone = ZoneInfo(zone_name)

    def offset(instant: int) -> timedelta | None:
        return datetime.fromtimestamp(instant, zone).utcoffset()

    days = [day for day in range(FIRST, LAST, DAY) if offset(day) != offset(day + DAY)]
    return [next(at for at in range(day, day + DAY + 1, 60) if offset(at) != offset(day)) for day in days]


def minutes_of_change(zone_name: str, change: int) -> list[int]:
    """What the clocks show as they are changed, and in the middle, in minutes of the week."""
    zone = ZoneInfo(zone_name)
    last, first = (datetime.fromtimestamp(instant, zone) for instant in (change - 60, change))
    before, after = (at.weekday() * 1440 + at.hour * 60 + at.minute for at in (last, first))
    return [before + 1, after, (before + 1 + after) // 2]


@st.composite
def moments(draw: st.DrawFn, zone_name: str) -> int:
    """An epoch second, as a rule near a change of the zone's clocks."""
    if changes(zone_name) and draw(st.integers(0, 3)):
        away = draw(st.one_of(st.integers(-4 * HOUR, HOUR), st.integers(-2 * DAY, DAY)))
        return draw(st.sampled_from(changes(zone_name))) + away
    return draw(st.integers(FIRST, LAST))


def lengths(longest: int) -> st.SearchStrategy[int]:
    return st.one_of(st.integers(0, 8 * HOUR), st.integers(0, longest))


def minutes(last: int) -> st.SearchStrategy[int]:
    """Minutes up to `last`, many of them on the hours after midnight, when clocks change."""
    small_hours = [day + minute for day in range(0, last + 1, 1440) for minute in (-60, 0, 1, 30, 60, 90, 120, 180)]
    return st.one_of(st.sampled_from([m for m in small_hours if 0 <= m <= last]), st.integers(0, last))


@st.composite
def week_intervals(draw: st.DrawFn, favourites: Sequence[int] = ()) -> Json:
    """An interval of the week; its ends are often among the favourites, where there are any."""
    some_minute = st.one_of(st.sampled_from(favourites), minutes(10_080)) if favourites else minutes(10_080)
    start = draw(some_minute)
    if draw(st.booleans()):
        length = draw(st.one_of(st.sampled_from([30, 60, 480, 1440]), st.integers(1, 10_080)))
    else:
        length = (draw(some_minute) - start) % 10_080 or 10_080
    end = start + length
    if end > 10_080 and length <= 5_040 and draw(st.booleans()):
        end -= 10_080  # the other way to write it
    return {"start_minute": start, "end_minute": end}


@st.composite
def day_intervals(draw: st.DrawFn) -> Json:
    start, end = sorted(draw(st.lists(minutes(1440), min_size=2, max_size=2, unique=True)))
    return {"start_minute": start, "end_minute": end}


@st.composite
def exceptions(draw: st.DrawFn, around: int) -> list[Json]:
    """Exceptions on dates around an instant, no date both closed and with custom hours."""
    found: dict[tuple[bool, str], Json] = {}
    for _ in range(draw(st.integers(0, 3))):
        day = datetime.fromtimestamp(around, UTC).date() + timedelta(days=draw(st.integers(-2, 3)))
        annual = draw(st.booleans())
        exception = closed_on(day, annual=annual)
        if draw(st.booleans()):
            hours = draw(st.lists(day_intervals(), max_size=3))
            exception |= {"exception_type": "custom_hours", "time_intervals": hours}
        found[annual, exception["exception_date"][5:]] = exception
    return list(found.values())


def closed_on(day: date, *, annual: bool = False) -> Json:
    written = day.replace(year=2000) if annual else day
    return {
        "exception_date": written.isoformat(),
        "exception_type": "closed",
        "time_intervals": None,
        "recurring_annually": annual,
    }


@st.composite
def schedules(draw: st.DrawFn) -> Json:
    """A schedule that is not always open, without exceptions."""
    return {
        "time_zone_name": draw(
            st.one_of(st.sampled_from(ZONES), st.sampled_from(sorted(available_timezones() & time_zones())))
        ),
        "twenty_four_seven": False,
        "time_intervals": draw(st.lists(week_intervals(), min_size=1, max_size=3)),
        "exceptions": [],
    }


@st.composite
def schedules_and_spans(draw: st.DrawFn, longest: int = 2 * DAY) -> tuple[Json, int, int]:
    """A schedule, and a start and an end around which it has its exceptions and its zone may change its clocks."""
    schedule = draw(schedules())
    zone_name = schedule["time_zone_name"]
    start = draw(moments(zone_name))
    near = [change for change in changes(zone_name) if abs(change - start) < 2 * DAY]
    if near:
        favourites = minutes_of_change(zone_name, near[0])
        schedule["time_intervals"] += draw(st.lists(week_intervals(favourites), min_size=1, max_size=2))
    schedule["exceptions"] = draw(exceptions(start))
    return schedule, start, start + draw(lengths(longest))
