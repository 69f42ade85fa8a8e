"""The page with the office hours of a team, and a change of them shown before it is made."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from indexer.calendar.zone_names import time_zones
from indexer.errors import Refused
from indexer.intake.change_workspace import change_workspace, plan_change
from indexer.office_hours.written_hours import WEEKDAYS
from indexer.reports import InvalidQuestion
from indexer.store.entities.names import Named, read_names
from indexer.store.entities.workspaces import Workspace
from indexer.web.operations.hours_form import HOURS_FIELDS
from indexer.web.operations.settings_change import (
    PATH,
    address,
    confirm_page,
    found_workspace,
    held_workspace,
    wake_workers,
)
from indexer.web.operations.shared import WorkspaceName, done, operator_page, refusals
from indexer.web.operations.team_form import (
    can_have_hours,
    form_of_team,
    read_team_change,
    team_differences,
    week_of_team,
)
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.forms import Form
from indexer.web.requests.gates import Gate, through

router = APIRouter(include_in_schema=False)

_PATH = f"{PATH}/team"

_TeamId = Annotated[str, Query(max_length=600)]


@router.get(_PATH)
def show_team(
    workspace: WorkspaceName, request: Request, backend: BackendOfRequest, team: _TeamId = "", other: _TeamId = ""
) -> HTMLResponse:
    """The hours of a team in a form; `other` is a team that is not among those to choose."""
    with backend.connect() as connection:
        found = found_workspace(connection, workspace)
        return _team_page(request, backend, connection, found, other.strip() or team)


@router.get(_PATH + "/change", dependencies=[through(Gate.EVENTS)])
def show_team_change(
    workspace: WorkspaceName, team: _TeamId, request: Request, backend: BackendOfRequest
) -> HTMLResponse:
    """What the hours in the form would change, and how much would be computed again; nothing is saved."""
    form = {name: request.query_params.get(name, "") for name in HOURS_FIELDS}
    with backend.connect() as connection:
        before = found_workspace(connection, workspace)
        _expect_team(before, team)
        try:
            change = read_team_change(form, before, team)
        except Refused as fault:
            return _team_page(request, backend, connection, before, team, form=form, fault=fault)
        with refusals():
            plan = plan_change(connection, workspace, change)
        name = _name(connection, workspace, team)
    return confirm_page(
        request,
        backend,
        plan,
        what=f"the hours of {name or team}",
        url=address(_PATH, workspace=workspace, team=team),
        form=form,
        differences=team_differences(plan, team) if change.settings else (),
        weeks=(week_of_team(plan.before, team), week_of_team(plan.after, team)),
    )


@router.post(_PATH, dependencies=[through(Gate.EVENTS)])
def save_team(
    workspace: WorkspaceName, team: _TeamId, form: Form, request: Request, backend: BackendOfRequest
) -> Response:
    """Save the hours in the form; everything that is computed with them becomes due."""
    with backend.acting() as here, here.store.begin() as connection:
        before = held_workspace(connection, workspace, form)
        _expect_team(before, team)
        try:
            change = read_team_change(form, before, team)
        except Refused as fault:
            return _team_page(request, backend, connection, before, team, form=form, fault=fault)
        saved = change_workspace(connection, workspace, change)
    note_action(request, workspace=workspace, target=team, set=["office hours of a team"], recomputed=saved.marked)
    wake_workers(backend, saved.marked)
    return done("team_hours_set", _PATH, saved.marked, workspace=workspace, team=team)


def _expect_team(workspace: Workspace, team: str) -> None:
    if not can_have_hours(workspace, team):
        raise InvalidQuestion("team", "is not the id of a team" if team.strip() else "is missing; choose a team")


def _name(connection: Connection, workspace: str, team: str) -> str:
    """The name of the team, empty if none is known."""
    return read_names(connection, workspace, Named.TEAM, [team]).get(team, "")


def _team_page(
    request: Request,
    backend: Backend,
    connection: Connection,
    workspace: Workspace,
    team: str,
    *,
    form: Mapping[str, str] | None = None,
    fault: Refused | None = None,
) -> HTMLResponse:
    """The form with the present hours, or with what was sent and the fault in it."""
    _expect_team(workspace, team)
    return operator_page(
        request,
        backend,
        "team_hours.html",
        "Workspaces",
        200 if fault is None else 422,
        workspace=workspace.workspace_id,
        workspace_url=address(PATH, workspace=workspace.workspace_id),
        team=team,
        name=_name(connection, workspace.workspace_id, team),
        form=form_of_team(workspace, team) if form is None else {name: form.get(name, "") for name in HOURS_FIELDS},
        fault=fault,
        weekdays=WEEKDAYS,
        week=week_of_team(workspace, team),
        zones=sorted(time_zones()),
    )
