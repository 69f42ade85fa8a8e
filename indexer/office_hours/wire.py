"""The JSON of office hours as the vendor writes it (`office_hours_schedule`), with exceptions and teams beside it.

Keys with a meaning are checked strictly; keys without one here (`id`, `name`, `day_of_week`…) are ignored.
"""

from datetime import date
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from indexer.calendar.written_times import read_day
from indexer.calendar.zone_names import known_zone
from indexer.office_hours.schedule import DAY, WEEK


def _refuse(reason: str) -> NoReturn:
    raise PydanticCustomError("office_hours", "{reason}", {"reason": reason})


def _zone_name(name: str) -> str:
    try:
        return known_zone(name).key
    except ValueError as error:
        _refuse(str(error))


def _date(value: object) -> date:
    try:
        return read_day(value)
    except ValueError as error:
        _refuse(str(error))


def _list_of_page(value: Any) -> Any:
    """The entries of the vendor's `office_hours_exception.list`, or the bare list."""
    return value["data"] if isinstance(value, dict) and "data" in value else value


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class WeekInterval(_Read):
    """Minutes from Monday 00:00; an interval that passes 10080 continues on Monday.

    An end before its start is in the week after if that is the shorter way round (Sunday 22:00 to Monday 06:00 is
    9960 to 360), and refused as a mistake otherwise.
    """

    start_minute: int = Field(ge=0, le=2 * WEEK)
    end_minute: int = Field(ge=0, le=2 * WEEK)

    @field_validator("end_minute")
    @classmethod
    def _after_start(cls, end: int, info: ValidationInfo) -> int:
        start = info.data.get("start_minute")
        if start is None:  # refused already
            return end
        if end < start and 0 < end + WEEK - start <= WEEK // 2:
            return end + WEEK
        if end <= start:
            _refuse(f"{end} is not after start_minute {start}")
        if end - start > WEEK:
            _refuse(f"{end} is more than a week after start_minute {start}")
        return end


class DayInterval(_Read):
    """Minutes from midnight of the exception's date; minutes after its end belong to the next date."""

    start_minute: int = Field(ge=0, le=DAY)
    end_minute: int = Field(ge=0, le=DAY)

    @field_validator("end_minute")
    @classmethod
    def _after_start(cls, end: int, info: ValidationInfo) -> int:
        start = info.data.get("start_minute")
        if start is not None and end <= start:
            _refuse(f"{end} is not after start_minute {start}")
        return end


class DayException(_Read):
    """One date with other hours; `closed` ignores intervals, `custom_hours` needs a list."""

    exception_date: Annotated[date, BeforeValidator(_date)]
    exception_type: Literal["closed", "custom_hours"]
    time_intervals: list[DayInterval] | None = Field(default=None, validate_default=True)
    recurring_annually: bool | None = None

    @field_validator("time_intervals")
    @classmethod
    def _given_for_custom_hours(
        cls, intervals: list[DayInterval] | None, info: ValidationInfo
    ) -> list[DayInterval] | None:
        if intervals is None and info.data.get("exception_type") == "custom_hours":
            _refuse("custom_hours need a list of intervals, an empty one if nothing is open")
        return intervals


class ScheduleJSON(_Read):
    """One weekly schedule with its exceptions."""

    time_zone_name: Annotated[str, AfterValidator(_zone_name)] | None = None
    twenty_four_seven: bool | None = None
    time_intervals: list[WeekInterval] | None = None
    exceptions: Annotated[list[DayException] | None, BeforeValidator(_list_of_page)] = None

    @model_validator(mode="before")
    @classmethod
    def _is_a_schedule(cls, value: object) -> object:
        if isinstance(value, dict) and value and cls.model_fields.keys().isdisjoint(value):
            _refuse("is not a schedule: it has neither time_intervals nor twenty_four_seven")
        return value


class OfficeHoursJSON(ScheduleJSON):
    """The workspace's schedule, and those of teams by id; a team with null has none of its own."""

    teams: dict[str, ScheduleJSON | None] | None = None
