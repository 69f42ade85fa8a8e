"""The answer to a question, as commands, API and pages give it."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from indexer.reports.answer_number import Number
from indexer.reports.completeness import Average, Part
from indexer.reports.periods import Interval, Weekday
from indexer.reports.question import Sort

_FROZEN = ConfigDict(frozen=True, populate_by_name=True)


class Row(BaseModel):
    """The number of one period, and of one group where the question asks for groups.

    `period` is the local date on which it begins: a week's and a month's first day may lie before `from`.
    `group` is null for conversations without a value; the parts of a distribution (`< 5 m`) and the hours of a
    heatmap (`Mon 09`) are groups too.
    """

    model_config = _FROZEN

    period: date
    group: str | None
    value: float | int | None
    count: int
    partial: Annotated[
        Part | None, Field(description="Which days of the period are in the range; only if those are not all, or over.")
    ] = None


class RowBefore(Row):
    """A row of the span before."""

    beside: Annotated[
        date | None,
        Field(description="The period of the answer's own rows that it is compared with: the one in the same place."),
    ] = None


class GroupTotal(BaseModel):
    """The number of one group over the whole range."""

    model_config = _FROZEN

    group: str | None
    value: float | int | None
    count: int


class Others(BaseModel):
    """All groups beyond the first ones, taken together: their number over all that is in any of them."""

    model_config = _FROZEN

    groups: Annotated[int, Field(description="How many groups they are.")]
    total: Number
    rows: Annotated[list[Row], Field(description="One for each period; `group` is null.")]


class Comparison(BaseModel):
    """The same for the days before."""

    model_config = _FROZEN

    from_: Annotated[date, Field(alias="from")]
    to: date
    total: Number
    rows: list[RowBefore]
    others: Annotated[Others | None, Field(description="As in the answer.")] = None


class Waiting(BaseModel):
    """What was not in the index yet when the answer was found."""

    model_config = _FROZEN

    changes: Annotated[int, Field(description="How many of the workspace's records are still to be indexed.")]
    as_of: Annotated[int, Field(description="Up to when the index holds all changes, epoch seconds.")]


class Answer(BaseModel):
    """The answer to a question: every period that touches the range is in `rows`, by period, then group."""

    model_config = _FROZEN

    report: str
    workspace: str
    from_: Annotated[date, Field(alias="from")]
    to: date
    time_zone: str
    interval: Interval
    group_by: str | None
    office_hours: bool
    unit: str
    total: Number
    rows: list[Row]
    where: Annotated[list[str], Field(description="The conditions, as they were asked.")]
    exact: Annotated[
        bool, Field(description="Whether every number is exact; only medians and percentiles of very many are not.")
    ]
    parameters: Annotated[
        dict[str, int] | None, Field(description="The values of the report's parameters; only where it has any.")
    ] = None
    as_of: Annotated[
        int | None,
        Field(description="The present it was answered at, epoch seconds; only where it matters."),
    ] = None
    week_start: Annotated[Weekday | None, Field(description="The day on which its weeks begin; only of weeks.")] = None
    average: Annotated[
        Average | None, Field(description="Of a day, week or month; only of numbers that add up over time.")
    ] = None
    sort: Annotated[Sort | None, Field(description="What the groups are in the order of; only if asked for.")] = None
    top: Annotated[int | None, Field(description="How many groups were asked for at most; only if any number.")] = None
    min_count: Annotated[
        int | None, Field(description="How many a group has behind it at least; only if asked for.")
    ] = None
    groups: Annotated[
        list[GroupTotal] | None,
        Field(
            description="The groups in their order, over the whole range; only if an order or a selection was asked."
        ),
    ] = None
    others: Annotated[
        Others | None, Field(description="The groups that `top` and `min_count` leave out; only if there are any.")
    ] = None
    compare: Annotated[Comparison | None, Field(description="Only if it was asked for.")] = None
    warnings: Annotated[
        list[str] | None, Field(description="What a reader has to know to read it rightly; only if anything.")
    ] = None
    waiting: Annotated[Waiting | None, Field(description="What is still to be indexed; only if anything is.")] = None
    labels: Annotated[
        dict[str, str] | None, Field(description="The names of groups that are ids; only where there are any.")
    ] = None

    def by_label(self, labels: dict[str, str]) -> Self:
        """The answer with the names of its groups, in their order if it is to be that of names."""
        named = self.model_copy(update={"labels": labels})
        if self.sort is not Sort.NAME or self.groups is None:
            return named

        def place(one: Row | GroupTotal) -> tuple[bool, str, str]:
            name = labels.get(one.group or "", one.group or "")
            return one.group is None, name.casefold(), one.group or ""

        rows = sorted(self.rows, key=lambda row: (row.period, *place(row)))
        return named.model_copy(update={"rows": rows, "groups": sorted(self.groups, key=place)})

    def json_object(self) -> dict[str, Any]:
        """The object of the contract, ready for a JSON encoder."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
