"""What a person had done up to an earlier moment, as far as single events are still stored."""

from typing import NamedTuple

from sqlalchemy import Connection

from indexer.store.entities.event_weeks import WEEK

_READ = """
SELECT name, count(*) FILTER (WHERE at > %(moment)s) AS later, max(at) FILTER (WHERE at <= %(moment)s) AS last
FROM person_events WHERE workspace_id = %(workspace_id)s AND person_id = %(person_id)s
GROUP BY name
"""

_IS_CLOSED = """
SELECT EXISTS (
    SELECT FROM person_event_weeks
    WHERE workspace_id = %(workspace_id)s AND week >= %(week)s AND closed_at IS NOT NULL
)
"""


class EarlierEvents(NamedTuple):
    """Single events of a person by name: how many were after the moment, and the last one until then.

    `later` is None if single events of the time after the moment are stored no longer. `last` lacks the names of which
    no event until then is stored.
    """

    later: dict[str, int] | None
    last: dict[str, int]


def read_earlier_events(connection: Connection, workspace_id: str, person_id: str, moment: int) -> EarlierEvents:
    """What is stored of a person's events around a moment, in epoch seconds."""
    asked = {"workspace_id": workspace_id, "person_id": person_id, "moment": moment, "week": moment // WEEK}
    rows = connection.exec_driver_sql(_READ, asked).all()
    is_closed = connection.exec_driver_sql(_IS_CLOSED, asked).scalar_one()
    return EarlierEvents(
        None if is_closed else {row.name: row.later for row in rows},
        {row.name: row.last for row in rows if row.last is not None},
    )
