"""From the responses of Elasticsearch to the answer that commands, API and pages give."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from indexer.reports.cells import Cells, cells, grouped, hours_of, total_buckets, whole_bucket
from indexer.reports.definition import Definition
from indexer.reports.hours import HOURS
from indexer.reports.measures import Bucket, Number, documents, number, percent
from indexer.reports.parts import labels
from indexer.reports.periods import Interval, Span, Weekday
from indexer.reports.question import InvalidQuestion, Question
from indexer.reports.values import AtEnd, Distribution, Heatmap, Share

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


class Comparison(BaseModel):
    """The same for the days before."""

    model_config = _FROZEN

    from_: Annotated[date, Field(alias="from")]
    to: date
    total: Number
    rows: list[Row]


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
    week_start: Annotated[
        Weekday | None, Field(description="The day on which its weeks begin; only where it is not Monday.")
    ] = None
    compare: Annotated[Comparison | None, Field(description="Only if it was asked for.")] = None
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
    )
    if question.has_weeks_of_its_own:
        answer = answer.model_copy(update={"week_start": question.week_start})
    if responses_before is None:
        return answer
    before = question.span.before()
    total, rows = _rows(definition, question, before, responses_before)
    return answer.model_copy(update={"compare": Comparison(from_=before.first, to=before.last, total=total, rows=rows)})


def _rows(definition: Definition, question: Question, span: Span, responses: _Responses) -> tuple[Number, list[Row]]:
    pages = iter(responses)
    first = next(pages)
    everything = whole_bucket(definition, first)
    total = number(definition, question, total_buckets(definition, question, span, first))
    match definition.value:
        case Distribution():
            return total, list(_parts(definition.value, question, span, cells(definition, question, span, everything)))
        case Heatmap():
            return total, list(_hours(definition, question, span, everything))
    groups = _groups(definition, question, span, chain([first], pages))
    if definition.dimension(question.group_by) is None:
        groups = {None: cells(definition, question, span, everything)}
    whole = cells(definition, question, span, everything) if isinstance(definition.value, Share) else {}
    rows = []
    for period in question.periods(span):
        for group in sorted(groups, key=lambda group: (group is None, group or "")):
            found = groups[group].get(period, [])
            if isinstance(definition.value, Share):
                count = documents(found)
                figure = percent(count, documents(whole.get(period, [])), count)
            else:
                figure = number(definition, question, found)
            rows.append(Row(period=period, group=group, value=figure.value, count=figure.count))
    return total, rows


def _groups(definition: Definition, question: Question, span: Span, pages: _Responses) -> Mapping[str | None, Cells]:
    """The cells of each group; of one without a name where there is no group at all."""
    groups: dict[str | None, Cells] = {}
    present = len(question.periods(span))
    for response in pages:
        for group, bucket in grouped(definition, question, response):
            found = cells(definition, question, span, bucket)
            # Documents that change their state between two ends of periods are in no row.
            if not isinstance(definition.value, AtEnd) or any(map(documents, found.values())):
                groups[group] = found
        if len(groups) * present > MAX_ROWS:
            raise InvalidQuestion(
                "group_by",
                f"there are at least {len(groups):,} groups in {present:,} periods, and an answer has at most "
                f"{MAX_ROWS:,} rows; choose a longer interval or a shorter range",
            )
    return groups or {None: {}}


def _parts(value: Distribution, question: Question, span: Span, found: Cells) -> Iterator[Row]:
    """A row for every part of every period: percent of the period's documents that have a value."""
    names = labels(value.distribution.bounds)
    for period in question.periods(span):
        buckets = found.get(period, [])
        having = sum(bucket["having"]["doc_count"] for bucket in buckets)
        for position, name in enumerate(names):
            count = sum(bucket["parts"]["buckets"][position]["doc_count"] for bucket in buckets)
            figure = percent(count, having, count)
            yield Row(period=period, group=name, value=figure.value, count=count)


def _hours(definition: Definition, question: Question, span: Span, everything: Bucket) -> Iterator[Row]:
    """A row for every hour of the week in every period."""
    found = hours_of(question, span, everything)
    present = question.periods(span)
    if len(present) * len(HOURS) > MAX_ROWS:
        raise InvalidQuestion(
            "interval",
            f"{len(HOURS)} hours in each of {len(present):,} periods are more than the {MAX_ROWS:,} rows of an answer; "
            "choose a longer interval or a shorter range",
        )
    for period in present:
        for hour in HOURS:
            figure = number(definition, question, found.get((period, hour), []))
            yield Row(period=period, group=hour, value=figure.value, count=figure.count)
