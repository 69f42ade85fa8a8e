"""The dashboard's page: a report as a chart and a table, and where its number comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from indexer.pipeline.reporting import UnknownReport
from indexer.reports import Definition, InvalidQuestion, Question, read_question, time_zones
from indexer.reports.periods import count_periods
from indexer.reports.values import AtEnd, Count
from indexer.web.backend import Backend, BackendOfRequest
from indexer.web.pages import page
from indexer.web.view import view_of

MAX_PERIODS = 1_100
"""What a page can show; the API answers more."""

_FIRST = "new_inbound_conversations"
_DEFAULT_DAYS = 30
_UNTOUCHED = {"from": "", "to": "", "time_zone": "UTC", "interval": "day", "group_by": "", "where": [], "compare": ""}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Form:
    """What the form shows: the reports and workspaces to choose from, and what was chosen, as text."""

    reports: list[Definition]
    report: Definition
    workspaces: list[str]
    zones: list[str]
    values: Mapping[str, Any]


@router.get("/")
def show_report(request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """A report; without parameters that of the first workspace for the last 30 days that have data."""
    given = request.query_params
    parameters: dict[str, Any] = {key: value for key, value in given.items() if value}
    if where := [condition for condition in given.getlist("where") if condition]:
        parameters["where"] = where
    report = backend.report(parameters.pop("report", _FIRST))
    if not _can_be_shown(report):
        raise UnknownReport(f"the page does not show {report.name} yet", f"see it at /api/v1/reports/{report.name}")
    workspaces = backend.workspaces(report.dataset)
    if not workspaces and "workspace" not in parameters:
        return page("empty.html", dataset=report.dataset)
    parameters.setdefault("workspace", workspaces[0] if workspaces else "")
    if not parameters.keys() & {"from", "to"}:
        parameters |= _latest_days(backend, report, parameters)
    reports = [shown for shown in backend.reports.values() if _can_be_shown(shown)]
    form = Form(reports, report, workspaces, sorted(time_zones()), _UNTOUCHED | parameters)
    try:
        question = read_question(report, parameters)
        _check_size(question)
        answer = backend.answer(report, question)
    except InvalidQuestion as error:
        return page("refused.html", 422, form=form, fault=error)
    return page("report.html", form=form, fault=None, view=view_of(report, question, answer))


def _can_be_shown(report: Definition) -> bool:
    """Whether its number is a count for each period: nothing else can be stacked in bars."""
    return isinstance(report.value, Count | AtEnd) and not report.is_board


def _latest_days(backend: Backend, report: Definition, parameters: Mapping[str, Any]) -> dict[str, str]:
    """The last 30 days up to the newest conversation, or to today where there is none."""
    name = parameters.get("time_zone", "UTC")
    zone = ZoneInfo(name if name in time_zones() else "UTC")
    last = backend.latest_day(report, parameters["workspace"], zone) or datetime.now(UTC).astimezone(zone).date()
    first = last - timedelta(days=_DEFAULT_DAYS - 1)
    return {"from": first.isoformat(), "to": last.isoformat()}


def _check_size(question: Question) -> None:
    if (number := count_periods(question.span, question.interval)) > MAX_PERIODS:
        raise InvalidQuestion(
            "interval",
            f"{number:,} periods of a {question.interval} are more than the {MAX_PERIODS:,} that a page can show; "
            "choose a longer interval or a shorter range",
        )
