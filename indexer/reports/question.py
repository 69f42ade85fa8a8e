"""A question to a report: workspace, range of days, periods and groups. Rules for all reports are checked here."""

import enum
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationInfo
from pydantic.functional_validators import field_validator

from indexer.calendar.written_times import read_day
from indexer.calendar.zone_names import checked_zone
from indexer.keys import MOST_BYTES, is_too_long
from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.known_people import KnownPeople
from indexer.reports.parameters import read_parameter
from indexer.reports.parts_beside import days_beside, part_beside, parts_beside
from indexer.reports.periods import Interval, Span, Weekday, count_periods, part_of, periods
from indexer.reports.question_conditions import FORM, Clause, read_clause

MAX_PERIODS = 10_000

MAX_TOP = 1_000
"""The most groups that a question can choose; an answer without a choice can have more."""

NO_GROUP = "none"
"""The value of `group_by` that asks for no groups if a report has a default."""

_EARLIEST, _LATEST = date(1970, 1, 1), date(9998, 12, 31)
_LATEST_INSTANT = 253_000_000_000


def _day(value: object) -> object:
    """A date, only from `YYYY-MM-DD`: other forms that pydantic takes (epoch seconds) are mistakes here."""
    return value if value is None or isinstance(value, date) else read_day(value)


def _in_range(value: date) -> date:
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError(f"{value} is not between {_EARLIEST} and {_LATEST}")
    return value


def _not_too_long(workspace: str) -> str:
    if is_too_long(workspace):
        raise ValueError(f"is longer than {MOST_BYTES} bytes, the limit for a workspace's name")
    return workspace


def _checked_clause(value: str) -> str:
    read_clause(value)
    return value


def without_default(schema: dict[str, Any]) -> None:
    """Remove the default from a schema, which is that of a question without a known workspace."""
    schema.pop("default", None)


def _checked_parameter(value: str) -> str:
    read_parameter(value)
    return value


def _no_group(value: object) -> object:
    """The value for a text that asks for no groups."""
    return None if value in ("", NO_GROUP) else value


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_in_range)]


class Sort(enum.StrEnum):
    """The order of groups: by number or by count, the largest first, or by name."""

    VALUE = "value"
    NAME = "name"
    COUNT = "count"


class Question(BaseModel):
    """The parameters of one run, by the names of the HTTP API.

    `check_question` completes it for a report, which decides the interval if none was given, and the date of a
    board.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    workspace: Annotated[
        str,
        Field(min_length=1, description="The workspace whose conversations are counted."),
        AfterValidator(_not_too_long),
    ]
    from_: Annotated[
        Day | None,
        Field(alias="from", description="The first local date, YYYY-MM-DD. Only boards do not need it."),
    ] = None
    to: Annotated[
        Day | None, Field(description="The last local date, YYYY-MM-DD, included. Only boards do not need it.")
    ] = None
    time_zone: Annotated[
        str,
        AfterValidator(checked_zone),
        Field(
            description="The time zone of the dates, such as Europe/Dublin. Default: the workspace's.",
            json_schema_extra=without_default,
        ),
    ] = "UTC"
    week_start: Annotated[
        Weekday, Field(description="The day on which weeks begin. It does not change the other intervals.")
    ] = Weekday.MONDAY
    interval: Annotated[
        Interval,
        Field(
            validate_default=True,
            description="The length of a period; weeks begin on `week_start`, `range` is one period for the whole "
            "range. The default for heatmaps and boards is `range`.",
        ),
    ] = Interval.DAY
    group_by: Annotated[
        str | None,
        BeforeValidator(_no_group),
        Field(
            description="One of the report's dimensions. Default: the report's `group_by_default`, if it has one. "
            "`none` or an empty value asks for no groups."
        ),
    ] = None
    param: Annotated[
        list[Annotated[str, AfterValidator(_checked_parameter)]],
        Field(description="NAME=VALUE: sets one of the report's `parameters`.", max_length=20),
    ] = []
    where: Annotated[
        list[Annotated[str, AfterValidator(_checked_clause)]],
        Field(
            description=f"{FORM}: only conversations that meet this condition. Of several = on the same field, one "
            "must hold; all other conditions must hold. The fields are the report's vocabulary.",
            max_length=100,
        ),
    ] = []
    office_hours: Annotated[bool, Field(description="Measure durations within office hours.")] = False
    exact: Annotated[
        bool | None,
        Field(
            description="If not given, medians and percentiles are exact up to a million values, and the answer says "
            "whether they are. true refuses more values; false takes less memory and is exact up to 400,000 values."
        ),
    ] = None
    sort: Annotated[
        Sort | None,
        Field(
            description="The order of the groups, by their numbers over the whole range: the largest value or count "
            "first, or by name. Conversations without a group come last."
        ),
    ] = None
    top: Annotated[
        int | None,
        Field(
            ge=1,
            le=MAX_TOP,
            description="Only this many groups: those with the largest value, or count if sorted by count. All other "
            "groups are combined in `others`.",
        ),
    ] = None
    min_count: Annotated[
        int | None,
        Field(ge=1, description="Only groups with at least this count over the whole range; `others` has the others."),
    ] = None
    as_of: Annotated[
        int | None,
        Field(
            ge=0,
            le=_LATEST_INSTANT,
            description="The present, in epoch seconds: the moment that a board shows, and the end of every "
            "duration that has not ended. Default: now.",
        ),
    ] = None
    until: Annotated[
        int | None,
        Field(
            ge=0,
            le=_LATEST_INSTANT,
            description="The moment before which something must have happened to count, in epoch seconds: the range "
            "ends there if it is longer, and a first reply or a first open that is later has not come yet. Not for "
            "boards. Default: the whole range counts.",
        ),
    ] = None
    _people: KnownPeople | None = PrivateAttr(default=None)
    _days_beside: int = PrivateAttr(default=0)
    compare: Annotated[bool, Field(description="Also answer for the range of equal length before.")] = False

    @field_validator("to")
    @classmethod
    def _not_before_from(cls, value: date | None, info: ValidationInfo) -> date | None:
        first = info.data.get("from_")
        if first is not None and value is not None and value < first:
            raise ValueError(f"{value} is before from, {first}")
        return value

    @field_validator("interval")
    @classmethod
    def _not_too_many_periods(cls, value: Interval, info: ValidationInfo) -> Interval:
        first, last = info.data.get("from_"), info.data.get("to")
        if first is None or last is None:
            return value
        number = count_periods(Span(first, last), value, info.data.get("week_start", Weekday.MONDAY))
        if number > MAX_PERIODS:
            raise ValueError(
                f"{first} to {last} has {number:,} periods of a {value}, more than {MAX_PERIODS:,}; "
                "choose a longer interval or a shorter range"
            )
        return value

    @property
    def span(self) -> Span:
        """The local dates asked for; only a question that has been checked is sure to have them."""
        if self.from_ is None or self.to is None:
            raise InvalidQuestion("from" if self.from_ is None else "to", "is missing")
        return Span(self.from_, self.to)

    def given(self) -> dict[str, Any]:
        """The parameters that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose dates are meant."""
        return ZoneInfo(self.time_zone)

    @property
    def has_weeks_of_its_own(self) -> bool:
        """Whether its periods are weeks that begin on another day than the calendar's, Monday."""
        return self.interval is Interval.WEEK and self.week_start is not Weekday.MONDAY

    @property
    def chooses(self) -> bool:
        """Whether its groups have to be ranked first: it asks for an order, or only for some of them."""
        return any(one is not None for one in (self.sort, self.top, self.min_count))

    @property
    def people(self) -> KnownPeople | None:
        """The people that its conditions and groups are about, once they are known."""
        return self._people

    def about(self, people: KnownPeople) -> "Question":
        """The question with the people that it is about; they are no parameter, and in none of its texts."""
        found = self.model_copy()
        found._people = people
        return found

    def up_to(self, until: int) -> "Question":
        """The question for what happened before an instant."""
        return self.model_copy(update={"until": until})

    def beside(self, span: Span, later: Span) -> "Question":
        """The question for an earlier range, in parts of as many days as the periods of the later one have."""
        found = self.model_copy()
        found._days_beside = days_beside(span, later, self.interval)
        return found

    @property
    def has_parts_beside(self) -> bool:
        """Whether its periods are parts of an earlier range with the days of a later one's periods."""
        return bool(self._days_beside)

    def instants(self, span: Span) -> tuple[int, int]:
        """The first instant of the days that counts, and the first one after these; the same one if none does."""
        start, end = span.instants(self.zone)
        return (start, end) if self.until is None else (min(start, self.until), min(end, self.until))

    def ranking(self) -> "Question":
        """The question for every group over the whole range."""
        return self.model_copy(update={"interval": Interval.RANGE, "sort": None, "top": None, "min_count": None})

    def of_total(self) -> "Question":
        """The question for the total alone."""
        return self.ranking().model_copy(update={"group_by": None})

    def periods(self, span: Span) -> list[date]:
        """The dates on which the periods that overlap `span` begin, in order; the first may be before it."""
        if self._days_beside:
            return parts_beside(span, self._days_beside, self.interval, self.week_start)
        return periods(span, self.interval, self.week_start)

    def part_of(self, span: Span, period: date) -> Span:
        """The days of a period (named by the date it begins on) within the span."""
        if self._days_beside:
            return part_beside(span, self._days_beside, self.interval, self.week_start, period)
        return part_of(span, self.interval, period)

    def count_periods(self, span: Span) -> int:
        """How many periods overlap `span`, without listing them."""
        return count_periods(span.moved(self._days_beside), self.interval, self.week_start)

    @property
    def clauses(self) -> list[Clause]:
        """The conditions, in the order given."""
        return [read_clause(written) for written in self.where]
