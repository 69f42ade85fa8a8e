"""The pages of workspaces: their settings, a change of them shown before it is made, and their names."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from indexer.calendar.zone_names import time_zones
from indexer.dashboards.table_order import TableOrder
from indexer.errors import Refused
from indexer.intake.change_workspace import WorkspaceChange, change_workspace, plan_change
from indexer.office_hours.written_hours import WEEKDAYS, week_of
from indexer.store.entities.names import Named, list_names
from indexer.store.entities.workspace_contents import CountedWorkspace, list_workspaces
from indexer.web.operations.row_tables import OrderOfTable, RowColumn
from indexer.web.operations.settings_change import (
    PATH,
    address,
    confirm_page,
    found_workspace,
    held_workspace,
    wake_workers,
)
from indexer.web.operations.shared import WorkspaceName, done, operated, operator_page, refusals
from indexer.web.operations.team_form import teams_to_choose
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


_COLUMNS: Sequence[RowColumn[CountedWorkspace]] = (
    RowColumn("Workspace", lambda one: one.workspace.workspace_id),
    RowColumn("Conversations", lambda one: one.conversations, is_figure=True),
    RowColumn("Datasets", lambda one: ", ".join(one.datasets) or None),
    RowColumn("Time zone", lambda one: one.workspace.time_zone),
    RowColumn("Office hours", lambda one: "set" if one.workspace.office_hours else "around the clock"),
    RowColumn("Bots", lambda one: len(one.workspace.bot_admin_ids), is_figure=True),
    RowColumn("Changed", lambda one: one.workspace.updated_at),
)


@router.get("/operations/workspaces", dependencies=[through(Gate.EVENTS)])
def show_workspaces(request: Request, backend: BackendOfRequest, orders: OrderOfTable) -> HTMLResponse:
    """The workspaces that the caller operates."""
    named = operated(backend.access)
    with backend.connect() as connection:
        found = [one for one in list_workspaces(connection) if named is None or one.workspace.workspace_id in named]
    table = orders.table(1, _COLUMNS, found, TableOrder(0))
    return operator_page(request, backend, "workspaces.html", "Workspaces", table=table)


@router.get(PATH)
def show_settings(workspace: WorkspaceName, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The settings of a workspace in a form."""
    with backend.connect() as connection:
        return _settings_page(request, backend, connection, workspace)


@router.get(PATH + "/change", dependencies=[through(Gate.EVENTS)])
def show_change(workspace: WorkspaceName, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """What the settings in the form would change, and how much would be computed again; nothing is saved."""
    form = {name: request.query_params.get(name, "") for name in FIELDS}
    with backend.connect() as connection:
        before = found_workspace(connection, workspace)
        try:
            change = read_change(form, before)
        except Refused as fault:
            return _settings_page(request, backend, connection, workspace, form=form, fault=fault)
        with refusals():
            plan = plan_change(connection, workspace, change)
    hours = [one.office_hours for one in (plan.before, plan.after)]
    return confirm_page(
        request,
        backend,
        plan,
        what=workspace,
        url=address(PATH, workspace=workspace),
        form=form,
        differences=differences(plan),
        weeks=(week_of(hours[0]), week_of(hours[1])) if "office_hours" in change.settings else None,
    )


@router.post(PATH, dependencies=[through(Gate.EVENTS)])
def save_settings(workspace: WorkspaceName, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Save the settings in the form; everything that is computed with them becomes due."""
    with backend.acting() as here, here.store.begin() as connection:
        before = held_workspace(connection, workspace, form)
        try:
            change = read_change(form, before)
        except Refused as fault:
            return _settings_page(request, backend, connection, workspace, form=form, fault=fault)
        saved = change_workspace(connection, workspace, change)
    note_action(request, workspace=workspace, set=change.said(), recomputed=saved.marked)
    wake_workers(backend, saved.marked)
    return done("workspace_set", PATH, saved.marked, workspace=workspace)


@router.post(PATH + "/names", dependencies=[through(Gate.EVENTS)])
def save_names(workspace: WorkspaceName, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Save the names of teams and teammates; they change no document."""
    with backend.transaction() as connection:
        found_workspace(connection, workspace)
        try:
            names = {kind: read_names(form.get(f"{kind}s", ""), f"{kind}s") for kind in Named}
        except Refused as fault:
            return _settings_page(request, backend, connection, workspace, fault=fault, names_form=form)
        change = WorkspaceChange({}, names)
        change_workspace(connection, workspace, change)
    note_action(request, workspace=workspace, set=change.said())
    return done("names_set", PATH, workspace=workspace)


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
    found = found_workspace(connection, workspace)
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
        names_url=address(f"{PATH}/names", workspace=workspace),
        form=form_of(found) if form is None else {name: form.get(name, "") for name in FIELDS},
        fault=fault,
        weekdays=WEEKDAYS,
        week=week_of(found.office_hours),
        teams=teams_to_choose(found, names[f"{Named.TEAM}s"]),
        team_url=address(f"{PATH}/team", workspace=workspace),
        bots=[(id_, teammates.get(id_, "")) for id_ in found.bot_admin_ids],
        zones=sorted(time_zones()),
        names=texts if names_form is None else {kind: names_form.get(kind, "") for kind in texts},
    )
