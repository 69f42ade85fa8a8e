"""The number that a list is behind, asked for again for its cell alone."""

from functools import partial
from typing import NamedTuple

from indexer.calendar.durations import exact_duration
from indexer.reports import Answer, Definition, InvalidQuestion, Question, read_question
from indexer.reports.cell import AnyGroup, Cell, OtherGroups, span_of_cell
from indexer.reports.figures import figure_text
from indexer.web.pages.view import unit_label
from indexer.web.requests.backend import Backend
from indexer.web.requests.clock import now
from indexer.web.requests.drill_down_page import Listing

_NOT_OF_A_CELL = frozenset({"top", "min_count", "compare"})


class ListNumber(NamedTuple):
    """A number as text, its unit if the text does not say it, and its exact duration if it is one."""

    text: str
    unit: str
    exact: str


def list_number(backend: Backend, report: Definition, question: Question, listing: Listing) -> ListNumber | None:
    """The number of the list's cell; None if it is the number of documents, or cannot be asked for by itself.

    It cannot for groups that the report makes itself, and for all groups but some.
    """
    value, cell = report.value, listing.cell
    if value.has_own_groups or isinstance(cell.group, OtherGroups) or not value.tells_documents_apart(report):
        return None
    try:
        answer = backend.answer(report, _of_cell(backend, report, question, listing))
    except InvalidQuestion:  # such as one with more groups than an answer has room for
        return None
    found = _found(answer, cell)
    if found is None:
        return None
    exact = exact_duration(round(found)) if report.unit == "seconds" else ""
    return ListNumber(figure_text(found, report.unit), unit_label(report.unit), exact)


def _of_cell(backend: Backend, report: Definition, question: Question, listing: Listing) -> Question:
    given = {name: value for name, value in listing.question().items() if name not in _NOT_OF_A_CELL}
    if not report.is_board:
        span = span_of_cell(question, listing.cell)
        given |= {"from_": span.first, "to": span.last, "interval": "range"}
    return backend.in_zone(partial(read_question, report), {"as_of": now()} | given)


def _found(answer: Answer, cell: Cell) -> float | None:
    if cell.group is AnyGroup.ANY:
        return answer.total.value
    return next((row.value for row in answer.rows if row.group == cell.group), None)
