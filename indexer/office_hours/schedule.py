"""A schedule as it is written down: weekly hours in a time zone, and dates on which other hours hold."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

DAY = 1440
WEEK = 7 * DAY

Minutes = tuple[int, int]
"""An interval in minutes, from and before; of a week from Monday 00:00, of a day from midnight."""


class Schedule(NamedTuple):
    """What a schedule means: intervals merged and in order, exceptions by date.

    `week` is empty for always open. `dates` hold once, `yearly` on that month and day of every year; both give the
    intervals that replace everything on that calendar date.
    """

    zone: str
    week: tuple[Minutes, ...]
    dates: dict[date, tuple[Minutes, ...]]
    yearly: dict[tuple[int, int], tuple[Minutes, ...]]


class _Edge(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class WeekInterval(_Edge):
    """An interval of the week; one that ends before it starts, or past the week, goes on on Monday."""

    start_minute: int = Field(ge=0, le=WEEK)
    end_minute: int = Field(ge=0, le=2 * WEEK)

    @model_validator(mode="after")
    def _is_some_time(self) -> "WeekInterval":
        if self.start_minute == self.end_minute or self.end_minute - self.start_minute > WEEK:
            raise ValueError("an interval is longer than nothing and at most a week")
        return self


class DayInterval(_Edge):
    """An interval of one date."""

    start_minute: int = Field(ge=0, le=DAY)
    end_minute: int = Field(ge=0, le=DAY)

    @model_validator(mode="after")
    def _is_some_time(self) -> "DayInterval":
        if self.start_minute >= self.end_minute:
            raise ValueError("an interval of a date ends after it starts")
        return self


class OfficeHoursException(_Edge):
    """A date with hours of its own, or none."""

    exception_date: date
    exception_type: Literal["closed", "custom_hours"]
    time_intervals: list[DayInterval] | None = None
    recurring_annually: bool = False

    @model_validator(mode="after")
    def _custom_hours_are_given(self) -> "OfficeHoursException":
        if self.exception_type == "custom_hours" and not self.time_intervals:
            raise ValueError("custom_hours need time_intervals")
        return self

    @property
    def intervals(self) -> list[Minutes]:
        """The intervals that hold on the date."""
        if self.exception_type == "closed":
            return []
        return [(interval.start_minute, interval.end_minute) for interval in self.time_intervals or ()]


class OfficeHoursSchedule(_Edge):
    """The vendor's `office_hours_schedule`, with its exceptions beside it."""

    time_zone_name: str = "UTC"
    twenty_four_seven: bool = False
    time_intervals: list[WeekInterval] | None = None
    exceptions: list[OfficeHoursException] | None = None

    @field_validator("time_zone_name")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            # A list of 600 names helps nobody: show those that share the last part.
            city = name.rpartition("/")[2].lower().replace(" ", "_")
            near = sorted(zone for zone in available_timezones() if city and city in zone.lower())[:3]
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise ValueError(f"{name!r} is no IANA time zone{hint}") from error
        return name

    @field_validator("exceptions", mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        return value.get("data") if isinstance(value, dict) else value

    def schedule(self) -> Schedule:
        """What it means. 24/7 and an empty week ignore the exceptions; a date beats a yearly date.

        Several exceptions of one kind for the same date add up: their hours hold together.
        """
        if self.twenty_four_seven or not self.time_intervals:
            return Schedule("UTC", (), {}, {})
        dates: dict[date, list[Minutes]] = {}
        yearly: dict[tuple[int, int], list[Minutes]] = {}
        for exception in self.exceptions or ():
            day = exception.exception_date
            if exception.recurring_annually:
                yearly.setdefault((day.month, day.day), []).extend(exception.intervals)
            else:
                dates.setdefault(day, []).extend(exception.intervals)
        return Schedule(
            self.time_zone_name,
            merged(_of_the_week(self.time_intervals)),
            {day: merged(intervals) for day, intervals in sorted(dates.items())},
            {day: merged(intervals) for day, intervals in sorted(yearly.items())},
        )


def _of_the_week(intervals: Sequence[WeekInterval]) -> list[Minutes]:
    """The intervals within one week, those that pass its end cut in two."""
    cut: list[Minutes] = []
    for interval in intervals:
        start, end = interval.start_minute % WEEK, interval.end_minute
        length = (end - interval.start_minute) if end > interval.start_minute else end + WEEK - interval.start_minute
        if start + length <= WEEK:
            cut.append((start, start + length))
        else:
            cut += [(start, WEEK), (0, start + length - WEEK)]
    return cut


def merged(intervals: Sequence[Minutes]) -> tuple[Minutes, ...]:
    """The same time in as few intervals as possible, in order."""
    found: list[Minutes] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
