"""The weeks of people's events: each is a partition, and ends as a whole when nobody may look at its events any more.

Only weeks of the last year are: all earlier ones, which a history that is imported may have, share one partition, since
every statement that looks for the events of a person locks each partition. Of it the rows are deleted.

A week here is 604,800 seconds, counted from 1970. Single events are kept for some days after both their time and
their arrival. Then the week is closed for the workspaces that had events in it, which is remembered: an event that
comes later may be one that was counted, so it is refused. A workspace whose first events of that week come later is
not concerned.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

import time
from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection

from indexer.store.entities.erased_people import ERASURE_KEY

WEEK: Final = 604_800
"""The length of a week in seconds."""

_RECENT: Final = 53
"""How many weeks back from now have a partition of their own."""

SHARE_WEEKS: Final = "pg_advisory_xact_lock_shared(6137017)"
"""The lock that `share_weeks` takes, for a statement that takes others too."""

_HOLD: Final = "SELECT pg_try_advisory_xact_lock(6137017)"
_CREATE: Final = "SELECT pg_advisory_xact_lock(6137018)"

_READ = f"""
SELECT given.week, known.closed_at IS NOT NULL AS closed,
    to_regclass('person_events_' || given.week) IS NOT NULL AS made,
    coalesce(known.saved_at > now() - interval '1 hour', false) AS fresh,
    ({ERASURE_KEY}) AS erasure_key
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
CREATE TABLE {table} (LIKE person_events INCLUDING ALL);
ALTER TABLE {table} ADD CONSTRAINT within CHECK (at >= {begin} AND at < {end});
ALTER TABLE person_events ATTACH PARTITION {table} FOR VALUES FROM ({begin}) TO ({end});
ALTER TABLE {table} DROP CONSTRAINT within;
"""

_READ_PARTITIONS = """
SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'person_events'::regclass
"""

# A week of which one workspace has new events stays for all.
_ENDED = """
SELECT week FROM person_event_weeks WHERE closed_at IS NULL AND (week + 1) * %(length)s::bigint <= %(before)s
GROUP BY week HAVING max(saved_at) < to_timestamp(%(before)s) ORDER BY week
"""

_CLOSE = """
WITH closed AS (
    UPDATE person_event_weeks SET closed_at = now() WHERE week = ANY(%(weeks)s) AND closed_at IS NULL
    RETURNING workspace_id, week
)
DELETE FROM waiting_person_events AS awaited USING closed
WHERE awaited.workspace_id = closed.workspace_id AND awaited.at / %(length)s::bigint = closed.week
"""

_DELETE = "DELETE FROM {table} WHERE at / %(length)s::bigint = ANY(%(weeks)s)"

_EARLIER = "person_events_before_"


class _Partitions(NamedTuple):
    """The weeks with a partition of their own, and the week before which all others share one, if there is that one."""

    weeks: frozenset[int]
    before: int | None

    def have(self, week: int) -> bool:
        return week in self.weeks or (self.before is not None and week < self.before)


class Weeks(NamedTuple):
    """Weeks of a workspace: those that are closed, and of the open ones those without a partition or a fresh touch.

    `erasure_key` is the key of the hashes of erased people, None if nobody of the workspace was erased.
    """

    closed: frozenset[int]
    missing: frozenset[int]
    stale: frozenset[int]
    erasure_key: bytes | None


def share_weeks(connection: Connection) -> None:
    """Keep all weeks as they are until the transaction ends; other savers may do so at the same time."""
    connection.exec_driver_sql(f"SELECT {SHARE_WEEKS}")


def read_weeks(connection: Connection, workspace_id: str, times: Iterable[int]) -> Weeks:
    """The weeks of these times (epoch seconds), with the key of erasures, since both are read for every batch."""
    weeks = sorted({at // WEEK for at in times})
    rows = connection.exec_driver_sql(_READ, {"workspace_id": workspace_id, "weeks": weeks}).all()
    return Weeks(
        closed=frozenset(row.week for row in rows if row.closed),
        missing=frozenset(row.week for row in rows if not row.closed and not row.made),
        stale=frozenset(row.week for row in rows if not row.closed and not row.fresh),
        erasure_key=next((bytes(row.erasure_key) for row in rows if row.erasure_key is not None), None),
    )


def open_weeks(connection: Connection, workspace_id: str, weeks: Weeks, times: Iterable[int]) -> None:
    """Make those of the weeks that are not closed ready to save events of these times in (epoch seconds).

    The caller shares the weeks, and has not changed any row yet.
    """
    used = {at // WEEK for at in times}
    if missing := sorted(used & weeks.missing):
        _make(connection, missing)
    if stale := sorted(used & weeks.stale):
        connection.exec_driver_sql(_TOUCH, {"workspace_id": workspace_id, "weeks": stale})


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
    connection.exec_driver_sql(_CLOSE, {"weeks": weeks, "length": WEEK})
    partitions = _read_partitions(connection)
    for week in partitions.weeks.intersection(weeks):
        connection.exec_driver_sql(f"DROP TABLE person_events_{week}")
    if partitions.before is not None:
        table = f"{_EARLIER}{partitions.before}"
        connection.exec_driver_sql(_DELETE.format(table=table), {"weeks": weeks, "length": WEEK})
        # The next one may hold more weeks.
        if not connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {table})").scalar_one():
            connection.exec_driver_sql(f"DROP TABLE {table}")
    return weeks


def _make(connection: Connection, weeks: Iterable[int]) -> None:
    """Make the partitions that these weeks lack."""
    if all(map(_read_partitions(connection).have, weeks)):
        return
    connection.exec_driver_sql(_CREATE)
    partitions = _read_partitions(connection)
    missing = [week for week in weeks if not partitions.have(week)]
    recent = int(time.time()) // WEEK - _RECENT
    if partitions.before is None and any(week < recent for week in missing):
        before = min((recent, *partitions.weeks))
        partitions = partitions._replace(before=before)
        made = _MAKE.format(table=f"{_EARLIER}{before}", begin=0, end=before * WEEK)
        connection.exec_driver_sql(made)
    for week in missing:
        if not partitions.have(week):
            made = _MAKE.format(table=f"person_events_{week}", begin=week * WEEK, end=(week + 1) * WEEK)
            connection.exec_driver_sql(made)


def _read_partitions(connection: Connection) -> _Partitions:
    names = list(connection.exec_driver_sql(_READ_PARTITIONS).scalars())
    earlier = [int(name.removeprefix(_EARLIER)) for name in names if name.startswith(_EARLIER)]
    weeks = (name.removeprefix("person_events_") for name in names if not name.startswith(_EARLIER))
    return _Partitions(frozenset(map(int, weeks)), next(iter(earlier), None))
