"""From the responses of Elasticsearch to the answer of a question."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from indexer.reports.answer import Answer, Comparison, GroupTotal, Others, Row, RowBefore
from indexer.reports.cells import Cells, cells, grouped, hours_of, others_bucket, total_buckets, whole_bucket
from indexer.reports.check_question import as_asked, parameter_values
from indexer.reports.choice import Choice
from indexer.reports.completeness import Part, average, parts
from indexer.reports.definition import Definition
from indexer.reports.hours import HOURS
from indexer.reports.measures import (
    Bucket,
    Figure,
    Number,
    as_number,
    documents,
    figure_reader,
    is_exact,
    number,
    percent,
)
from indexer.reports.parts import labels
from indexer.reports.periods import Interval, Span
from indexer.reports.question import Question
from indexer.reports.row_budget import RowBudget, rows_of_a_period
from indexer.reports.search_body import UNFINISHED
from indexer.reports.values import Age, AtEnd, Distribution, Heatmap, NetOutflow, Parted, Share, parts_of

_ROWS, _ROWS_BEFORE = TypeAdapter(list[Row]), TypeAdapter(list[RowBefore])
_Row = dict[str, Any]
_Responses = Iterable[Mapping[str, Any]]


def build_answer(  # noqa: PLR0917 (what an answer is made of)
    definition: Definition,
    question: Question,
    responses: _Responses,
    responses_before: _Responses | None = None,
    choice: Choice | None = None,
    budget: RowBudget | None = None,
) -> Answer:
    """The answer out of the pages of responses (one at least), those for the span before where it is to compare.

    `choice` is that of the groups if the question makes one, `budget` that of all answers to the request. Raises
    `InvalidQuestion` as soon as there are more groups than it has rows for.
    """
    budget = budget or RowBudget()
    found = _found(definition, question, question.span, responses, choice, budget)
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
        total=found.total,
        rows=_ROWS.validate_python(found.rows),
        where=question.where,
        exact=is_exact(definition, question, found.total),
    )
    further: dict[str, Any] = {}
    if definition.parameters:
        defaults = {name: parameter.default for name, parameter in definition.parameters.items()}
        further["parameters"] = defaults | parameter_values(definition, question)
    if definition.needs_the_present:
        further["as_of"] = question.as_of
    if question.interval is Interval.WEEK:
        further["week_start"] = question.week_start
    if of_days := average(definition, question, question.span, found.finished):
        further["average"] = of_days
    if choice is not None:
        further |= _chosen(question, choice)
    if found.others is not None:
        further["others"] = found.others
    if responses_before is not None:
        before = _found(definition, question, question.span.before(), responses_before, choice, budget)
        further["compare"] = _compared(question, before)
        further["exact"] = answer.exact and is_exact(definition, question, before.total)
    return answer.model_copy(update=further)


def _chosen(question: Question, choice: Choice) -> dict[str, Any]:
    """What was asked about the groups, and their numbers over the whole range."""
    asked = {name: getattr(question, name) for name in ("sort", "top", "min_count")}
    groups = [GroupTotal(group=group, **dict(choice.totals[group])) for group in choice.order]
    return {name: value for name, value in asked.items() if value is not None} | {"groups": groups}


def _compared(question: Question, found: "_Found") -> Comparison:
    """The span before; its first period stands beside the first one of the span asked for, and so on."""
    span = question.span.before()
    beside = dict(zip(question.periods(span), question.periods(question.span), strict=False))
    for row in found.rows:
        if row["period"] in beside:
            row["beside"] = beside[row["period"]]
    rows = _ROWS_BEFORE.validate_python(found.rows)
    compared = Comparison(from_=span.first, to=span.last, total=found.total, rows=rows)
    return compared if found.others is None else compared.model_copy(update={"others": found.others})


class _Found(NamedTuple):
    """What there is of one span; `finished` is the total of the days that are over.

    The rows are checked all at once, which is much faster than one by one.
    """

    total: Number
    rows: list[_Row]
    others: Others | None = None
    finished: float | None = None


def _found(  # noqa: PLR0917 (what an answer is made of)
    definition: Definition,
    question: Question,
    span: Span,
    responses: _Responses,
    choice: Choice | None,
    budget: RowBudget,
) -> _Found:
    definition = as_asked(definition, question)
    _take_known(definition, question, span, choice, budget)
    pages = iter(responses)
    first = next(pages)
    everything = whole_bucket(definition, first)
    total = number(definition, total_buckets(definition, question, span, everything))
    match definition.value:
        case Distribution() | Age():
            rows, others = list(_of_parts(definition, question, span, everything)), None
        case Heatmap():
            rows, others = list(_of_hours(definition, question, span, everything)), None
        case _:
            whole = _whole(definition, question, span, everything)
            groups: Mapping[str | None, Cells] = {None: whole}
            if question.group_by is not None:
                groups = _groups(definition, question, span, chain([first], pages), None if choice else budget)
            rows = list(_of_groups(definition, question, span, groups, whole, choice))
            others = _others(definition, question, span, first, choice) if choice and choice.others else None
    unfinished = number(definition, [everything[UNFINISHED]]).value if UNFINISHED in everything else 0
    return _Found(total, rows, others, None if total.value is None else total.value - (unfinished or 0))


def _of_groups(  # noqa: PLR0917 (what rows are made of)
    definition: Definition,
    question: Question,
    span: Span,
    groups: Mapping[str | None, Cells],
    whole: Cells,
    choice: Choice | None,
) -> Iterator[_Row]:
    """The rows of the groups by period, then in the order of the choice, else of the names."""
    order = choice.order if choice else sorted(groups, key=lambda group: (group is None, group or ""))
    shown = [(group, groups.get(group, {})) for group in order or [None]]
    read, cut = _reader(definition, whole), parts(definition, question, span)
    for period in question.periods(span):
        for group, found in shown:
            yield _row(period, group, read(period, found.get(period, ())), cut)


def _whole(definition: Definition, question: Question, span: Span, everything: Bucket) -> Cells:
    """All there is of each period, where that is needed: there are no groups, or they are shares of it."""
    if question.group_by is None or isinstance(definition.value, Share):
        return cells(definition, question, span, everything)
    return {}


def _reader(definition: Definition, whole: Cells) -> Callable[[date, Sequence[Bucket]], Figure]:
    """What reads the number of a period off a group's buckets; a share is one of all that is in the period."""
    if isinstance(definition.value, Share):
        return lambda period, found: _share(documents(found), documents(whole.get(period, ())))
    read = figure_reader(definition)
    nothing = read(())  # of which there are many: few groups have something in every period
    return lambda _, found: read(found) if found else nothing


def _share(count: int, whole: int) -> Figure:
    return percent(count, whole), count


def _others(
    definition: Definition, question: Question, span: Span, response: Mapping[str, Any], choice: Choice
) -> Others | None:
    bucket = others_bucket(definition, question, response)
    if bucket is None:
        return None
    everything = whole_bucket(definition, response)
    whole, found = _whole(definition, question, span, everything), cells(definition, question, span, bucket)
    rows = _ROWS.validate_python(list(_of_groups(definition, question, span, {None: found}, whole, None)))
    total = number(definition, total_buckets(definition, question, span, bucket))
    if isinstance(definition.value, Share):
        total = as_number(_share(total.count, documents([everything])))
    return Others(groups=len(choice.others), total=total, rows=rows)


def _take_known(
    definition: Definition, question: Question, span: Span, choice: Choice | None, budget: RowBudget
) -> None:
    """Count the rows that are known before the responses; of groups that nobody chose `_groups` counts them."""
    present = question.count_periods(span)
    if question.group_by is None or isinstance(definition.value, Parted | Heatmap):
        rows = present * rows_of_a_period(definition)
        budget.take(rows, "interval", f"it makes {rows:,} rows")
    elif choice is not None:
        number = len(choice.order) + bool(choice.others)
        budget.take(number * present, "group_by", f"there are {number:,} groups in {present:,} periods")


def _groups(
    definition: Definition, question: Question, span: Span, pages: _Responses, budget: RowBudget | None
) -> Mapping[str | None, Cells]:
    """The cells of each group; of one without a name where there is no group at all.

    Their rows are counted in the budget, of those that were not counted before.
    """
    groups: dict[str | None, Cells] = {}
    # Documents that change their state between two ends of periods are in no row, and groups that were named beforehand
    # may have nothing.
    by_name = definition.needs_names_of_groups(question.group_by)
    may_be_empty = by_name or isinstance(definition.value, AtEnd | NetOutflow)
    present = question.count_periods(span)
    said = f"groups in {present:,} periods"
    for response in pages:
        for group, bucket in grouped(definition, question, response):
            found = cells(definition, question, span, bucket)
            if not may_be_empty or any(map(documents, found.values())):
                groups[group] = found
        if budget:
            budget.check(len(groups) * present, "group_by", f"there are at least {len(groups):,} {said}")
    if budget:
        budget.take(max(len(groups), 1) * present, "group_by", f"there are {len(groups):,} {said}")
    return groups or {None: {}}


def _row(period: date, group: str | None, figure: Figure, cut: Mapping[date, Part]) -> _Row:
    value, count = figure
    if period in cut:
        return {"period": period, "group": group, "value": value, "count": count, "partial": cut[period]}
    return {"period": period, "group": group, "value": value, "count": count}


def _of_parts(definition: Definition, question: Question, span: Span, everything: Bucket) -> Iterator[_Row]:
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
            yield _row(period, name, _share(count, having), cut)


def _of_hours(definition: Definition, question: Question, span: Span, everything: Bucket) -> Iterator[_Row]:
    """A row for every hour of the week in every period."""
    found, cut = hours_of(question, span, everything), parts(definition, question, span)
    read = figure_reader(definition)
    for period in question.periods(span):
        for hour in HOURS:
            yield _row(period, hour, read(found.get((period, hour), ())), cut)
