"""The office hours of a workspace and its teams, as other rooms use them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from indexer.office_hours.compiled import CompiledSchedule
from indexer.office_hours.schedule import Schedule
from indexer.office_hours.spans import Span

_ALWAYS_OPEN_ID = "24/7"

Clock = Callable[[int], int]
"""From an epoch second to a count of seconds that never falls: all durations are asked of one.

Only differences mean anything: the duration from `a` to `b` is `clock(b) - clock(a)`. Two clocks have no common zero.
"""


def elapsed(instant: int) -> int:
    """The clock of elapsed time."""
    return instant


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When a workspace is open, and those of its teams with hours of their own (which count in team metrics only).

    `id` is `24/7`, or a hash of the meaning of the schedules: it is the same however the same hours are written down.
    `warnings` tell people which parts of the input were read otherwise than they look. Two with the same id are equal.
    """

    id: str
    clock: Clock = field(compare=False, repr=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)
    _compiled: CompiledSchedule | None = field(default=None, compare=False, repr=False)
    team_clocks: Mapping[str, Clock] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, own: Schedule | None, teams: Mapping[str, Schedule | None], warnings: tuple[str, ...] = ()) -> Self:
        """Office hours from the workspace's schedule and those of teams by id; None is one that never closes."""
        differing = {team_id: schedule for team_id, schedule in teams.items() if schedule != own}
        compiled = CompiledSchedule(own) if own else None
        return cls(
            id=_id(own, differing),
            clock=_clock(compiled),
            warnings=warnings,
            _compiled=compiled,
            team_clocks={
                team_id: _clock(CompiledSchedule(schedule) if schedule else None)
                for team_id, schedule in differing.items()
            },
        )

    @property
    def always_open(self) -> bool:
        """Whether time within the workspace's own hours is elapsed time."""
        return self._compiled is None

    def intervals(self, start: int, end: int) -> list[Span]:
        """The workspace's open spans of epoch seconds in `[start, end)`, clipped to it, in order."""
        if self._compiled is None:
            return [(start, end)] if start < end else []
        return self._compiled.intervals(start, end)


def _clock(compiled: CompiledSchedule | None) -> Clock:
    return compiled.clock if compiled else elapsed


def _id(own: Schedule | None, teams: Mapping[str, Schedule | None]) -> str:
    if own is None and not teams:
        return _ALWAYS_OPEN_ID
    content = {
        "own": own and own.content(),
        "teams": {team_id: schedule and schedule.content() for team_id, schedule in teams.items()},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


ALWAYS_OPEN = OfficeHours(id=_ALWAYS_OPEN_ID, clock=elapsed)
"""Without a schedule, time within office hours is elapsed time."""
