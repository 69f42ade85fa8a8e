"""The pages of workspaces: their settings, a change of them shown before it is made, and their names."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from indexer.calendar.zone_names import time_zones
from indexer.datasets.registry import datasets
from indexer.errors import OperatorError, Refused
from indexer.intake.change_workspace import WorkspaceChange, change_workspace, plan_change
from indexer.keys import is_text
from indexer.office_hours.schedule import Hours
from indexer.office_hours.written_hours import WEEKDAYS, week_of
from indexer.store.entities.names import Named, list_names
from indexer.store.entities.revision_locks import hold_workspace
from indexer.store.entities.workspace_contents import list_workspaces
from indexer.store.entities.workspaces import Workspace, get_workspace, has_workspace
from indexer.store.queue.changes import due_shards
from indexer.web.operations.shared import done, operated, operator_page, refusals
from indexer.web.operations.workspace_form import (
    FIELDS,
    differences,
    form_of,
    names_text,
    read_change,
    read_names,
)
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.forms import Form
from indexer.web.requests.gates import Gate, through

router = APIRouter(include_in_schema=False)

_PATH = "/operations/workspace"

WorkspaceName = Annotated[str, Query(max_length=200)]


@router.get("/operations/workspaces", dependencies=[through(Gate.EVENTS)])
def show_workspaces(request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The workspaces that the caller operates."""
    named = operated(backend.access)
    with backend.connect() as connection:
        found = [one for one in list_workspaces(connection) if named is None or one.workspace.workspace_id in named]
    urls = [f"{_PATH}?{urlencode({'workspace': one.workspace.workspace_id})}" for one in found]
    return operator_page(request, backend, "workspaces.html", "Workspaces", workspaces=found, urls=urls)


@router.get(_PATH)
def show_settings(workspace: WorkspaceName, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The settings of a workspace in a form."""
    with backend.connect() as connection:
        return _settings_page(request, backend, connection, workspace)


@router.get(_PATH + "/change", dependencies=[through(Gate.EVENTS)])
def show_change(workspace: WorkspaceName, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """What the settings in the form would change, and how much would be computed again; nothing is saved."""
    form = {name: request.query_params.get(name, "") for name in FIELDS}
    with backend.connect() as connection:
        before = _found(connection, workspace)
        try:
            change = read_change(form, before)
        except Refused as fault:
            return _settings_page(request, backend, connection, workspace, form=form, fault=fault)
        with refusals():
            plan = plan_change(connection, workspace, change)
    return operator_page(
        request,
        backend,
        "confirm_settings.html",
        "Workspaces",
        workspace=workspace,
        url=f"{_PATH}?{urlencode({'workspace': workspace})}",
        differences=differences(plan),
        recomputed=[(count, dataset.entity.of(count)) for dataset, count in plan.recomputed.items()],
        fields=[*form.items(), ("seen", _seen(before))],
        weeks=None if "office_hours" not in change.settings else (_grid(plan.before), _grid(plan.after)),
        weekdays=WEEKDAYS,
    )


@router.post(_PATH, dependencies=[through(Gate.EVENTS)])
def save_settings(workspace: WorkspaceName, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Save the settings in the form; everything that is computed with them becomes due."""
    with backend.acting() as here, here.store.begin() as connection:
        _found(connection, workspace)
        hold_workspace(connection, workspace)  # so that of two who save at once, the second one is told
        before = _found(connection, workspace)
        if form.get("seen") != _seen(before):
            with refusals():
                raise OperatorError("the settings have been changed meanwhile", "look at them again, and change them")
        try:
            change = read_change(form, before)
        except Refused as fault:
            return _settings_page(request, backend, connection, workspace, form=form, fault=fault)
        saved = change_workspace(connection, workspace, change)
    note_action(request, workspace=workspace, set=change.said(), recomputed=saved.marked)
    if saved.marked:
        with backend.connect() as connection:
            shards = {each: due_shards(connection, each) for each in datasets()}
        backend.waker.wake(shards)
    return done("workspace_set", _PATH, saved.marked, workspace=workspace)


@router.post(_PATH + "/names", dependencies=[through(Gate.EVENTS)])
def save_names(workspace: WorkspaceName, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Save the names of teams and teammates; they change no document."""
    with backend.transaction() as connection:
        _found(connection, workspace)
        try:
            names = {kind: read_names(form.get(f"{kind}s", ""), f"{kind}s") for kind in Named}
        except Refused as fault:
            return _settings_page(request, backend, connection, workspace, fault=fault, names_form=form)
        change = WorkspaceChange({}, names)
        change_workspace(connection, workspace, change)
    note_action(request, workspace=workspace, set=change.said())
    return done("names_set", _PATH, workspace=workspace)


def _found(connection: Connection, workspace: str) -> Workspace:
    """The settings; raises `HTTPException` 404 if there is no such workspace."""
    if not is_text(workspace) or not has_workspace(connection, workspace):
        raise HTTPException(404, f"there is no workspace {workspace!r}")
    return get_workspace(connection, workspace)


def _seen(workspace: Workspace) -> str:
    return "" if workspace.updated_at is None else workspace.updated_at.isoformat()


def _settings_page(
    request: Request,
    backend: Backend,
    connection: Connection,
    workspace: str,
    *,
    form: Mapping[str, str] | None = None,
    fault: Refused | None = None,
    names_form: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The form with the present settings, or with what was sent and the fault in it."""
    found = _found(connection, workspace)
    names = {f"{kind}s": list_names(connection, workspace, kind) for kind in Named}
    texts = {kind: names_text(by_id) for kind, by_id in names.items()}
    teammates = names[f"{Named.TEAMMATE}s"]
    return operator_page(
        request,
        backend,
        "settings.html",
        "Workspaces",
        200 if fault is None else 422,
        workspace=workspace,
        query=urlencode({"workspace": workspace}),
        form=form_of(found) if form is None else {name: form.get(name, "") for name in FIELDS},
        fault=fault,
        weekdays=WEEKDAYS,
        week=_grid(found),
        teams_with_hours=sorted((found.office_hours or {}).get("teams") or {}),
        bots=[(id_, teammates.get(id_, "")) for id_ in found.bot_admin_ids],
        zones=sorted(time_zones()),
        names=texts if names_form is None else {kind: names_form.get(kind, "") for kind in texts},
    )


def _grid(workspace: Workspace) -> tuple[Hours, ...]:
    """The open minutes of each weekday, for the grid of the week."""
    return week_of(workspace.office_hours)
