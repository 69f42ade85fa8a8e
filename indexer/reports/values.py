"""What the number of a report can be: a count, a statistic of a field, a share, a state at an instant."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictFloat, StrictInt, Tag, field_validator

from indexer.reports.conditions import Condition

OOO = "_ooo"
"""What the name of a duration within office hours ends with."""

_Field = Annotated[str, Field(min_length=1)]
_FROZEN = ConfigDict(extra="forbid", frozen=True)


class Count(BaseModel):
    """The number of documents, or of actions; `conversations` of a report on actions are distinct ones."""

    model_config = _FROZEN
    count: Literal["conversations", "actions", "calls"]


class Mean(BaseModel):
    """The mean of a field's values."""

    model_config = _FROZEN
    mean: _Field


class Median(BaseModel):
    """The median of a field's values."""

    model_config = _FROZEN
    median: _Field


class Min(BaseModel):
    """The smallest of a field's values."""

    model_config = _FROZEN
    min: _Field


class Max(BaseModel):
    """The largest of a field's values."""

    model_config = _FROZEN
    max: _Field


class Sum(BaseModel):
    """The sum of a field's values; 0 where there are none."""

    model_config = _FROZEN
    sum: _Field


class Range(BaseModel):
    """The difference between the largest and the smallest of a field's values."""

    model_config = _FROZEN
    range: _Field


class FieldPercent(BaseModel):
    """A field and which percentile of it, 0 to 100."""

    model_config = _FROZEN
    field: _Field
    percent: Annotated[StrictInt | StrictFloat, Field(ge=0, le=100)]


class Percentile(BaseModel):
    """A percentile of a field's values."""

    model_config = _FROZEN
    percentile: FieldPercent


class Rate(BaseModel):
    """Percent of what is in scope that meets further conditions, all of them."""

    model_config = _FROZEN
    rate: Annotated[dict[str, Condition], Field(min_length=1)]

    def within_office_hours(self) -> Self:
        """The same test of durations within office hours; a rate that tests them already stays as it is."""
        twins = {field if field.endswith(OOO) else field + OOO: condition for field, condition in self.rate.items()}
        return self.model_copy(update={"rate": twins})


class Share(BaseModel):
    """Percent of all conversations of a period that are in the group."""

    model_config = _FROZEN
    share: Literal["conversations"]


class FieldBounds(BaseModel):
    """A field in seconds and the bounds between its parts; a part holds its lower bound and not its upper one."""

    model_config = _FROZEN
    field: _Field
    bounds: Annotated[list[Annotated[StrictInt, Field(gt=0)]], Field(min_length=1)]

    @field_validator("bounds")
    @classmethod
    def _rising(cls, bounds: list[int]) -> list[int]:
        if bounds != sorted(set(bounds)):
            raise ValueError("have to rise")
        return bounds


class Distribution(BaseModel):
    """Percent of the documents with a value that lie in each part of a field's range; the parts are the groups."""

    model_config = _FROZEN
    distribution: FieldBounds


class Age(BaseModel):
    """Percent of the documents of a board in each part of an age; the parts are the groups.

    `field` is the date that an age is counted from, `bounds` are ages in seconds.
    """

    model_config = _FROZEN
    age: FieldBounds


class Heatmap(BaseModel):
    """Counts for every hour of the week; the hours are the groups."""

    model_config = _FROZEN
    heatmap: Literal["conversations", "actions"]


class AtEnd(BaseModel):
    """The number of conversations that are in a state at the last second of a period."""

    model_config = _FROZEN
    at_end: Literal["open_during", "snoozed_during"]


class NetOutflow(BaseModel):
    """How many documents left a state in a period, minus how many came into it, comparing its two ends."""

    model_config = _FROZEN
    net_outflow: Literal["open_during", "snoozed_during"]


class TimeIn(BaseModel):
    """How long states lasted within a period, in seconds, added up; what lasts on counts up to the present.

    Names a range of time; its two ends are also fields of the document, as seconds: `<name>_from`, `<name>_until`.
    """

    model_config = _FROZEN
    time_in: _Field

    @property
    def ends(self) -> list[str]:
        """The two fields that say in seconds when a state began and, unless it lasts, ended."""
        return [f"{self.time_in}_from", f"{self.time_in}_until"]


Parted = Distribution | Age
"""What has the parts of a range as its groups."""

Statistic = Mean | Min | Max | Sum | Range
Quantile = Median | Percentile


def _key(written: object) -> str | None:
    if isinstance(written, BaseModel):
        return next(iter(type(written).model_fields))
    return next(iter(written)) if isinstance(written, Mapping) and len(written) == 1 else None


_KINDS = (
    "count, mean, median, min, max, sum, range, percentile, rate, share, distribution, age, heatmap, at_end, "
    "net_outflow, time_in"
)

Value = Annotated[
    Annotated[Count, Tag("count")]
    | Annotated[Mean, Tag("mean")]
    | Annotated[Median, Tag("median")]
    | Annotated[Min, Tag("min")]
    | Annotated[Max, Tag("max")]
    | Annotated[Sum, Tag("sum")]
    | Annotated[Range, Tag("range")]
    | Annotated[Percentile, Tag("percentile")]
    | Annotated[Rate, Tag("rate")]
    | Annotated[Share, Tag("share")]
    | Annotated[Distribution, Tag("distribution")]
    | Annotated[Age, Tag("age")]
    | Annotated[Heatmap, Tag("heatmap")]
    | Annotated[AtEnd, Tag("at_end")]
    | Annotated[NetOutflow, Tag("net_outflow")]
    | Annotated[TimeIn, Tag("time_in")],
    Discriminator(_key, custom_error_type="value_kind", custom_error_message=f"has to have exactly one of {_KINDS}"),
]


def measured_field(value: Any) -> str | None:
    """The field whose values the number is made of; None for what only counts."""
    match value:
        case (
            Mean(mean=field)
            | Median(median=field)
            | Min(min=field)
            | Max(max=field)
            | Sum(sum=field)
            | Range(range=field)
        ):
            return str(field)
        case Percentile(percentile=FieldPercent(field=field)) | Distribution(distribution=FieldBounds(field=field)):
            return str(field)
        case _:
            return None


def parts_of(value: Parted) -> FieldBounds:
    """The field whose range is cut into parts, and the bounds between them."""
    return value.distribution if isinstance(value, Distribution) else value.age


def percent_of(value: Quantile) -> float:
    """Which percentile is meant, 0 to 100."""
    return 50 if isinstance(value, Median) else value.percentile.percent
