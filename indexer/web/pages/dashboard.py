"""The dashboard's page: a report as a chart and a table, and the source of its number."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from indexer.answers.catalogue import by_category
from indexer.dashboards import PageState
from indexer.dashboards.saved_address import ORDER, read_report_order
from indexer.dashboards.table_order import TableOrder
from indexer.reports import Definition, InvalidQuestion, Question, Weekday, read_question, time_zones
from indexer.web.page_templates import page
from indexer.web.pages.answer_tables import answer_table
from indexer.web.pages.drill_links import DrillLinks
from indexer.web.pages.exact_others import with_others_of
from indexer.web.pages.ordered_table import Ordering
from indexer.web.pages.page_nav import page_nav
from indexer.web.pages.page_routes import first_page, nothing_yet
from indexer.web.pages.view import parameters_of, view_of
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.gates import Gate, through

MAX_PERIODS = 1_100
"""The most that a page can show; the API answers more."""

_DEFAULT_DAYS = 30
_FIRST = "new_inbound_conversations"
_UNTOUCHED: Mapping[str, Any] = {
    "from": "",
    "to": "",
    "time_zone": "",
    "interval": "day",
    "week_start": "monday",
    "group_by": "",
    "where": [],
    "office_hours": "",
    "compare": "",
}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Form:
    """The content of the form: the reports by category and the workspaces to choose from, and the choices as text."""

    categories: Mapping[str, list[Definition]]
    report: Definition
    workspaces: list[str]
    zones: list[str]
    weekdays: list[str]
    values: Mapping[str, Any]

    @property
    def numbers(self) -> Mapping[str, str]:
        """The report's parameters, as they were written or by default."""
        given = dict(param.partition("=")[::2] for param in self.values.get("param", ()))
        return {name: given.get(name, str(one.default)) for name, one in self.report.parameters.items()}


@router.get("/", dependencies=[through(Gate.SEARCHES)])
def show_report(request: Request, backend: BackendOfRequest) -> Response:
    """A report; without dates, for the last 30 days that have data. Without any parameter, the overview."""
    given = request.query_params
    if not given:
        return first_page(backend)
    parameters: dict[str, Any] = {key: value for key, value in given.items() if value}
    written_order = parameters.pop(ORDER, None)
    if where := [condition for condition in given.getlist("where") if condition]:
        parameters["where"] = where
    if params := [param for param in given.getlist("param") if param]:
        parameters["param"] = params
    report = backend.report(parameters.pop("report", _FIRST))
    if parameters.pop("shown", report.name) != report.name:
        _leave_behind(report, parameters)
    workspaces = backend.workspaces(report.dataset)
    if not workspaces and "workspace" not in parameters:
        return nothing_yet(backend, report.dataset)
    parameters.setdefault("workspace", workspaces[0] if workspaces else "")
    is_now = report.needs_the_present and "as_of" not in parameters
    if is_now:
        parameters["as_of"] = int(time.time())
    known_zones: dict[str, str] = {}
    if not report.is_board and not parameters.keys() & {"from", "to"}:
        name = parameters.get("time_zone") or backend.time_zone(parameters["workspace"])
        known_zones[parameters["workspace"]] = name
        parameters |= _latest_days(backend, report, parameters["workspace"], name)
    try:
        order = read_report_order(written_order)
        question = backend.in_zone(partial(read_question, report), parameters, known_zones)
        _check_size(question)
        answer = backend.answer(report, question, refuse_unknown=True)
        answer = with_others_of(backend, report, question, answer)
    except InvalidQuestion as error:
        nav = page_nav(backend, PageState())
        return page("refused.html", 422, nav=nav, form=_form(backend, report, workspaces, parameters), fault=error)
    understood = {"interval": question.interval.value, "group_by": question.group_by}
    form = _form(backend, report, workspaces, parameters | understood)
    view = view_of(report, question, answer, is_now=is_now)
    table = answer_table(view, None, Ordering("figures", order, partial(_ordered, request)))
    links = DrillLinks(report, question, answer, question.as_of if "as_of" in given else None)
    state = PageState(workspace=question.workspace, from_=question.from_, to=question.to)
    asked = urlencode({"report": report.name, **parameters_of(report, question, is_now=is_now)}, doseq=True)
    state = PageState(workspace=question.workspace) if report.is_board else state
    nav = page_nav(backend, state, report_url=f"/?{asked}")
    return page(
        "report.html",
        nav=nav,
        form=form,
        fault=None,
        view=view,
        links=links,
        table=table,
        id="chart",
        label="",
        alert_url=f"/alerts?{urlencode(_alert_fields(question, report), doseq=True)}#new",
    )


def _ordered(request: Request, order: TableOrder | None) -> str:
    """The address of the report with another order of its table; None is the table's own."""
    kept = [pair for pair in request.query_params.multi_items() if pair[0] != ORDER and pair[1]]
    return f"/?{urlencode([*kept, *([] if order is None else [(ORDER, str(order))])])}#figures"


def _alert_fields(question: Question, report: Definition) -> dict[str, Any]:
    """The question as the form of a new alert has it; its dates move with the day, so they are left out."""
    asked = {"workspace": question.workspace, "report": report.name, "where": question.where, "param": question.param}
    return asked | ({"office_hours": "true"} if question.office_hours else {})


def _form(backend: Backend, report: Definition, workspaces: list[str], parameters: Mapping[str, Any]) -> Form:
    by_name = groupby(by_category(backend.reports), key=lambda one: one.category)
    categories = {category: list(reports) for category, reports in by_name}
    return Form(categories, report, workspaces, sorted(time_zones()), [*Weekday], {**_UNTOUCHED, **parameters})


def _leave_behind(report: Definition, parameters: dict[str, Any]) -> None:
    """Remove parameters of the report shown before that this one does not have."""
    parameters.pop("param", None)
    if not report.can_group_by(parameters.get("group_by", "")):
        parameters.pop("group_by", None)
    if not report.measures_durations:
        parameters.pop("office_hours", None)
    if report.is_board:
        for name in ("from", "to", "interval", "week_start", "compare"):
            parameters.pop(name, None)
    if report.value.default_interval is not None:
        parameters.pop("interval", None)


def _latest_days(backend: Backend, report: Definition, workspace: str, time_zone: str) -> dict[str, str]:
    """The last 30 days up to the newest conversation, or up to today if there is none."""
    zone = ZoneInfo(time_zone if time_zone in time_zones() else "UTC")
    last = backend.latest_day(report, workspace, zone) or datetime.now(UTC).astimezone(zone).date()
    first = last - timedelta(days=_DEFAULT_DAYS - 1)
    return {"from": first.isoformat(), "to": last.isoformat()}


def _check_size(question: Question) -> None:
    if (number := question.count_periods(question.span)) > MAX_PERIODS:
        raise InvalidQuestion(
            "interval",
            f"{number:,} periods of a {question.interval} are more than a page can show ({MAX_PERIODS:,}); "
            "choose a longer interval or a shorter range",
        )
