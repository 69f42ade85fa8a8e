"""Office hours that a side may have been measured with instead of those in force."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from indexer.office_hours import ALWAYS_OPEN, OfficeHours
from indexer.office_hours.schedule_reader import parse_office_hours
from indexer.store.entities.workspaces import Workspace


def other_office_hours(workspace: Workspace) -> Mapping[str, OfficeHours]:
    """By name: always open; if the workspace has a schedule, also its teams' and those easily mistaken for its own."""
    if workspace.office_hours is None:
        return {"24/7": ALWAYS_OPEN}
    return _others(orjson.dumps(workspace.office_hours))


@lru_cache(maxsize=128)
def _others(schedule: bytes) -> Mapping[str, OfficeHours]:
    """Compiled once for all conversations; the schedule, with those of teams, was checked when it was saved."""
    said: dict[str, Any] = orjson.loads(schedule)
    teams: Mapping[str, Any] = said.get("teams") or {}
    found = {"24/7": ALWAYS_OPEN}
    if said.get("exceptions"):
        found["without exceptions"] = parse_office_hours(said | {"exceptions": None})
    if said.get("time_zone_name") not in {None, "UTC"}:
        found["in UTC"] = parse_office_hours(said | {"time_zone_name": "UTC"})
    return found | {f"team {team_id}": parse_office_hours(team) for team_id, team in teams.items() if team is not None}
