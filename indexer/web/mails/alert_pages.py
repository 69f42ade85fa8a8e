"""The pages of a workspace's alerts: listed, created, tried, paused, resumed and deleted, all by forms."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from indexer.answers.catalogue import by_category
from indexer.dashboards.date_ranges import PRESET_NAMES, Preset
from indexer.mailings.check_alerts import Look, letter_of, look_at
from indexer.mailings.workspace_alerts import (
    AskedAlert,
    delete_named_alert,
    find_alert,
    pause_named_alert,
    question_words,
    resume_named_alert,
    threshold_words,
)
from indexer.reports import InvalidQuestion
from indexer.reports.figures import figure_text
from indexer.store.entities.workspaces import read_time_zones
from indexer.store.jobs.alerts import Alert, Found, read_alerts
from indexer.web.pages.create_mailing import create_alert, expect_alert
from indexer.web.pages.workspace_page import (
    FormFault,
    FormRefused,
    change_named,
    expect_texts,
    form_faults,
    local_text,
    mail_problem,
    shown_again,
    workspace_page,
)
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.forms import Form
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceOfBody, WorkspaceToRead

router = APIRouter(include_in_schema=False)

_PATH, _TITLE = "/alerts", "Alerts"
_MOST_LINES = 20
_FORM: Mapping[str, str] = {
    "name": "",
    "report": "",
    "direction": "above",
    "threshold": "",
    "range": "",
    "where": "",
    "param": "",
    "office_hours": "",
    "to": "",
}
"""The fields of the form that creates one, with what they are at first."""

_SEVERAL = ("where", "param")
"""The fields with a value on each line."""


class Shown(NamedTuple):
    """An alert with what the page says of it; `figure` is None for callers who may not read reports."""

    one: Alert
    title: str
    url: str
    asked: str
    threshold: str
    figure: str | None
    checked_at: str | None


@router.get(_PATH, dependencies=[through(Gate.EVENTS)])
def show_alerts(workspace: WorkspaceToRead, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The alerts of the workspace, and the form for a new one."""
    return _page(request, backend, workspace, _given(request))


@router.post(_PATH, dependencies=[through(Gate.EVENTS)])
def create(workspace: WorkspaceOfBody, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Create the alert in the form."""
    try:
        with form_faults(), backend.transaction() as connection:
            asked = _asked(form)
            create_alert(connection, backend, workspace, asked)
    except FormRefused as refused:
        return _page(request, backend, workspace, form, refused.fault)
    note_action(request, workspace=workspace, target=asked.name, report=asked.report, to=asked.to)
    return shown_again(_PATH, workspace, "alert_created")


@router.get(_PATH + "/look", dependencies=[through(Gate.SEARCHES)])
def look(workspace: WorkspaceToRead, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The number now: of an alert that is named, or of the one in the form; nothing is saved and nothing is mailed."""
    form = _given(request)
    is_new = "report" in form
    now = datetime.now(UTC)
    try:
        with form_faults():
            with backend.connect() as connection:
                one = (
                    create_alert(connection, backend, workspace, _asked(form))
                    if is_new
                    else find_alert(connection, workspace, form.get("name", ""))
                )
                expect_alert(backend, one)
            seen = backend.searching(
                lambda client, prefix: look_at(one, backend.reports, client, prefix, connect=backend.connect, now=now)
            )
    except FormRefused as refused:
        return _page(request, backend, workspace, form, refused.fault)
    return workspace_page(
        request,
        backend,
        "alert_look.html",
        _TITLE,
        workspace,
        one=one,
        seen=seen,
        figure=_figure(seen),
        asked=question_words(one),
        threshold=threshold_words(one, seen.report),
        letter=letter_of(backend.settings, one, seen, now) if seen.found is Found.CROSSED else None,
        fields=[(name, form.get(name, "")) for name in _FORM] if is_new else None,
        change_url=f"{_PATH}?{urlencode({'workspace': workspace, **form})}",
    )


@router.post(_PATH + "/pause", dependencies=[through(Gate.EVENTS)])
def pause(workspace: WorkspaceToRead, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Pause the alert that the form names."""
    pause_now = partial(pause_named_alert, now=datetime.now(UTC))
    return change_named(request, backend, workspace, form, pause_now, _PATH, "alert_paused")


@router.post(_PATH + "/resume", dependencies=[through(Gate.EVENTS)])
def resume(workspace: WorkspaceToRead, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Resume the alert that the form names."""
    return change_named(request, backend, workspace, form, resume_named_alert, _PATH, "alert_resumed")


@router.post(_PATH + "/delete", dependencies=[through(Gate.EVENTS)])
def delete(workspace: WorkspaceToRead, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Delete the alert that the form names."""
    return change_named(request, backend, workspace, form, delete_named_alert, _PATH, "alert_deleted")


def _given(request: Request) -> dict[str, str]:
    """The fields of the form in an address; links and the form itself may give several values or lines."""
    given = dict(request.query_params)
    return given | {
        name: "\n".join(request.query_params.getlist(name)) for name in _SEVERAL if name in request.query_params
    }


def _asked(form: Mapping[str, str]) -> AskedAlert:
    """The alert in the form; raises `InvalidQuestion`."""
    expect_texts(dict(form))
    threshold, is_below = form.get("threshold", "").strip(), form.get("direction") == "below"
    return AskedAlert(
        name=form.get("name", "").strip(),
        report=form.get("report", ""),
        to=form.get("to", "").strip(),
        above=None if is_below else threshold,
        below=threshold if is_below else None,
        range=form.get("range") or None,
        where=_lines(form, "where"),
        param=_lines(form, "param"),
        office_hours=bool(form.get("office_hours")),
    )


def _lines(form: Mapping[str, str], name: str) -> list[str]:
    lines = [line.strip() for line in form.get(name, "").splitlines() if line.strip()]
    if len(lines) > _MOST_LINES:
        raise InvalidQuestion(name, f"has {len(lines)} lines, and {_MOST_LINES} is the most")
    return lines


def _page(
    request: Request,
    backend: Backend,
    workspace: str,
    form: Mapping[str, str],
    fault: FormFault | None = None,
) -> HTMLResponse:
    with backend.connect() as connection:
        zone = ZoneInfo(read_time_zones(connection, [workspace])[workspace])
        alerts = read_alerts(connection, workspace)
        problem = mail_problem(connection, backend.settings)
    if fault is not None and fault.field in ("above", "below"):
        fault = fault._replace(field="threshold")
    by_name = groupby(by_category(backend.reports), key=lambda one: one.category)
    return workspace_page(
        request,
        backend,
        "alerts.html",
        _TITLE,
        workspace,
        200 if fault is None else 422,
        shown=[_shown(backend, one, zone) for one in alerts],
        zone=zone.key,
        categories={category: list(reports) for category, reports in by_name},
        ranges=[(one.value, PRESET_NAMES[one]) for one in Preset],
        form={name: form.get(name) or default for name, default in _FORM.items()},
        fault=fault,
        problem=problem,
    )


def _shown(backend: Backend, one: Alert, zone: ZoneInfo) -> Shown:
    report = backend.reports.get(one.report)
    unit = "" if report is None else report.unit
    asked = {"report": one.report, "workspace": one.workspace_id, "time_zone": zone.key}
    asked |= {name: one.question[name] for name in _SEVERAL if name in one.question}
    asked |= {"office_hours": "true"} if one.question.get("office_hours") else {}
    return Shown(
        one,
        one.report if report is None else report.title,
        f"/?{urlencode(asked, doseq=True)}",
        question_words(one),
        threshold_words(one, report),
        None if one.value is None else figure_text(one.value, unit),
        None if one.checked_at is None else local_text(one.checked_at, zone),
    )


def _figure(seen: Look) -> str | None:
    return None if seen.value is None else figure_text(seen.value, seen.report.unit)
