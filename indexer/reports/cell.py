"""One cell of an answer: a period, a group, or all of either; and the filters that lead to what lies in it."""

import enum
from datetime import date
from typing import NamedTuple

from indexer.reports.check_question import as_asked
from indexer.reports.clauses import Clause, check_clause
from indexer.reports.definition import Definition
from indexer.reports.dimensions import Dimension
from indexer.reports.filters import Body, any_of, exists, none_of, within
from indexer.reports.hours import HOURS, spans_of_hour
from indexer.reports.measures import age_part, measured_field
from indexer.reports.outflow import changed
from indexer.reports.parts import labels
from indexer.reports.periods import Span, part_of
from indexer.reports.question import InvalidQuestion, Question
from indexer.reports.scope import Scope, scope_of
from indexer.reports.values import Age, AtEnd, Distribution, Heatmap, NetOutflow


class AnyGroup(enum.Enum):
    """The group of a cell that has all of them; None is the group without a name."""

    ANY = enum.auto()


class Cell(NamedTuple):
    """A period by the date it begins on (None: the whole range), and a group of the question's dimension."""

    period: date | None = None
    group: str | AnyGroup | None = AnyGroup.ANY


def scope_of_cell(definition: Definition, question: Question, cell: Cell) -> Scope:
    """What lies in the cell and has a part in its number: conversations without a value have none in a median.

    Raises `InvalidQuestion` that names `period` or `group` if the answer has no such cell.
    """
    definition = as_asked(definition, question)
    span = span_of_cell(question, cell)
    document, action, needs_action = scope_of(definition, question, span)
    own = action if definition.counts_actions else document
    if (field := measured_field(definition, question)) is not None:
        own.append(exists(field))
    if isinstance(definition.value, NetOutflow):
        document.append(changed(definition.value.net_outflow, *span.instants(question.zone)))
    if isinstance(definition.value, Age):
        document.append(exists(definition.value.age.field))
    if isinstance(definition.value, AtEnd):
        _, end = span.instants(question.zone)
        document.append({"term": {definition.value.at_end: end - 1}})
    if cell.group is AnyGroup.ANY:
        return Scope(document, action, needs_action)
    match definition.value:
        case Distribution() as value:
            own.append(_part(value, str(field), cell.group))
        case Age(age=wanted):
            position = _position(labels(wanted.bounds), cell.group)
            document.append(age_part(wanted, question.as_of or 0, position))
        case Heatmap():
            own.append(_hour(definition, question, span, cell.group))
        case _:
            dimension = definition.dimension(question.group_by)
            if dimension is None:
                raise InvalidQuestion("group", "belongs to a dimension: say which with group_by")
            (action if dimension.of_action else document).append(_in_group(dimension, cell.group))
            needs_action |= dimension.of_action
    return Scope(document, action, needs_action)


def _in_group(dimension: Dimension, group: str | None) -> Body:
    if group is None:
        return none_of(exists(dimension.field))
    try:
        check_clause(Clause(dimension.name, "=", group), dimension)
    except ValueError as error:
        raise InvalidQuestion("group", str(error)) from error
    return {"term": {dimension.field: group}}


def span_of_cell(question: Question, cell: Cell) -> Span:
    """The days of the cell; raises `InvalidQuestion` if the answer has no such period."""
    if cell.period is None:
        return question.span
    present = question.periods(question.span)
    if cell.period not in present:
        raise InvalidQuestion(
            "period",
            f"{cell.period} is the first day of no {question.interval} of the answer; "
            f"they run from {present[0]} to {present[-1]}",
        )
    return part_of(question.span, question.interval, cell.period)


def _part(value: Distribution, field: str, group: str | None) -> Body:
    bounds = value.distribution.bounds
    position = _position(labels(bounds), group)
    found = {}
    if position:
        found["gte"] = bounds[position - 1]
    if position < len(bounds):
        found["lt"] = bounds[position]
    return {"range": {field: found}}


def _position(names: list[str], group: str | None) -> int:
    if group not in names:
        raise InvalidQuestion("group", f"{group!r} is not one of {', '.join(names)}")
    return names.index(group)


def _hour(definition: Definition, question: Question, span: Span, group: str | None) -> Body:
    if group not in HOURS:
        raise InvalidQuestion("group", f"{group!r} is no hour of the week such as {HOURS[0]} or {HOURS[-1]}")
    return any_of([within(definition.axis, *found) for found in spans_of_hour(group, span, question.zone)])
