"""The HTTP API, version 1: the reports and their answers as JSON."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel

from indexer.reports import Answer, Definition, Question, check_question
from indexer.web.backend import BackendOfRequest
from indexer.web.etag import tagged


class Fault(BaseModel):
    """What is wrong; `parameter` names the one at fault, `remedy` the next thing to do."""

    parameter: str | None = None
    message: str
    remedy: str | None = None


class Problem(BaseModel):
    """The body of every response that is not an answer."""

    error: Fault


IfNoneMatch = Annotated[
    str | None, Header(description="The ETag of an answer that the client has: 304 without a body if it still holds.")
]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The request is no HTTP request of ours: another host is named."},
    401: {"model": Problem, "description": "The server has a token, and the request does not bear it."},
    404: {"model": Problem, "description": "There is no such report."},
    422: {"model": Problem, "description": "A parameter cannot be used; it is named."},
    503: {"model": Problem, "description": "There is no index yet, or a service cannot be reached."},
}
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "What the client has still holds."}}

router = APIRouter(prefix="/api/v1", tags=["reports"], responses=_PROBLEMS)


@router.get("/reports", response_model=list[Definition], responses=_UNCHANGED)
def list_reports(backend: BackendOfRequest, if_none_match: IfNoneMatch = None) -> Response:
    """The reports and their definitions."""
    return tagged(orjson.dumps([_described(report) for report in backend.reports.values()]), if_none_match)


@router.get("/reports/{name}/definition", response_model=Definition, responses=_UNCHANGED)
def show_definition(name: str, backend: BackendOfRequest, if_none_match: IfNoneMatch = None) -> Response:
    """One report's definition."""
    return tagged(orjson.dumps(_described(backend.report(name))), if_none_match)


@router.get("/reports/{name}", response_model=Answer, responses=_UNCHANGED)
def run_report(
    name: str, question: Annotated[Question, Query()], backend: BackendOfRequest, if_none_match: IfNoneMatch = None
) -> Response:
    """The report's number for every period of the range, and group: what `indexer report run` prints."""
    report = backend.report(name)
    check_question(report, question)
    return tagged(orjson.dumps(backend.answer(report, question).json_object()), if_none_match)


def _described(report: Definition) -> dict[str, Any]:
    return report.model_dump(mode="json")
