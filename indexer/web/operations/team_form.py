"""The form with the office hours of a team: out of the settings of its workspace, and into a change of them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from indexer.errors import Refused
from indexer.intake.change_workspace import PlannedChange, WorkspaceChange
from indexer.keys import is_text, is_too_long
from indexer.office_hours.schedule import Hours
from indexer.office_hours.team_hours import hours_of_team, read_team_hours, teams_with_hours
from indexer.office_hours.written_hours import week_of, written_hours
from indexer.store.entities.workspaces import Workspace
from indexer.web.operations.hours_form import (
    ALWAYS,
    OF_WORKSPACE,
    WEEKLY,
    Difference,
    Open,
    differences_of_hours,
    faults_of_hours,
    fields_of_hours,
    hours_in,
)


class Team(NamedTuple):
    """A team to choose, with its name (empty if none is known)."""

    team_id: str
    name: str


class TeamsToChoose(NamedTuple):
    """The teams with hours of their own, and the others that have names; each in the order of the names."""

    own: list[Team]
    others: list[Team]


def teams_to_choose(workspace: Workspace, names: Mapping[str, str]) -> TeamsToChoose:
    """All teams that are known; those without a name come last."""
    own = teams_with_hours(workspace.office_hours)
    return TeamsToChoose(_by_name(own, names), _by_name(names.keys() - set(own), names))


def _by_name(ids: Iterable[str], names: Mapping[str, str]) -> list[Team]:
    teams = [Team(id_, names.get(id_, "")) for id_ in ids]
    return sorted(teams, key=lambda team: (not team.name, team.name.casefold(), len(team.team_id), team.team_id))


def can_have_hours(workspace: Workspace, team_id: str) -> bool:
    """Whether this can be the id of a team. All that have hours already can be chosen."""
    is_usable = bool(team_id.strip()) and is_text(team_id) and not is_too_long(team_id)
    return is_usable or team_id in teams_with_hours(workspace.office_hours)


def form_of_team(workspace: Workspace, team_id: str) -> dict[str, str]:
    """The fields with the hours in force; those of the workspace are there to begin with if the team has none."""
    found = _open(workspace, team_id)
    fields = fields_of_hours(found.hours, workspace.time_zone)
    return fields | {"hours": OF_WORKSPACE} if found.is_of_workspace else fields


def week_of_team(workspace: Workspace, team_id: str) -> tuple[Hours, ...]:
    """The open minutes of each weekday, Monday first, for the grid of the week."""
    own = hours_of_team(workspace.office_hours, team_id)
    return week_of(workspace.office_hours if own is None else own)


def read_team_change(form: Mapping[str, str], before: Workspace, team_id: str) -> WorkspaceChange:
    """The change of the workspace that the form asks for; raises `Refused` with the name of the field."""
    chosen = form.get("hours")
    if chosen not in {OF_WORKSPACE, ALWAYS, WEEKLY}:
        raise Refused("hours", "none of the choices is made")
    with faults_of_hours():
        written = None if chosen == OF_WORKSPACE else hours_in(form, before.time_zone)
        hours = read_team_hours(written, before.office_hours, team_id)
    return WorkspaceChange({} if hours == before.office_hours else {"office_hours": hours}, {})


def team_differences(plan: PlannedChange, team_id: str) -> list[Difference]:
    """What a change does to the hours of the team, field by field."""
    return list(differences_of_hours(_open(plan.before, team_id), _open(plan.after, team_id)))


def _open(workspace: Workspace, team_id: str) -> Open:
    own = hours_of_team(workspace.office_hours, team_id)
    return Open(written_hours(workspace.office_hours if own is None else own), own is None)
