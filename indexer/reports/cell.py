"""One cell of an answer: a period, a group, or all of either; and the filters for its documents."""

import enum
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from indexer.reports.check_question import as_asked
from indexer.reports.definition import Definition
from indexer.reports.dimensions import Dimension
from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.known_people import group_filter, others_filter
from indexer.reports.periods import Span, part_of
from indexer.reports.question import Question
from indexer.reports.question_conditions import Clause, check_clause
from indexer.reports.scope import Scope, scope_of
from indexer.reports.search_filters import Body, any_of, exists, none_of


class AnyGroup(enum.Enum):
    """The group of a cell that covers all groups; None is the group without a name."""

    ANY = enum.auto()


class OtherGroups(NamedTuple):
    """All groups with a name but those of `than`, together: a document that is in several of them is there once."""

    than: Sequence[str]


Group = str | AnyGroup | OtherGroups | None
"""A group of an answer by its name, or several of them; None is the group without a name."""


class Cell(NamedTuple):
    """A period by the date it begins on (None: the whole range), and a group of the question's dimension."""

    period: date | None = None
    group: Group = AnyGroup.ANY


def scope_of_cell(definition: Definition, question: Question, cell: Cell) -> Scope:
    """The scope of the documents that make the cell's number; a median leaves out documents without a value.

    Raises `InvalidQuestion` that names `period` or `group` if the answer has no such cell.
    """
    definition = as_asked(definition, question)
    span = span_of_cell(question, cell)
    scope = scope_of(definition, question, span)
    own = scope.action if definition.counts_actions else scope.document
    if (field := definition.value.field_asked(definition, question)) is not None:
        own.append(exists(field))
    scope.document.extend(definition.value.behind(question, span))
    if cell.group is AnyGroup.ANY:
        return scope
    if isinstance(cell.group, OtherGroups) and definition.value.has_own_groups:
        raise InvalidQuestion("not_group", f"{definition.name} makes its groups itself; choose one of them")
    name = None if isinstance(cell.group, OtherGroups) else cell.group
    if (in_group := definition.value.in_own_group(definition, question, span, name)) is not None:
        own.append(in_group)
        return scope
    dimension = definition.dimension(question.group_by)
    if dimension is None:
        raise InvalidQuestion("group", "needs group_by, which says what the groups are")
    if dimension.of_people:
        scope.document.append(
            others_filter(dimension, cell.group.than, question.people)
            if isinstance(cell.group, OtherGroups)
            else group_filter(dimension, cell.group, question.people)
        )
        return scope
    (scope.action if dimension.of_action else scope.document).append(_in_group(dimension, cell.group))
    return scope._replace(needs_action=scope.needs_action or dimension.of_action)


def _in_group(dimension: Dimension, group: str | OtherGroups | None) -> Body:
    if isinstance(group, OtherGroups):
        return _other_values(dimension, group.than)
    if group is None:
        return none_of(exists(dimension.field))
    _check_value(dimension, "group", group)
    return {"term": {dimension.field: group}}


def _check_value(dimension: Dimension, parameter: str, value: str) -> None:
    try:
        check_clause(Clause(dimension.name, "=", value), dimension)
    except ValueError as error:
        raise InvalidQuestion(parameter, str(error)) from error


_HIGHEST = "\U0010ffff"
"""A text after all others in the order of the index, which is that of their bytes."""


def _other_values(dimension: Dimension, than: Sequence[str]) -> Body:
    """Documents with another value than these: with one between two of them, or beyond them all.

    However many other values there are, they need not be known.
    """
    if dimension.kind == "boolean":
        return any_of([{"term": {dimension.field: value}} for value in ("true", "false") if value not in than])
    bounds = sorted({*than}, key=lambda value: value.encode(errors="surrogatepass"))
    if dimension.kind == "number":
        for value in bounds:
            _check_value(dimension, "not_group", value)
        bounds.sort(key=float)
    gaps: list[dict[str, str]] = [{"gt": one} for one in bounds]
    # The values of all attributes are in one field, so a range of them needs both of its ends.
    gaps.insert(0, {"gte": ""} if dimension.attributes else {})
    for gap, end in zip(gaps, bounds, strict=False):
        gap["lt"] = end
    if dimension.attributes:
        gaps[-1]["lt"] = _HIGHEST
    return any_of([{"range": {dimension.field: gap}} for gap in gaps])


def span_of_cell(question: Question, cell: Cell) -> Span:
    """The days of the cell; raises `InvalidQuestion` if the answer has no such period."""
    if cell.period is None:
        return question.span
    present = question.periods(question.span)
    if cell.period not in present:
        raise InvalidQuestion(
            "period",
            f"no {question.interval} of the answer begins on {cell.period}; "
            f"the first period begins on {present[0]}, the last on {present[-1]}",
        )
    return part_of(question.span, question.interval, cell.period)
