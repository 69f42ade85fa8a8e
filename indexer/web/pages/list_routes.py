"""The lists behind numbers: the documents of a cell of an answer, as a page and as CSV."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from indexer.answers.drill_down import MOST_SORTED
from indexer.calendar.durations import duration, exact_duration
from indexer.dashboards import PageState
from indexer.datasets.registry import dataset_named
from indexer.differences.tolerance import FieldKind, kind_of_field
from indexer.metrics.schema import is_timestamp
from indexer.reports import Definition, InvalidQuestion, Question, read_question
from indexer.reports.cell import Cell, OtherGroups, span_of_cell
from indexer.reports.drill_down_search import Listed
from indexer.reports.figures import figure_text
from indexer.reports.list_order import AT, BY_TIME, VALUE, ListOrder, columns_of
from indexer.reports.periods import Span
from indexer.reports.question_conditions import conditions_that_hold
from indexer.spreadsheet import csv_of
from indexer.web.charts.series import NAMELESS
from indexer.web.headings import heading
from indexer.web.moment_words import minute_text
from indexer.web.page_templates import page as rendered_page
from indexer.web.pages.group_names import group_name
from indexer.web.pages.list_number import list_number
from indexer.web.pages.ordered_table import Heading, Sorted
from indexer.web.pages.page_nav import page_nav
from indexer.web.pages.range_words import dates_label
from indexer.web.pages.record_links import RecordLinks
from indexer.web.pages.view import unit_head
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.clock import now
from indexer.web.requests.drill_down_page import Listing
from indexer.web.requests.gates import Gate, through

MOST_ROWS = MOST_SORTED
"""The most rows of a list as CSV, which can be in any order; a longer one is refused, never cut."""

router = APIRouter(include_in_schema=False)

Name = Annotated[str, Path(description="The report's name.")]


@dataclass(frozen=True, slots=True)
class Row:
    """One document of a list: its id, its local time, what it adds to the number, and the report's columns.

    `url` is the address of its page, None if it has none; each column has a text and perhaps an address.
    """

    id: str
    url: str | None
    at: str
    value: str
    exact: str
    columns: list[tuple[str, str | None]]


@router.get("/lists/{name}.csv", dependencies=[through(Gate.SEARCHES)])
def list_csv(name: Name, listing: Annotated[Listing, Query()], backend: BackendOfRequest) -> Response:
    """All documents behind the number, in the list's order. Times are local ones of the zone, with their offset."""
    report = backend.report(name)
    question = _question(backend, report, listing)
    found = backend.all_conversations(report, question, listing.cell, listing.order(report), most=MOST_ROWS)
    if isinstance(found, int):
        raise InvalidQuestion(
            "limit",
            f"{found:,} {report.documents} are more than one CSV can have ({MOST_ROWS:,}); choose a shorter "
            "range or a group, or page through the API",
        )
    rows = [_csv_row(report, question, row) for row in found]
    columns = [_id_name(report), "at", "value", "unit", *report.columns, "report", "workspace", "time_zone"]
    span = span_of_cell(question, listing.cell)
    file_name = f"{name}_list_{span.first}_{span.last}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}.csv"'}
    return Response(csv_of(columns, rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/lists/{name}", dependencies=[through(Gate.SEARCHES)])
def show_list(
    name: Name, listing: Annotated[Listing, Query()], request: Request, backend: BackendOfRequest
) -> HTMLResponse:
    """A page of the documents behind a number, with what each of them adds to it."""
    report = backend.report(name)
    question = _question(backend, report, listing)
    cell = listing.cell
    order = listing.order(report)
    found = backend.conversations(report, question, cell, order, limit=listing.limit, cursor=listing.cursor)
    parameters = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
    unsorted = [pair for pair in parameters if pair[0] != "sort"]
    query = urlencode(parameters)
    here = f"/lists/{name}?{urlencode(request.query_params.multi_items())}"
    links = RecordLinks(report, question, here, listing.as_of)
    return rendered_page(
        "list.html",
        nav=page_nav(backend, PageState(workspace=question.workspace)),
        report=report,
        question=question,
        cell=_cell_text(backend, report, question, cell),
        id_name=heading(_id_name(report)),
        heads=[_head(report, order, column, f"/lists/{name}?{urlencode(unsorted)}") for column in columns_of(report)],
        total=found.total,
        number=list_number(backend, report, question, listing),
        rows=[_row(report, question, row, links) for row in found.rows],
        is_continued=listing.cursor is not None,
        first_url=f"/lists/{name}?{query}",
        next_url=f"/lists/{name}?{urlencode([*parameters, ('cursor', found.cursor)])}" if found.cursor else None,
        csv_url=f"/lists/{name}.csv?{urlencode([pair for pair in parameters if pair[0] != 'limit'])}",
        json_url=f"/api/v1/reports/{name}/conversations?{query}",
        report_url=f"/?{urlencode([('report', name), *(pair for pair in parameters if pair[0] not in _OF_CELL)])}",
    )


_OF_CELL = frozenset({"period", "group", "no_group", "not_group", "limit", "cursor", "sort"})


def _head(report: Definition, order: ListOrder, column: str, unsorted: str) -> Heading:
    """The heading of a column; a figure is first sorted from the largest, everything else from the smallest."""
    text = {AT: "Counted on", VALUE: unit_head(report.unit)}.get(column) or heading(column.rpartition(".")[2])
    if column == VALUE and not report.value.tells_documents_apart(report):
        return Heading(text, is_figure=True)
    is_sorted = column == order.column
    falls = not order.falls if is_sorted else column == VALUE
    url = unsorted if (column, falls) == BY_TIME else f"{unsorted}&{urlencode({'sort': ListOrder(column, falls)})}"
    said: Sorted | None = ("descending" if order.falls else "ascending") if is_sorted else None
    return Heading(text, url, said, is_figure=column == VALUE)


def _question(backend: Backend, report: Definition, listing: Listing) -> Question:
    parameters = {"as_of": now()} | listing.question()
    return backend.in_zone(partial(read_question, report), parameters)


def _csv_row(report: Definition, question: Question, row: Listed) -> list[Any]:
    at = datetime.fromtimestamp(row.at, question.zone).isoformat()
    columns = [_local(name, row.columns[name], question, exact=True) for name in report.columns]
    return [
        row.conversation_id,
        at,
        row.value,
        report.unit,
        *columns,
        report.name,
        question.workspace,
        question.time_zone,
    ]


def _row(report: Definition, question: Question, row: Listed, links: RecordLinks) -> Row:
    exact = exact_duration(round(row.value)) if report.unit == "seconds" and row.value is not None else ""
    return Row(
        row.conversation_id,
        links.row(row.conversation_id, row.at),
        minute_text(row.at, question.zone),
        figure_text(row.value, report.unit),
        exact,
        [
            (str(_local(name, row.columns[name], question)), links.column(name, row.columns[name], row.at))
            for name in report.columns
        ],
    )


def _local(name: str, value: Any, question: Question, *, exact: bool = False) -> Any:
    """A column of a list: times as local ones; for people durations in words and lists with commas."""
    if isinstance(value, int) and is_timestamp(name):
        if exact:
            return datetime.fromtimestamp(value, question.zone).isoformat()
        return minute_text(value, question.zone)
    if exact:
        return value
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return duration(value) if kind_of_field(name) is FieldKind.DURATION else value


def _id_name(report: Definition) -> str:
    return f"{dataset_named(report.dataset).entity.one.replace(' ', '_')}_id"


def _dates(question: Question, span: Span) -> str:
    """The dates of a cell, with the moment up to which they count if that is one of them."""
    until = question.until
    is_cut = until is not None and span.instants(question.zone)[1] > until
    return dates_label(*span, until if is_cut else None, question.zone)


def _cell_text(backend: Backend, report: Definition, question: Question, cell: Cell) -> list[str]:
    """The cell in words: its dates or the moment, its group, and the conditions."""
    if report.is_board and question.as_of is not None:
        said = [minute_text(question.as_of, question.zone)]
    else:
        said = [_dates(question, span_of_cell(question, cell))]
    said.append(question.time_zone)
    if question.office_hours:
        said.append("within office hours")
    if cell.group is None:
        said.append(f"{question.group_by} {NAMELESS}")
    elif isinstance(cell.group, OtherGroups):
        names = [group_name(backend, report, question.group_by, question.workspace, one) for one in cell.group.than]
        said.append(f"{question.group_by} other than {', '.join(names)}")
    elif isinstance(cell.group, str):
        name = group_name(backend, report, question.group_by, question.workspace, cell.group)
        said.append(f"{question.group_by} {name}" if question.group_by else name)
    return [*said, *conditions_that_hold(question.where)]
