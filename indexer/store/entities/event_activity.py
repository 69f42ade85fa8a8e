"""How often people did something, period by period: from single events, and from the first time of each person."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.people import PEOPLE
from indexer.store.entities.event_weeks import WEEK

# The place of a time among the bounds is that of its period, from 1; that of the last bound is beyond.
_FIRST_USES = """
SELECT width_bucket(first_at, %(bounds)s::bigint[]) AS place, count(*) AS people FROM person_event_summaries
WHERE workspace_id = %(workspace_id)s AND name = %(name)s GROUP BY 1
"""

_EVENTS = """
SELECT width_bucket(at, %(bounds)s::bigint[]) AS place, count(*), count(DISTINCT person_id) FROM person_events
WHERE workspace_id = %(workspace_id)s AND name = %(name)s AND at >= %(first)s AND at < %(after)s GROUP BY 1
"""

_GONE = """
SELECT week FROM person_event_weeks
WHERE workspace_id = %(workspace_id)s AND closed_at IS NOT NULL AND week BETWEEN %(first)s AND %(last)s
"""

_PEOPLE = f"""
SELECT count(*) FROM records WHERE workspace_id = %(workspace_id)s AND {PEOPLE.table.own} AND NOT deleted
"""  # noqa: S608 (the dataset's own condition)


class PeriodActivity(NamedTuple):
    """One period: the events and the people who did them, and the people who did it for the first time.

    `events` and `people` are None if some of the single events of the period are no longer kept. `so_far` are the
    people who had done it by the end of the period.
    """

    events: int | None
    people: int | None
    first_uses: int
    so_far: int


class EventActivity(NamedTuple):
    """The periods in their order, and the number of all people of the workspace."""

    periods: list[PeriodActivity]
    everybody: int


def read_event_activity(connection: Connection, workspace_id: str, name: str, bounds: Sequence[int]) -> EventActivity:
    """What people did under one name between each two of the bounds (epoch seconds, rising; one more than periods)."""
    asked = {"workspace_id": workspace_id, "name": name, "bounds": list(bounds)}
    first, after = bounds[0], bounds[-1]
    first_uses = {row.place: row.people for row in connection.exec_driver_sql(_FIRST_USES, asked)}
    rows = connection.exec_driver_sql(_EVENTS, {**asked, "first": first, "after": after})
    events = {place: (count, people) for place, count, people in rows}
    weeks = {"workspace_id": workspace_id, "first": first // WEEK, "last": (after - 1) // WEEK}
    gone = set(connection.exec_driver_sql(_GONE, weeks).scalars())
    so_far = first_uses.get(0, 0)
    found = []
    for place in range(1, len(bounds)):
        begin, end = bounds[place - 1], bounds[place]
        so_far += first_uses.get(place, 0)
        is_kept = gone.isdisjoint(range(begin // WEEK, (end - 1) // WEEK + 1))
        count, people = events.get(place, (0, 0)) if is_kept else (None, None)
        found.append(PeriodActivity(count, people, first_uses.get(place, 0), so_far))
    everybody: int = connection.exec_driver_sql(_PEOPLE, {"workspace_id": workspace_id}).scalar_one()
    return EventActivity(found, everybody)
