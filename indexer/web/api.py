"""The HTTP API, version 1: the reports and their answers as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from indexer.reports import Answer, Definition, Question, check_question
from indexer.web.backend import BackendOfRequest


class Fault(BaseModel):
    """What is wrong; `parameter` names the one at fault, `remedy` the next thing to do."""

    parameter: str | None = None
    message: str
    remedy: str | None = None


class Problem(BaseModel):
    """The body of every response that is not an answer."""

    error: Fault


router = APIRouter(prefix="/api/v1")


@router.get("/reports")
def list_reports(backend: BackendOfRequest) -> list[Definition]:
    """The reports and their definitions."""
    return list(backend.reports.values())


@router.get(
    "/reports/{name}",
    response_model_exclude_unset=True,
    responses={
        404: {"model": Problem, "description": "There is no such report."},
        422: {"model": Problem, "description": "A parameter cannot be used; it is named."},
        503: {"model": Problem, "description": "There is no index yet, or Elasticsearch cannot be reached."},
    },
)
def run_report(name: str, question: Annotated[Question, Query()], backend: BackendOfRequest) -> Answer:
    """The report's number for every day, week or month of the range: what `indexer report run` prints."""
    report = backend.report(name)
    return backend.answer(report, check_question(report, question))
