"""From the responses of Elasticsearch to the answer of a question."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from indexer.reports.answer import Answer, Comparison, GroupTotal, Others, Row, RowBefore
from indexer.reports.answer_number import Number, as_number, number
from indexer.reports.check_question import as_asked, parameter_values
from indexer.reports.choice import Choice
from indexer.reports.completeness import Part, average, parts
from indexer.reports.definition import Definition
from indexer.reports.group_buckets import buckets_of_groups, others_bucket, whole_bucket
from indexer.reports.numbers.bucket_values import Cells, Figure, documents
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Interval, Span
from indexer.reports.question import Question
from indexer.reports.row_budget import RowBudget
from indexer.reports.same_moment import earlier_question
from indexer.reports.search_body import UNFINISHED

_ROWS, _ROWS_BEFORE = TypeAdapter(list[Row]), TypeAdapter(list[RowBefore])
_Row = dict[str, Any]
_Responses = Iterable[Mapping[str, Any]]
_Read = Callable[[date, Sequence[Bucket]], Figure]


def build_answer(  # noqa: PLR0917 (what an answer is made of)
    definition: Definition,
    question: Question,
    responses: _Responses,
    responses_before: _Responses | None = None,
    choice: Choice | None = None,
    budget: RowBudget | None = None,
) -> Answer:
    """The answer from the pages of responses (at least one), with those for the range before if it compares.

    `choice` is that of the groups if the question makes one, `budget` that of all answers to the request. Raises
    `InvalidQuestion` as soon as there are more groups than rows in the budget.
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
        exact=definition.value.is_exact(question, found.total.count),
    )
    further: dict[str, Any] = {}
    if definition.parameters:
        defaults = {name: parameter.default for name, parameter in definition.parameters.items()}
        further["parameters"] = defaults | parameter_values(definition, question)
    if definition.needs_the_present:
        further["as_of"] = question.as_of
    if question.until is not None:
        further["until"] = question.until
    if question.interval is Interval.WEEK:
        further["week_start"] = question.week_start
    if of_days := average(definition, question, question.span, found.finished):
        further["average"] = of_days
    if choice is not None:
        further |= _chosen(question, choice)
    if found.others is not None:
        further["others"] = found.others
    if responses_before is not None:
        earlier = earlier_question(question)
        before = _found(definition, earlier, question.span.before(), responses_before, choice, budget)
        further["compare"] = _compared(question, earlier, before)
        further["exact"] = answer.exact and definition.value.is_exact(question, before.total.count)
    return answer.model_copy(update=further)


def _chosen(question: Question, choice: Choice) -> dict[str, Any]:
    """The choice of groups that the question makes, and their numbers over the whole range."""
    asked = {name: getattr(question, name) for name in ("sort", "top", "min_count")}
    groups = [GroupTotal(group=group, **choice.totals[group].model_dump(exclude_unset=True)) for group in choice.order]
    return {name: value for name, value in asked.items() if value is not None} | {"groups": groups}


def _compared(question: Question, earlier: Question, found: "_Found") -> Comparison:
    """The range before; its first period is compared with the first one of the range asked for, and so on."""
    span = question.span.before()
    beside = dict(zip(earlier.periods(span), question.periods(question.span), strict=False))
    for row in found.rows:
        if row["period"] in beside:
            row["beside"] = beside[row["period"]]
    rows = _ROWS_BEFORE.validate_python(found.rows)
    compared = Comparison(from_=span.first, to=span.last, total=found.total, rows=rows)
    further: dict[str, Any] = {} if earlier.until is None else {"until": earlier.until}
    return compared.model_copy(update=further | ({} if found.others is None else {"others": found.others}))


class _Found(NamedTuple):
    """The results for one range; `finished` is the total of the complete days.

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
    value = definition.value
    total = number(definition, value.total_buckets(question, span, everything))
    others = None
    if value.has_own_groups:
        cut = parts(definition, question, span)
        rows = [_row(*found, cut) for found in value.own_rows(definition, question, span, everything)]
    else:
        whole = _whole(definition, question, span, everything)
        groups: Mapping[str | None, Cells] = {None: whole}
        if question.group_by is not None:
            groups = _groups(definition, question, span, chain([first], pages), None if choice else budget)
        read = value.group_reader(definition, whole, groups)
        rows = list(_of_groups(definition, question, span, groups, read, choice))
        others = _others(definition, question, span, first, read, choice) if choice and choice.others else None
    unfinished = number(definition, [everything[UNFINISHED]]).value if UNFINISHED in everything else 0
    return _Found(total, rows, others, None if total.value is None else total.value - (unfinished or 0))


def _of_groups(  # noqa: PLR0917 (what rows are made of)
    definition: Definition,
    question: Question,
    span: Span,
    groups: Mapping[str | None, Cells],
    read: _Read,
    choice: Choice | None,
) -> Iterator[_Row]:
    """The rows of the groups by period, then in the order of the choice, otherwise by name."""
    order = choice.order if choice else sorted(groups, key=lambda group: (group is None, group or ""))
    shown = [(group, groups.get(group, {})) for group in order or [None]]
    cut = parts(definition, question, span)
    for period in question.periods(span):
        for group, found in shown:
            yield _row(period, group, read(period, found.get(period, ())), cut)


def _whole(definition: Definition, question: Question, span: Span, everything: Bucket) -> Cells:
    """The whole of each period, if that is needed: there are no groups, or they are shares of it."""
    if question.group_by is None or definition.value.is_share_of_all:
        return definition.value.cells(question, span, everything)
    return {}


def _others(  # noqa: PLR0917 (what rows are made of)
    definition: Definition, question: Question, span: Span, response: Mapping[str, Any], read: _Read, choice: Choice
) -> Others | None:
    bucket = others_bucket(definition, question, response)
    if bucket is None:
        return None
    everything = whole_bucket(definition, response)
    found = definition.value.cells(question, span, bucket)
    rows = _ROWS.validate_python(list(_of_groups(definition, question, span, {None: found}, read, None)))
    buckets = definition.value.total_buckets(question, span, bucket)
    total = as_number(definition.value.total_of_group(definition, buckets, everything))
    return Others(groups=len(choice.others), total=total, rows=rows)


def _take_known(
    definition: Definition, question: Question, span: Span, choice: Choice | None, budget: RowBudget
) -> None:
    """Count the rows whose number is known before the responses; `_groups` counts those of groups not chosen."""
    present = question.count_periods(span)
    if question.group_by is None or definition.value.has_own_groups:
        rows = present * definition.value.rows_of_a_period
        budget.take(rows, "interval", f"it makes {rows:,} rows")
    elif choice is not None:
        number = len(choice.order) + bool(choice.others)
        budget.take(number * present, "group_by", f"there are {number:,} groups in {present:,} periods")


def _groups(
    definition: Definition, question: Question, span: Span, pages: _Responses, budget: RowBudget | None
) -> Mapping[str | None, Cells]:
    """The cells of each group; of one without a name if there are no groups.

    Their rows are counted in the budget, unless they were counted before.
    """
    groups: dict[str | None, Cells] = {}
    # Documents that change their state between two ends of periods are in no row, and groups that were named beforehand
    # may have nothing.
    by_name = definition.needs_names_of_groups(question.group_by)
    dimension = definition.dimension(question.group_by)
    of_people = dimension is not None and dimension.of_people
    may_be_empty = by_name or of_people or definition.value.at_ends
    present = question.count_periods(span)
    said = f"groups in {present:,} periods"
    for response in pages:
        for group, bucket in buckets_of_groups(definition, question, response):
            found = definition.value.cells(question, span, bucket)
            if not may_be_empty or any(map(documents, found.values())):
                groups[group] = found
        if budget:
            budget.check(len(groups) * present, "group_by", f"there are at least {len(groups):,} {said}")
    if budget:
        budget.take(max(len(groups), 1) * present, "group_by", f"there are {len(groups):,} {said}")
    return groups or {None: {}}


def _row(period: date, group: str | None, figure: Figure, cut: Mapping[date, Part]) -> _Row:
    found: _Row = {"period": period, "group": group, "value": figure[0], "count": figure[1]}
    if len(figure) == 3:
        found["figures"] = figure[2]
    if period in cut:
        found["partial"] = cut[period]
    return found
