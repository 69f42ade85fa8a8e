"""Who is at work when: the teammates' shifts over the whole history, looked up by the half hour."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from indexer.sample.authors import Team, Teammate
from indexer.sample.office_hours import SHORT_DAY_ENDS, is_holiday, is_short
from indexer.sample.sample_workspace import TEAMMATES, TEAMS

_SLOT = 30 * 60

Roster = tuple[Teammate, ...]


class Rota:
    """The shifts of all teammates between two instants (epoch seconds)."""

    def __init__(self, start: int, end: int) -> None:
        """Lay out every shift that touches `start` to `end`."""
        self._start = start // _SLOT * _SLOT
        self._end = end
        slots = (end - self._start) // _SLOT + 1
        on_shift: dict[Team, list[list[Teammate]]] = {team: [[] for _ in range(slots)] for team in TEAMS}
        self._shift_starts: dict[Teammate, list[int]] = {}
        for mate in TEAMMATES:
            shifts = list(shifts_of(mate, start, end))
            self._shift_starts[mate] = [begins for begins, _ in shifts]
            team_slots = on_shift[mate.team]
            for begins, ends in shifts:
                first = max(0, (begins - self._start) // _SLOT)
                for slot in range(first, min(slots, (ends - self._start) // _SLOT)):
                    team_slots[slot].append(mate)
        same: dict[Roster, Roster] = {}
        self._rosters: dict[Team, list[Roster]] = {
            team: [same.setdefault(roster, roster) for roster in map(tuple, team_slots)]
            for team, team_slots in on_shift.items()
        }
        self._covered = {
            team: [slot for slot, roster in enumerate(rosters) if roster] for team, rosters in self._rosters.items()
        }

    def on_shift(self, team: Team, at: int) -> Roster:
        """The teammates of `team` who work at `at` (before the end of the history)."""
        return self._rosters[team][(at - self._start) // _SLOT]

    def next_covered(self, team: Team, at: int) -> int:
        """The first instant, `at` itself or later, at which somebody of `team` works; else the history's end."""
        slot = (at - self._start) // _SLOT
        covered = self._covered[team]
        place = bisect_left(covered, slot)
        if place == len(covered):
            return self._end
        return at if covered[place] == slot else self._start + covered[place] * _SLOT

    def next_shift(self, mate: Teammate, at: int) -> int:
        """When the first shift of `mate` after `at` begins; the history's end if none does."""
        starts = self._shift_starts[mate]
        place = bisect_right(starts, at)
        return starts[place] if place < len(starts) else self._end


def shifts_of(mate: Teammate, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The shifts of one teammate as pairs of epoch seconds, holidays left out and short days cut."""
    shift = mate.shift
    zone = ZoneInfo(shift.time_zone)
    day = datetime.fromtimestamp(start, UTC).date() - timedelta(days=1)
    last = datetime.fromtimestamp(end, UTC).date()
    while day <= last:
        if day.weekday() in shift.weekdays and not is_holiday(day):
            ends = min(shift.ends, SHORT_DAY_ENDS) if is_short(day) else shift.ends
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            yield (
                int((midnight + timedelta(minutes=shift.starts)).timestamp()),
                int((midnight + timedelta(minutes=ends)).timestamp()),
            )
        day += timedelta(days=1)
