"""The office hours of a workspace: its own schedule, and those of teams that have one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from indexer.errors import Refused
from indexer.office_hours.compiled import Clock, OpenTime, elapsed
from indexer.office_hours.schedule import OfficeHoursSchedule, Schedule

_EMPTY_WEEK = "a schedule without time_intervals is taken as open around the clock"


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """What durations within office hours are measured with.

    `id` is a hash of what the schedules mean, `24/7` if they change nothing: two ways to write the same hours have
    the same id. `clock` is the workspace's; `warnings` say what was understood otherwise than it may have been meant.
    """

    id: str
    clock: Clock
    always_open: bool
    warnings: tuple[str, ...] = ()
    _open_time: OpenTime | None = None
    _team_clocks: Mapping[str, Clock] = field(default_factory=dict)

    def team_clock(self, team_id: str) -> Clock:
        """The clock of a team: its own, or the workspace's."""
        return self._team_clocks.get(team_id, self.clock)

    def intervals(self, start: int, end: int) -> list[tuple[int, int]]:
        """The open intervals of the workspace within [start, end), in epoch seconds."""
        if self._open_time is None:
            return [(start, end)] if start < end else []
        return self._open_time.intervals(start, end)


ALWAYS_OPEN = OfficeHours("24/7", elapsed, always_open=True)


def parse_office_hours(data: object) -> OfficeHours:
    """Office hours from their decoded JSON (CONTRACT shape, docs/office-hours.md).

    Liberal about unknown keys; raises `Refused` with the path of what cannot be meant.
    """
    if not isinstance(data, dict):
        raise Refused("", "office hours are an object with time_zone_name and time_intervals")
    teams = data.get("teams") or {}
    if not isinstance(teams, dict):
        raise Refused("teams", "is an object of schedules by team id")
    own, warnings = _schedule(data, "")
    team_schedules: dict[str, Schedule] = {}
    for team_id, team_data in teams.items():
        team_schedules[str(team_id)], more = _schedule(team_data, f"teams.{team_id}")
        warnings += more
    if not own.week and not any(schedule.week for schedule in team_schedules.values()):
        return OfficeHours("24/7", elapsed, always_open=True, warnings=warnings)
    open_time = OpenTime(own) if own.week else None
    return OfficeHours(
        id=_hash(own, team_schedules),
        clock=open_time.clock if open_time else elapsed,
        always_open=open_time is None,
        warnings=warnings,
        _open_time=open_time,
        _team_clocks={
            team_id: OpenTime(schedule).clock if schedule.week else elapsed
            for team_id, schedule in team_schedules.items()
        },
    )


def _schedule(data: object, path: str) -> tuple[Schedule, tuple[str, ...]]:
    try:
        written = OfficeHoursSchedule.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(_path(path, first["loc"]), first["msg"].removeprefix("Value error, ")) from error
    empty = not written.twenty_four_seven and not written.time_intervals
    warning = f"{path}: {_EMPTY_WEEK}" if path else _EMPTY_WEEK
    return written.schedule(), (warning,) if empty else ()


def _path(path: str, location: tuple[int | str, ...]) -> str:
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _hash(own: Schedule, teams: Mapping[str, Schedule]) -> str:
    meaning = {"own": _plain(own), "teams": {team_id: _plain(schedule) for team_id, schedule in sorted(teams.items())}}
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:16]


def _plain(schedule: Schedule) -> dict[str, Any]:
    return {
        "zone": schedule.zone,
        "week": schedule.week,
        "dates": {str(day): intervals for day, intervals in schedule.dates.items()},
        "yearly": {f"{month:02}-{day:02}": intervals for (month, day), intervals in schedule.yearly.items()},
    }
