"""Checking whether a report can answer a question, and completing the question for that report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from indexer.reports.definition import Definition
from indexer.reports.dimensions import Dimension
from indexer.reports.invalid_question import InvalidQuestion, fault
from indexer.reports.parameters import read_parameter
from indexer.reports.periods import Interval
from indexer.reports.question import Question
from indexer.reports.question_conditions import Clause, check_clause


def read_question(definition: Definition, parameters: Mapping[str, Any]) -> Question:
    """The question to a report from parameters; raises `InvalidQuestion` for the first invalid one."""
    try:
        question = Question.model_validate(parameters)
    except ValidationError as error:
        raise fault(error.errors()[0]) from error
    return check_question(definition, question)


def check_question(definition: Definition, question: Question) -> Question:
    """The question, completed for this report; raises `InvalidQuestion` if the report cannot answer it."""
    if definition.needs_the_present and question.as_of is None:
        raise InvalidQuestion("as_of", "is missing")
    question = _on_a_board(question) if definition.is_board else question
    if question.compare and question.until is not None:
        raise InvalidQuestion("until", "cannot be combined with compare, which ends both ranges at the same moment")
    if definition.value.default_interval is not None and "interval" not in question.model_fields_set:
        question = question.model_copy(update={"interval": definition.value.default_interval})
    definition.value.check_size(question, question.span)
    if "group_by" not in question.model_fields_set and definition.group_by_default is not None:
        question = question.model_copy(update={"group_by": definition.group_by_default})
    parameter_values(definition, question)
    if question.group_by is not None and not definition.can_group_by(question.group_by):
        allowed = f"only by {', '.join(definition.groups)}" if definition.groups else "not at all"
        raise InvalidQuestion("group_by", f"{definition.name} can be grouped {allowed}, not by {question.group_by!r}")
    if question.group_by is None and question.chooses:
        given = next(name for name in ("sort", "top", "min_count") if getattr(question, name) is not None)
        raise InvalidQuestion(given, "applies to groups only; give group_by, or leave it out")
    if question.office_hours and not definition.measures_durations:
        field = definition.measured_field
        why = f"measures {field}, which is not measured within office hours" if field else "measures no duration"
        raise InvalidQuestion("office_hours", f"{definition.name} {why}; leave it out")
    for clause in question.clauses:
        try:
            check_clause(clause, _known(definition, clause))
        except ValueError as error:
            raise InvalidQuestion("where", str(error)) from error
    return question


def parameter_values(definition: Definition, question: Question) -> dict[str, int]:
    """The values that the question gives to the report's parameters; raises `InvalidQuestion` for an invalid one."""
    found: dict[str, int] = {}
    for written in question.param:
        name, value = read_parameter(written)
        parameter = definition.parameters.get(name)
        if parameter is None:
            known = f"has only {', '.join(definition.parameters)}" if definition.parameters else "has no parameters"
            raise InvalidQuestion("param", f"{definition.name} {known}, not {name!r}")
        if name in found:
            raise InvalidQuestion("param", f"{name} is given twice")
        try:
            found[name] = parameter.read(value)
        except ValueError as error:
            raise InvalidQuestion("param", f"{name}: {error}") from error
    return found


def as_asked(definition: Definition, question: Question) -> Definition:
    """The definition with the numbers that the question gives to its parameters, and within office hours if it asks.

    Applying the same question to the result changes nothing.
    """
    return definition.with_values(parameter_values(definition, question), office_hours=question.office_hours)


def clauses_of(definition: Definition, question: Question) -> dict[Dimension, list[Clause]]:
    """The conditions by dimension, in the order given."""
    found: dict[Dimension, list[Clause]] = {}
    for clause in question.clauses:
        found.setdefault(_known(definition, clause), []).append(clause)
    return found


def _known(definition: Definition, clause: Clause) -> Dimension:
    dimension = definition.dimension(clause.name)
    if dimension is None:
        raise ValueError(f"{clause.name!r} is not one of {', '.join(definition.words)}")
    return dimension


def _on_a_board(question: Question) -> Question:
    """The question with the date of a board's moment as its range, if none was given."""
    if question.compare:
        raise InvalidQuestion("compare", "a board shows one moment, which cannot be compared; leave it out")
    if question.until is not None:
        raise InvalidQuestion("until", "a board shows one moment, as_of; leave it out")
    if "interval" in question.model_fields_set and question.interval is not Interval.RANGE:
        raise InvalidQuestion("interval", f"a board shows one moment and accepts only the interval {Interval.RANGE}")
    today = datetime.fromtimestamp(question.as_of or 0, question.zone).date()
    first = question.from_ or min(question.to or today, today)
    last = question.to or max(first, today)
    return question.model_copy(update={"interval": Interval.RANGE, "from_": first, "to": last})
