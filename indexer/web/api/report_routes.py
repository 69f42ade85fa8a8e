"""The HTTP API, version 1: the reports and their answers as JSON."""

import time
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Header, Path, Query, Response

from indexer.errors import OperatorError
from indexer.reports import Answer, Definition, InvalidQuestion, Question, read_question
from indexer.web.api.description import many_questions
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.drill_down_page import ConversationPage, Listing
from indexer.web.requests.etag import tagged
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.problems import (
    NO_SCOPE,
    NO_TOKEN,
    NOT_USABLE,
    OTHER_HOST,
    TOO_LARGE,
    Problem,
    described,
    problem_of,
)

Name = Annotated[str, Path(description="The report's name.")]
IfNoneMatch = Annotated[
    str | None,
    Header(description="The ETag of an answer that the client has. If it is still valid: 304 without a body."),
]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: OTHER_HOST,
    401: NO_TOKEN,
    403: NO_SCOPE,
    404: described("There is no such report."),
    422: NOT_USABLE,
    500: described("The server has failed, or Elasticsearch refuses the search."),
    503: described("There is no index yet, a service cannot be reached, or the server is busy."),
}
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The client's copy is still valid."}}

MAX_QUESTIONS = 100
"""The most questions in one request."""

router = APIRouter(prefix="/api/v1", tags=["reports"], responses=_PROBLEMS)


@router.get("/reports", response_model=list[Definition], responses=_UNCHANGED)
def list_reports(backend: BackendOfRequest, if_none_match: IfNoneMatch = None) -> Response:
    """The reports and their definitions."""
    return tagged(orjson.dumps([_described(report) for report in backend.reports.values()]), if_none_match)


@router.get("/reports/{name}/definition", response_model=Definition, responses=_UNCHANGED)
def show_definition(name: Name, backend: BackendOfRequest, if_none_match: IfNoneMatch = None) -> Response:
    """One report's definition."""
    return tagged(orjson.dumps(_described(backend.report(name))), if_none_match)


@router.get("/reports/{name}", response_model=Answer, responses=_UNCHANGED, dependencies=[through(Gate.SEARCHES)])
def run_report(
    name: Name, question: Annotated[Question, Query()], backend: BackendOfRequest, if_none_match: IfNoneMatch = None
) -> Response:
    """The report's number for every period of the range, and every group: what `indexer report run` prints."""
    report = backend.report(name)
    parameters = {"as_of": _now(), **question.given()}
    answer = backend.answer(report, backend.in_zone(partial(read_question, report), parameters))
    return tagged(orjson.dumps(answer.json_object()), if_none_match)


@router.get(
    "/reports/{name}/conversations",
    response_model=ConversationPage,
    responses=_UNCHANGED,
    dependencies=[through(Gate.SEARCHES)],
)
def list_conversations(
    name: Name, listing: Annotated[Listing, Query()], backend: BackendOfRequest, if_none_match: IfNoneMatch = None
) -> Response:
    """The conversations behind the total of an answer, or behind one of its rows, in the order of `sort`.

    The parameters are those of the report, and those that choose a row. All pages show the index as it was at the
    first page. A cursor is valid for five minutes.
    """
    report = backend.report(name)
    parameters = {"as_of": _now()} | listing.question()
    question = backend.in_zone(partial(read_question, report), parameters)
    order = listing.order(report)
    found = backend.conversations(report, question, listing.cell, order, limit=listing.limit, cursor=listing.cursor)
    page = ConversationPage(total=found.total, conversations=[row._asdict() for row in found.rows], cursor=found.cursor)
    return tagged(orjson.dumps(page.model_dump(mode="json")), if_none_match, personal=True)


@router.post(
    "/reports/answers",
    response_model=list[Answer | Problem],
    openapi_extra=many_questions(),
    responses=TOO_LARGE,
    dependencies=[through(Gate.SEARCHES)],
)
def run_reports(
    asked: Annotated[list[dict[str, Any]], Body(min_length=1, max_length=MAX_QUESTIONS)], backend: BackendOfRequest
) -> Response:
    """The answers to many questions, found by one search. Each question gets an answer or an error.

    The items of the response have the order of the questions. For a question that cannot be answered, the item is an
    object `error`, as the address of the report would return it. The other questions are still answered.
    """
    zones: dict[str, str] = {}
    questions = [_read(backend, parameters, zones) for parameters in asked]
    answers = iter(backend.answers([one for one in questions if isinstance(one, tuple)]))
    found = [next(answers) if isinstance(one, tuple) else one for one in questions]
    return Response(orjson.dumps([_item(one) for one in found]), media_type="application/json")


def _read(
    backend: Backend, parameters: dict[str, Any], zones: dict[str, str]
) -> tuple[Definition, Question] | Exception:
    """The report and the question, or the error."""
    rest = dict(parameters)
    try:
        name = rest.pop("report", None)
        if not isinstance(name, str):
            raise InvalidQuestion("report", "is missing" if name is None else "is not a name")
        report = backend.report(name)
        if rest.get("as_of") is None:
            rest["as_of"] = _now()
        question = backend.in_zone(partial(read_question, report), rest, zones)
        backend.expect(question)
        return report, question
    except (InvalidQuestion, OperatorError) as error:
        return error


def _item(found: Answer | Exception) -> dict[str, Any]:
    if isinstance(found, Answer):
        return found.json_object()
    return Problem(error=problem_of(found)[1]).model_dump(exclude_none=True)


def _now() -> int:
    return int(time.time())


def _described(report: Definition) -> dict[str, Any]:
    return report.model_dump(mode="json")
