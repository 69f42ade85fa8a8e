"""The weeks of people's events: each is a partition, and ends as a whole when nobody may look at its events any more.

A week here is 604,800 seconds, counted from 1970. Single events are kept for some days after both their time and
their arrival. Then the week is closed for the workspaces that had events in it, which is remembered: an event that
comes later may be one that was counted, so it is refused. A workspace whose first events of that week come later is
not concerned.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

WEEK: Final = 604_800
"""The length of a week in seconds."""

_SHARE: Final = "SELECT pg_advisory_xact_lock_shared(6137017)"
_HOLD: Final = "SELECT pg_try_advisory_xact_lock(6137017)"
_CREATE: Final = "SELECT pg_advisory_xact_lock(6137018)"

_READ = """
SELECT given.week, known.closed_at IS NOT NULL AS closed,
    to_regclass('person_events_' || given.week) IS NOT NULL AS made,
    coalesce(known.saved_at > now() - interval '1 hour', false) AS fresh
FROM unnest(%(weeks)s::integer[]) AS given (week)
LEFT JOIN person_event_weeks AS known ON known.workspace_id = %(workspace_id)s AND known.week = given.week
"""

_TOUCH = """
INSERT INTO person_event_weeks AS known (workspace_id, week, saved_at)
SELECT %(workspace_id)s, week, now() FROM unnest(%(weeks)s::integer[]) AS given (week) ORDER BY week
ON CONFLICT (workspace_id, week) DO UPDATE SET saved_at = now()
"""

# Attached, not created as a partition: that would stop everybody who reads or saves events.
_MAKE = """
CREATE TABLE person_events_{week} (LIKE person_events INCLUDING ALL);
ALTER TABLE person_events_{week} ADD CONSTRAINT within CHECK (at >= {begin} AND at < {end});
ALTER TABLE person_events ATTACH PARTITION person_events_{week} FOR VALUES FROM ({begin}) TO ({end});
ALTER TABLE person_events_{week} DROP CONSTRAINT within;
"""

# A week of which one workspace has new events stays for all.
_ENDED = """
SELECT week FROM person_event_weeks WHERE closed_at IS NULL AND (week + 1) * %(length)s::bigint <= %(before)s
GROUP BY week HAVING max(saved_at) < to_timestamp(%(before)s) ORDER BY week
"""

_CLOSE = """
WITH closed AS (
    UPDATE person_event_weeks SET closed_at = now() WHERE week = %(week)s AND closed_at IS NULL RETURNING workspace_id
)
DELETE FROM awaited_person_events AS awaited USING closed
WHERE awaited.workspace_id = closed.workspace_id AND awaited.at >= %(begin)s AND awaited.at < %(end)s
"""


def share_weeks(connection: Connection) -> None:
    """Keep all weeks as they are until the transaction ends; other savers may do so at the same time."""
    connection.exec_driver_sql(_SHARE)


def open_weeks(connection: Connection, workspace_id: str, times: Iterable[int]) -> frozenset[int]:
    """Make the weeks of these times (epoch seconds) ready to save events in; returns those that are closed.

    The caller shares the weeks, and has not changed any row yet.
    """
    weeks = sorted({at // WEEK for at in times})
    rows = connection.exec_driver_sql(_READ, {"workspace_id": workspace_id, "weeks": weeks}).all()
    missing = [row.week for row in rows if not row.closed and not row.made]
    if missing:
        connection.exec_driver_sql(_CREATE)
        for row in connection.exec_driver_sql(_READ, {"workspace_id": workspace_id, "weeks": missing}).all():
            if not row.made:
                begin = row.week * WEEK
                connection.exec_driver_sql(_MAKE.format(week=int(row.week), begin=begin, end=begin + WEEK))
    stale = [row.week for row in rows if not row.closed and not row.fresh]
    if stale:
        connection.exec_driver_sql(_TOUCH, {"workspace_id": workspace_id, "weeks": stale})
    return frozenset(row.week for row in rows if row.closed)


def close_weeks(connection: Connection, before: float) -> list[int]:
    """Drop the events of the weeks that ended before that time (epoch seconds), if none of them arrived after it.

    Their summaries stay. Closes nothing, and can be tried again later, while another process saves events. Returns the
    weeks that were closed.
    """
    weeks: list[int] = list(connection.exec_driver_sql(_ENDED, {"before": before, "length": WEEK}).scalars())
    if not weeks or not connection.exec_driver_sql(_HOLD).scalar_one():
        return []
    connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
    # Once more, since somebody may have saved before the weeks were held.
    weeks = list(connection.exec_driver_sql(_ENDED, {"before": before, "length": WEEK}).scalars())
    for week in weeks:
        begin = week * WEEK
        connection.exec_driver_sql(_CLOSE, {"week": week, "begin": begin, "end": begin + WEEK})
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS person_events_{int(week)}")
    return weeks
