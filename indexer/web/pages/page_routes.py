"""The dashboard's pages, as HTML, CSV and JSON at one address, and the values that they can be filtered by."""

import json
from contextlib import suppress
from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from indexer.answers.catalogue import vocabulary_of
from indexer.dashboards import PageDefinition, PageState, read_state
from indexer.datasets.registry import imported_as
from indexer.reports import InvalidQuestion, search_body
from indexer.reports.answer_rows import QUESTION, answer_columns, answer_rows
from indexer.search.search_requests import NoIndexYet
from indexer.spreadsheet import csv_of
from indexer.web.headings import heading
from indexer.web.page_templates import page as rendered_page
from indexer.web.pages.open_page import Opened, open_page, values_of
from indexer.web.pages.page_controls import page_controls
from indexer.web.pages.page_nav import page_nav
from indexer.web.pages.page_tiles import page_tiles
from indexer.web.pages.range_words import dates_label, range_label
from indexer.web.pages.tiles import Asked
from indexer.web.pages.view import command_of, parameters_of
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.gates import Gate, through

router = APIRouter(include_in_schema=False)

Name = Annotated[str, Path(description="The page's name.")]
_COLUMNS = (
    "tile",
    "title",
    "range",
    "period",
    "group",
    "label",
    "value",
    "count",
    "figures",
    "partial",
    *QUESTION,
    "until",
)


@router.get("/pages/{name}.csv", dependencies=[through(Gate.SEARCHES)])
def page_csv(name: Name, request: Request, backend: BackendOfRequest) -> Response:
    """All figures of the page, one row for each; the question stands in every row."""
    opened = _opened(backend, name, request)
    headers = {"Content-Disposition": f'attachment; filename="{opened.file_name}.csv"'}
    rows = [row for asked in opened.asked for row in _csv_rows(opened.page, asked)]
    return Response(csv_of(_COLUMNS, rows), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/pages/{name}.json", dependencies=[through(Gate.SEARCHES)])
def page_json(name: Name, request: Request, backend: BackendOfRequest) -> Response:
    """The page's dates, and the answers of its tiles, as the API gives them."""
    opened = _opened(backend, name, request)
    before = opened.dates.before
    until = {} if opened.until_before is None else {"until": opened.until_before}
    said = {
        "page": opened.page.name,
        "title": opened.page.title,
        "workspace": opened.workspace,
        "from": opened.dates.span.first,
        "to": opened.dates.span.last,
        "before": None if before is None else {"from": before.first, "to": before.last} | until,
        "time_zone": opened.time_zone,
        "as_of": opened.as_of,
        "answers": [_json_item(opened.page, asked) for asked in opened.asked],
    }
    return Response(orjson.dumps(said), media_type="application/json")


@router.get("/pages/{name}/asked")
def page_asked(name: Name, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """What the page asks Elasticsearch, and the command line of each report."""
    opened = _opened(backend, name, request, answered=False)
    asked = [
        {
            "title": one.of.report.title,
            "command": command_of(one.of.report, parameters_of(one.of.report, one.question, is_now=True)),
            "body": json.dumps(search_body(one.of.report, one.question, one.question.span), indent=1),
        }
        for one in opened.asked
        if one.question is not None
    ]
    return rendered_page(
        "asked.html",
        nav=page_nav(backend, opened.state, opened.page.name),
        opened=opened,
        asked=asked,
    )


@router.get("/pages/{name}/values", dependencies=[through(Gate.SEARCHES)])
def page_values(name: Name, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The values of a word, with their counts, to filter the page by."""
    parameters = request.query_params.multi_items()
    word = request.query_params.get("field", "")
    opened = _opened(backend, name, request, answered=False, without="field")
    found = values_of(backend, opened, word)
    kept = [pair for pair in parameters if pair[0] != "field" and pair not in found.chosen]
    return rendered_page(
        "values.html",
        nav=page_nav(backend, opened.state, opened.page.name),
        opened=opened,
        word=heading(word),
        found=found,
        kept=kept,
    )


@router.get("/pages/{name}", dependencies=[through(Gate.SEARCHES)])
def show_page(name: Name, request: Request, backend: BackendOfRequest) -> Response:
    """A page; an address that does not name the workspace, or has defaults in it, is answered with the one way."""
    page = backend.page(name)
    parameters = request.query_params.multi_items()
    try:
        state = read_state(page, parameters)
        if state.workspace is None:
            workspaces = backend.known_workspaces(page)
            if not workspaces:
                return nothing_yet(backend, backend.dataset_of(page), page.name)
            state = state.with_(workspace=workspaces[0])
        if state.parameters() != parameters:
            return RedirectResponse(f"/pages/{name}{state.query()}", 303)
        opened = open_page(backend, page, state)
    except InvalidQuestion as error:
        return rendered_page(
            "page_refused.html", 422, nav=page_nav(backend, PageState(), page.name), page=page, fault=error
        )
    return _shown(backend, opened)


def first_page(backend: Backend) -> Response:
    """The first page that has documents, for its first workspace, at an address without any choice."""
    first, *others = (page for page in backend.pages.values() if page.subject is None)
    workspaces = backend.known_workspaces(first)
    for page in others if not workspaces else ():
        with suppress(NoIndexYet):
            if workspaces := backend.known_workspaces(page):
                return _shown(backend, open_page(backend, page, PageState(workspace=workspaces[0])))
    if not workspaces:
        return nothing_yet(backend, backend.dataset_of(first))
    return _shown(backend, open_page(backend, first, PageState(workspace=workspaces[0])))


def nothing_yet(backend: Backend, dataset: str, here: str | None = None) -> HTMLResponse:
    """A page that says that the dataset has no documents, and how they get there; `here` is the page that was asked."""
    return rendered_page(
        "empty.html",
        nav=page_nav(backend, PageState(), here),
        documents=vocabulary_of(dataset).documents,
        imported_as=imported_as(dataset),
    )


def _shown(backend: Backend, opened: Opened) -> HTMLResponse:
    page, state = opened.page, opened.state
    tiles = iter(page_tiles(backend, opened))
    zone = ZoneInfo(opened.time_zone)
    return rendered_page(
        "page.html",
        nav=page_nav(backend, opened.state, opened.page.name),
        opened=opened,
        rows=[(row.title, [next(tiles) for _ in row.tiles]) for row in page.rows],
        controls=page_controls(page, state, opened.dates, backend.known_workspaces(page), backend.reports),
        dates=range_label(*opened.dates.span),
        before=None if opened.dates.before is None else dates_label(*opened.dates.before, opened.until_before, zone),
    )


def _opened(backend: Backend, name: str, request: Request, *, answered: bool = True, without: str = "") -> Opened:
    """The page at the address; raises `InvalidQuestion` for a parameter that cannot be used."""
    page = backend.page(name)
    state = read_state(page, [pair for pair in request.query_params.multi_items() if pair[0] != without])
    if state.workspace is None:
        raise InvalidQuestion("workspace", "is missing")
    return open_page(backend, page, state, answered=answered)


def _csv_rows(page: PageDefinition, asked: Asked) -> list[list[object]]:
    """The rows of one answer and of its earlier range; an error is a row of its own, without figures."""
    title = asked.of.heading or page.tiles[asked.of.tile].title or asked.of.report.title
    if isinstance(asked.answer, Exception):
        return [[asked.of.tile + 1, title, "error", None, None, str(asked.answer)]]
    found: list[list[object]] = []
    for range_, answer in (("asked", asked.answer), ("before", asked.before)):
        if answer is None:
            continue
        columns = answer_columns(answer)
        for row in answer_rows(answer):
            cells = dict(zip(columns, row, strict=True))
            more = {key: value for key, value in cells.items() if key not in _COLUMNS} or None
            cells |= {"tile": asked.of.tile + 1, "title": title, "range": range_, "figures": more}
            found.append([cells.get(column) for column in _COLUMNS])
    return found


def _json_item(page: PageDefinition, asked: Asked) -> dict[str, object]:
    tile = page.tiles[asked.of.tile]
    of_tile: dict[str, object] = {"tile": asked.of.tile + 1, "title": tile.title or asked.of.report.title}
    if asked.of.heading is not None:
        of_tile["heading"] = asked.of.heading
    if isinstance(asked.answer, Exception):
        return of_tile | {"error": str(asked.answer)}
    before = {"before": asked.before.json_object()} if asked.before else {}
    return of_tile | {"answer": asked.answer.json_object()} | before
