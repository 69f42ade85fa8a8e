"""The hours of single teams within the office hours of a workspace."""

from collections.abc import Mapping
from typing import Any

from indexer.office_hours.written_hours import WrittenHours, read_hours

_ALWAYS = {"twenty_four_seven": True}


def teams_with_hours(given: Mapping[str, Any] | None) -> list[str]:
    """The ids of the teams that have hours of their own in a schedule that `parse_office_hours` accepts."""
    return [team_id for team_id, own in ((given or {}).get("teams") or {}).items() if own is not None]


def hours_of_team(given: Mapping[str, Any] | None, team_id: str) -> dict[str, Any] | None:
    """The team's own schedule in such a schedule; None if the team has the workspace's hours."""
    own = ((given or {}).get("teams") or {}).get(team_id)
    # A schedule of a team has no teams: whatever is written there has no meaning.
    return None if own is None else {key: value for key, value in own.items() if key != "teams"}


def read_team_hours(
    written: WrittenHours | None, before: Mapping[str, Any] | None, team_id: str
) -> dict[str, Any] | None:
    """The schedule of the workspace in which the team has the hours that are written, or none of its own for None.

    All other hours stay as they were `before`, and so does everything if the team's hours mean the same as before.
    Hours that mean the same as the workspace's are hours of its own nevertheless: they stay if the workspace's change.
    Raises `Refused` with the name of the field, as `read_hours` does.
    """
    present = hours_of_team(before, team_id)
    own = None
    if written is not None:
        found = read_hours(written, present)
        own = _ALWAYS if found is None else found
    if own == present:
        return None if before is None else dict(before)
    teams = dict((before or {}).get("teams") or {})
    teams.pop(team_id, None)
    if own is not None:
        teams[team_id] = dict(own)
    rest = {key: value for key, value in (before or _ALWAYS).items() if key != "teams"}
    whole = rest | {"teams": teams} if teams else rest
    return None if whole in ({}, _ALWAYS) else whole
