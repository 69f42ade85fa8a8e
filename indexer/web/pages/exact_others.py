"""The groups of a chart that have no colour of their own, as one number in which each document counts once."""

from collections.abc import Sequence
from typing import NamedTuple

from indexer.errors import OperatorError
from indexer.reports import Answer, Definition, Interval, InvalidQuestion, Question
from indexer.web.charts.series import COLOURS
from indexer.web.pages.view import groups_overlap
from indexer.web.requests.backend import Backend

_Answered = Answer | InvalidQuestion | OperatorError


class _Needed(NamedTuple):
    """A question whose others have to be asked for, by its place."""

    place: int
    report: Definition
    question: Question


def with_others_of(backend: Backend, report: Definition, question: Question, answer: Answer) -> Answer:
    """One answer with the others of its chart; raises what `Backend.answer` raises."""
    [found] = with_exact_others(backend, [(report, question)], [answer])
    if isinstance(found, Exception):
        raise found
    return found


def with_exact_others(
    backend: Backend, asked: Sequence[tuple[Definition, Question]], answers: Sequence[_Answered]
) -> list[_Answered]:
    """The answers, with the others of each chart whose groups overlap.

    The numbers of groups that do not overlap can be added up, and need no search of their own.
    """
    found = list(answers)
    needed = [
        _Needed(place, report, question)
        for place, ((report, question), answer) in enumerate(zip(asked, answers, strict=True))
        if isinstance(answer, Answer) and _adds_up_to_more(report, question, answer)
    ]
    chosen = backend.answers([(one.report, one.question.model_copy(update={"top": COLOURS})) for one in needed])
    for (place, _, _), answer in zip(needed, chosen, strict=True):
        whole = found[place]
        if isinstance(answer, Answer) and isinstance(whole, Answer):
            found[place] = whole.model_copy(update={"groups": answer.groups, "others": answer.others})
        else:
            found[place] = answer
    return found


def _adds_up_to_more(report: Definition, question: Question, answer: Answer) -> bool:
    """Whether a chart over time has more groups than colours, and the numbers of the rest cannot be added up."""
    if question.interval is Interval.RANGE or report.value.has_parts:
        return False
    groups = len({row.group for row in answer.rows} - {None})
    if answer.others is not None:
        return groups > COLOURS
    return groups > COLOURS + 1 and groups_overlap(report, report.dimension(question.group_by))
