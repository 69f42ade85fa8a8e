"""What is asked of a report: whose conversations, of which days, cut how. Checked before anything is searched."""

import difflib
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic.functional_validators import field_validator

from indexer.reports.definition import Definition
from indexer.reports.dimensions import VOCABULARY, Dimension, find_dimension
from indexer.reports.periods import Interval, Span, count_periods

MAX_PERIODS = 10_000
_EARLIEST, _LATEST = date(1970, 1, 1), date(9998, 12, 31)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Files of the zone database that name no zone of their own, or a zone that Java knows by another name only.
_UNUSABLE_ZONES = frozenset({"EST", "Factory", "HST", "MST", "ROC", "localtime"})


class InvalidQuestion(ValueError):
    """One parameter of a question cannot be used."""

    def __init__(self, parameter: str, reason: str) -> None:
        """`parameter` by its name in the HTTP API: `from`, `time_zone`, `group_by`."""
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason


@cache
def time_zones() -> frozenset[str]:
    """The names of the time zones that a question can name."""
    return frozenset(available_timezones()) - _UNUSABLE_ZONES


def _day(value: object) -> object:
    """A date out of `YYYY-MM-DD` alone: other forms that pydantic takes (epoch seconds) are slips here."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError(f"{value!r} is no date of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not in the calendar") from None


def _in_range(value: date) -> date:
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError(f"{value} does not lie between {_EARLIEST} and {_LATEST}")
    return value


def _zone(value: str) -> str:
    if value not in time_zones():
        raise ValueError(f"there is no time zone {value!r}{_did_you_mean(value)}")
    return value


def _did_you_mean(value: str) -> str:
    by_lower_case = {name.lower(): name for name in time_zones()}
    near = difflib.get_close_matches(value.lower(), by_lower_case, n=1, cutoff=0.7)
    return f"; did you mean {by_lower_case[near[0]]}?" if near else "; name it like Europe/Dublin or UTC"


def _condition(value: str) -> tuple[Dimension, str]:
    name, equals, wanted = value.partition("=")
    if not equals or not wanted:
        raise ValueError(f"{value!r} is not of the form FIELD=VALUE")
    dimension = find_dimension(name)
    if dimension is None:
        raise ValueError(f"{name!r} is none of {', '.join(VOCABULARY)}")
    return dimension, wanted


def _checked_condition(value: str) -> str:
    _condition(value)
    return value


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_in_range)]


class Question(BaseModel):
    """The parameters of one run, by the names of the HTTP API."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    workspace: Annotated[str, Field(min_length=1, description="The workspace whose conversations are counted.")]
    from_: Annotated[Day, Field(alias="from", description="The first local date, YYYY-MM-DD.")]
    to: Annotated[Day, Field(description="The last local date, YYYY-MM-DD, included.")]
    time_zone: Annotated[
        str, AfterValidator(_zone), Field(description="The zone whose dates are meant, such as Europe/Dublin.")
    ] = "UTC"
    interval: Annotated[
        Interval, Field(validate_default=True, description="The length of a period; weeks begin on Monday.")
    ] = Interval.DAY
    group_by: Annotated[str | None, Field(description="One of the report's own dimensions.")] = None
    where: Annotated[
        list[Annotated[str, AfterValidator(_checked_condition)]],
        Field(
            description="FIELD=VALUE: only conversations with that value. For the same field one of the values is "
            f"enough, different fields must all fit. FIELD is one of {', '.join(VOCABULARY)}."
        ),
    ] = []
    office_hours: Annotated[bool, Field(description="Measure durations within office hours.")] = False
    compare: Annotated[bool, Field(description="Also answer for the span of equal length before.")] = False

    @field_validator("to")
    @classmethod
    def _not_before_from(cls, value: date, info: ValidationInfo) -> date:
        first = info.data.get("from_")
        if first is not None and value < first:
            raise ValueError(f"{value} lies before from, {first}")
        return value

    @field_validator("interval")
    @classmethod
    def _not_too_many_periods(cls, value: Interval, info: ValidationInfo) -> Interval:
        first, last = info.data.get("from_"), info.data.get("to")
        if first is not None and last is not None and (number := count_periods(Span(first, last), value)) > MAX_PERIODS:
            raise ValueError(
                f"{first} to {last} has {number:,} periods of a {value}, more than {MAX_PERIODS:,}; "
                "choose a longer interval or a shorter range"
            )
        return value

    @property
    def span(self) -> Span:
        """The local dates asked for."""
        return Span(self.from_, self.to)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose dates are meant."""
        return ZoneInfo(self.time_zone)

    @property
    def dimension(self) -> Dimension | None:
        """What to group by."""
        return find_dimension(self.group_by) if self.group_by is not None else None

    @property
    def conditions(self) -> dict[str, list[str]]:
        """The values that are enough for each field of the document, in the order given."""
        found: dict[str, list[str]] = {}
        for condition in self.where:
            dimension, wanted = _condition(condition)
            found.setdefault(dimension.field, []).append(wanted)
        return found


def read_question(definition: Definition, parameters: Mapping[str, Any]) -> Question:
    """The question that the parameters put to a report; raises `InvalidQuestion` for the first that is wrong."""
    try:
        question = Question.model_validate(parameters)
    except ValidationError as error:
        raise fault(error.errors()[0]) from error
    check_question(definition, question)
    return question


def check_question(definition: Definition, question: Question) -> None:
    """Refuse, with `InvalidQuestion`, what this report in particular cannot answer."""
    if question.group_by is not None and question.group_by not in definition.group_by:
        allowed = f"only by {', '.join(definition.group_by)}" if definition.group_by else "not at all"
        raise InvalidQuestion("group_by", f"{definition.name} can be grouped {allowed}, not by {question.group_by!r}")
    if question.office_hours and not definition.measures_durations:
        raise InvalidQuestion(
            "office_hours", f"{definition.name} counts {definition.unit} and measures no duration; leave it out"
        )


def fault(error: Mapping[str, Any]) -> InvalidQuestion:
    """One error of pydantic as ours."""
    parameter = str(error["loc"][0]) if error["loc"] else "question"
    if error["type"] == "missing":
        return InvalidQuestion(parameter, "is missing")
    if error["type"] == "extra_forbidden":
        return InvalidQuestion(parameter, "there is no such parameter")
    cause = error.get("ctx", {}).get("error")
    return InvalidQuestion(parameter, str(cause or error["msg"]))
