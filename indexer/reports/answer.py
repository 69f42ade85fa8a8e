"""The answer to a question, as commands, API and pages give it."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from indexer.reports.answer_number import Number, RowFigures
from indexer.reports.completeness import Average, Part
from indexer.reports.periods import Interval, Weekday
from indexer.reports.question import Sort

_FROZEN = ConfigDict(frozen=True, populate_by_name=True)


class Row(BaseModel):
    """The number of one period, and of one group if the question asks for groups.

    `period` is the local date on which the period begins: the first day of a week or a month may be before `from`.
    `group` is null for conversations without a value; the parts of a distribution (`< 5 m`) and the hours of a
    heatmap (`Mon 09`) are groups too.
    """

    model_config = _FROZEN

    period: date
    group: str | None
    value: float | int | None
    count: int
    figures: RowFigures = None
    partial: Annotated[
        Part | None,
        Field(description="The days of the period that are in the range; only if some are missing or not over."),
    ] = None

    @property
    def number(self) -> Number:
        """The number, without the period and the group."""
        given = {name: getattr(self, name) for name in ("value", "count", "figures") if name in self.model_fields_set}
        return Number(**given)


class RowBefore(Row):
    """A row of the range before."""

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
    figures: RowFigures = None


class Others(BaseModel):
    """All groups that were left out, combined: their number over everything that is in any of them."""

    model_config = _FROZEN

    groups: Annotated[int, Field(description="How many groups were left out.")]
    total: Number
    rows: Annotated[list[Row], Field(description="One row for each period; `group` is null.")]


class Comparison(BaseModel):
    """The numbers of the range before: as many days, up to the day before `from`."""

    model_config = _FROZEN

    from_: Annotated[date, Field(alias="from")]
    to: date
    until: Annotated[
        int | None,
        Field(
            description="Only what happened before this moment counts, in epoch seconds: it is as far in this range as "
            "the present is in the range asked for. Only if that one is not over."
        ),
    ] = None
    total: Number
    rows: list[RowBefore]
    others: Annotated[Others | None, Field(description="As in the answer.")] = None


class Waiting(BaseModel):
    """The changes that were not in the index yet when the report ran."""

    model_config = _FROZEN

    changes: Annotated[int, Field(description="How many of the workspace's records are still to be indexed.")]
    as_of: Annotated[int, Field(description="The time up to which the index has all changes, in epoch seconds.")]


class Answer(BaseModel):
    """The answer to a question: `rows` has every period that overlaps the range, by period, then group."""

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
    where: Annotated[list[str], Field(description="The conditions, as they were written.")]
    exact: Annotated[
        bool,
        Field(description="Whether all numbers are exact; only medians and percentiles of very many values are not."),
    ]
    parameters: Annotated[
        dict[str, int] | None, Field(description="The values of the report's parameters; only if it has any.")
    ] = None
    as_of: Annotated[
        int | None,
        Field(description="The present time used, in epoch seconds; only if it matters."),
    ] = None
    until: Annotated[
        int | None,
        Field(description="Only what happened before this moment counts, in epoch seconds; only if it was asked for."),
    ] = None
    week_start: Annotated[
        Weekday | None, Field(description="The day on which weeks begin; only if periods are weeks.")
    ] = None
    average: Annotated[
        Average | None, Field(description="The average of a day, week or month; only if numbers add up over time.")
    ] = None
    sort: Annotated[Sort | None, Field(description="The order of the groups; only if asked for.")] = None
    top: Annotated[int | None, Field(description="The most groups to show; only if asked for.")] = None
    min_count: Annotated[int | None, Field(description="The least count of a group to show; only if asked for.")] = None
    groups: Annotated[
        list[GroupTotal] | None,
        Field(
            description="The groups in their order, over the whole range; only if an order or a choice was asked for."
        ),
    ] = None
    others: Annotated[
        Others | None, Field(description="The groups that `top` and `min_count` leave out; only if there are any.")
    ] = None
    compare: Annotated[Comparison | None, Field(description="The range before; only if asked for.")] = None
    warnings: Annotated[
        list[str] | None,
        Field(description="Notes that a reader needs to read the answer correctly; only if there are any."),
    ] = None
    waiting: Annotated[Waiting | None, Field(description="The changes still to be indexed; only if any.")] = None
    labels: Annotated[
        dict[str, str] | None, Field(description="The names of groups that are ids; only if there are any.")
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
