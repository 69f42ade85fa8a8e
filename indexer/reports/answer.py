"""From the responses of Elasticsearch to the answer that commands, API and pages give."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from indexer.reports.cells import Cells, cells, grouped, hours_of, total_buckets, whole_bucket
from indexer.reports.completeness import Average, Part, average, finished, parts
from indexer.reports.definition import Definition
from indexer.reports.hours import HOURS
from indexer.reports.measures import Bucket, Number, documents, number, percent
from indexer.reports.parts import labels
from indexer.reports.periods import Interval, Span, Weekday
from indexer.reports.question import InvalidQuestion, Question, Sort, as_asked, parameter_values
from indexer.reports.values import Age, AtEnd, Distribution, Heatmap, NetOutflow, Parted, Share, parts_of

MAX_ROWS = 100_000

_FROZEN = ConfigDict(frozen=True, populate_by_name=True)
_Responses = Iterable[Mapping[str, Any]]


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


class GroupTotal(Number):
    """The number of one group over the whole range."""

    group: str | None


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

    def json_object(self) -> dict[str, Any]:
        """The object of the contract, ready for a JSON encoder."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


def build_answer(
    definition: Definition,
    question: Question,
    responses: _Responses,
    responses_before: _Responses | None = None,
) -> Answer:
    """The answer out of the pages of responses (one at least), those for the span before where it is to compare.

    Raises `InvalidQuestion` as soon as there are more groups than an answer can hold.
    """
    total, rows = _rows(definition, question, question.span, responses)
    answer = Answer(
        report=definition.name,
        workspace=question.workspace,
        from_=question.span.first,
        to=question.span.last,
        time_zone=question.time_zone,
        interval=question.interval,
        group_by=question.group_by,
        office_hours=question.office_hours,
        unit=definition.unit,
        total=total,
        rows=rows,
        where=question.where,
        exact=True,
    )
    further: dict[str, Any] = {}
    if definition.parameters:
        defaults = {name: parameter.default for name, parameter in definition.parameters.items()}
        further["parameters"] = defaults | parameter_values(definition, question)
    if definition.needs_the_present:
        further["as_of"] = question.as_of
    if question.interval is Interval.WEEK:
        further["week_start"] = question.week_start
    if finished(question, question.span) == question.span and (
        found := average(definition, question, question.span, total.value)
    ):
        further["average"] = found
    if responses_before is not None:
        further["compare"] = _compared(definition, question, responses_before)
    return answer.model_copy(update=further)


def _compared(definition: Definition, question: Question, responses: _Responses) -> Comparison:
    """The span before; its first period stands beside the first one of the span asked for, and so on."""
    span = question.span.before()
    total, rows = _rows(definition, question, span, responses)
    beside = dict(zip(question.periods(span), question.periods(question.span), strict=False))
    paired = [_beside(row, beside.get(row.period)) for row in rows]
    return Comparison(from_=span.first, to=span.last, total=total, rows=paired)


def _beside(row: Row, period: date | None) -> RowBefore:
    given = dict(row)
    if row.partial is None:
        del given["partial"]
    return RowBefore(**given) if period is None else RowBefore(**given, beside=period)


def _rows(definition: Definition, question: Question, span: Span, responses: _Responses) -> tuple[Number, list[Row]]:
    definition = as_asked(definition, question)
    pages = iter(responses)
    first = next(pages)
    everything = whole_bucket(definition, first)
    total = number(definition, question, total_buckets(definition, question, span, first))
    match definition.value:
        case Distribution() | Age():
            return total, list(_of_parts(definition, question, span, everything))
        case Heatmap():
            return total, list(_of_hours(definition, question, span, everything))
    groups = _groups(definition, question, span, chain([first], pages))
    if definition.dimension(question.group_by) is None:
        groups = {None: cells(definition, question, span, everything)}
    whole = cells(definition, question, span, everything) if isinstance(definition.value, Share) else {}
    rows, cut = [], parts(definition, question, span)
    for period in question.periods(span):
        for group in sorted(groups, key=lambda group: (group is None, group or "")):
            found = groups[group].get(period, [])
            if isinstance(definition.value, Share):
                count = documents(found)
                figure = percent(count, documents(whole.get(period, [])), count)
            else:
                figure = number(definition, question, found)
            rows.append(_row(period, group, figure, cut))
    return total, rows


def _groups(definition: Definition, question: Question, span: Span, pages: _Responses) -> Mapping[str | None, Cells]:
    """The cells of each group; of one without a name where there is no group at all."""
    groups: dict[str | None, Cells] = {}
    present = len(question.periods(span))
    for response in pages:
        for group, bucket in grouped(definition, question, response):
            found = cells(definition, question, span, bucket)
            # Documents that change their state between two ends of periods are in no row.
            if not isinstance(definition.value, AtEnd | NetOutflow) or any(map(documents, found.values())):
                groups[group] = found
        if len(groups) * present > MAX_ROWS:
            raise InvalidQuestion(
                "group_by",
                f"there are at least {len(groups):,} groups in {present:,} periods, and an answer has at most "
                f"{MAX_ROWS:,} rows; choose a longer interval or a shorter range",
            )
    return groups or {None: {}}


def _row(period: date, group: str | None, figure: Number, cut: Mapping[date, Part]) -> Row:
    if period in cut:
        return Row(period=period, group=group, value=figure.value, count=figure.count, partial=cut[period])
    return Row(period=period, group=group, value=figure.value, count=figure.count)


def _of_parts(definition: Definition, question: Question, span: Span, everything: Bucket) -> Iterator[Row]:
    """A row for every part of every period: percent of the period's documents that have a value."""
    if not isinstance(definition.value, Parted):
        return
    names, cut = labels(parts_of(definition.value).bounds), parts(definition, question, span)
    found = cells(definition, question, span, everything)
    for period in question.periods(span):
        buckets = found.get(period, [])
        having = sum(bucket["having"]["doc_count"] for bucket in buckets)
        for position, name in enumerate(names):
            count = sum(bucket["parts"]["buckets"][position]["doc_count"] for bucket in buckets)
            yield _row(period, name, percent(count, having, count), cut)


def _of_hours(definition: Definition, question: Question, span: Span, everything: Bucket) -> Iterator[Row]:
    """A row for every hour of the week in every period."""
    found, cut = hours_of(question, span, everything), parts(definition, question, span)
    present = question.periods(span)
    if len(present) * len(HOURS) > MAX_ROWS:
        raise InvalidQuestion(
            "interval",
            f"{len(HOURS)} hours in each of {len(present):,} periods are more than the {MAX_ROWS:,} rows of an answer; "
            "choose a longer interval or a shorter range",
        )
    for period in present:
        for hour in HOURS:
            yield _row(period, hour, number(definition, question, found.get((period, hour), [])), cut)
