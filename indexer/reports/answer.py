"""From the responses of Elasticsearch to the answer that commands, API and pages give."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from indexer.reports.definition import Definition
from indexer.reports.periods import Interval, Span, period_of, periods
from indexer.reports.question import InvalidQuestion, Question

MAX_ROWS = 100_000

_Counts = dict[str | None, dict[date, int]]
_FROZEN = ConfigDict(frozen=True, populate_by_name=True)


class Number(BaseModel):
    """The report's number (null where there is nothing to aggregate) and how many stand behind it."""

    model_config = _FROZEN

    value: float | int | None
    count: int


class Row(BaseModel):
    """The number of one period, and of one group where the question asks for groups.

    `period` is the local date on which it begins: a week's Monday and a month's first day may lie before `from`.
    `group` is null for conversations without a value.
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
    compare: Annotated[Comparison | None, Field(description="Only if it was asked for.")] = None
    labels: Annotated[
        dict[str, str] | None, Field(description="The names of groups that are ids; only where there are any.")
    ] = None
    labels: Annotated[
        dict[str, str] | None, Field(description="The names of groups that are ids; only where there are any.")
    ] = None

    def json_object(self) -> dict[str, Any]:
        """The object of the contract, ready for a JSON encoder."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


def build_answer(
    definition: Definition,
    question: Question,
    responses: Iterable[Mapping[str, Any]],
    responses_before: Iterable[Mapping[str, Any]] | None = None,
) -> Answer:
    """The answer out of the pages of responses (one at least), those for the span before where it is to compare.

    Raises `InvalidQuestion` as soon as there are more groups than an answer can hold.
    """
    total, rows = _rows(question, question.span, responses)
    answer = Answer(
        report=definition.name,
        workspace=question.workspace,
        from_=question.from_,
        to=question.to,
        time_zone=question.time_zone,
        interval=question.interval,
        group_by=question.group_by,
        office_hours=question.office_hours,
        unit=definition.unit,
        total=total,
        rows=rows,
    )
    if responses_before is None:
        return answer
    before = question.span.before()
    total, rows = _rows(question, before, responses_before)
    return answer.model_copy(update={"compare": Comparison(from_=before.first, to=before.last, total=total, rows=rows)})


def _rows(question: Question, span: Span, responses: Iterable[Mapping[str, Any]]) -> tuple[Number, list[Row]]:
    present = periods(span, question.interval)
    groups: _Counts = {}
    pages = iter(responses)
    first = next(pages)
    total = first["hits"]["total"]["value"]
    for response in chain([first], pages):
        for group, buckets in _grouped(response["aggregations"]):
            groups[group] = _counts(buckets, question.interval, present)
        if len(groups) * len(present) > MAX_ROWS:
            raise InvalidQuestion(
                "group_by",
                f"there are at least {len(groups):,} groups in {len(present):,} periods, and an answer has at most "
                f"{MAX_ROWS:,} rows; choose a longer interval or a shorter range",
            )
    ordered = sorted(groups or {None: {}}, key=lambda group: (group is None, group or ""))
    rows = []
    for period in present:
        for group in ordered:
            count = groups.get(group, {}).get(period, 0)
            rows.append(Row(period=period, group=group, value=count, count=count))
    return Number(value=total, count=total), rows


def _grouped(aggregations: Mapping[str, Any]) -> Iterable[tuple[str | None, Sequence[Mapping[str, Any]]]]:
    if "groups" not in aggregations:
        return [(None, aggregations["periods"]["buckets"])]
    return [(bucket["key"]["group"], bucket["periods"]["buckets"]) for bucket in aggregations["groups"]["buckets"]]


def _counts(buckets: Iterable[Mapping[str, Any]], interval: Interval, present: Sequence[date]) -> dict[date, int]:
    """The buckets by period.

    A bucket outside of the span (clocks that went back over midnight, another edition of the zone database)
    goes to the nearest period: the range of instants is the searched one in any case, and no conversation is lost.
    """
    counts: dict[date, int] = {}
    for bucket in buckets:
        period = period_of(date.fromisoformat(bucket["key_as_string"]), interval)
        period = min(max(period, present[0]), present[-1])
        counts[period] = counts.get(period, 0) + bucket["doc_count"]
    return counts
