"""The names of a workspace's events, each with its numbers."""

from typing import NamedTuple

from sqlalchemy import Connection

_READ = """
SELECT name, count(*), sum(count)::bigint, min(first_at), max(last_at) FROM person_event_summaries
WHERE workspace_id = %(workspace_id)s GROUP BY name ORDER BY count(*) DESC, name
"""


class EventName(NamedTuple):
    """A name, how many people have such events, how many events there are, the first and the last (epoch seconds)."""

    name: str
    people: int
    events: int
    first: int
    last: int


def read_event_names(connection: Connection, workspace_id: str) -> list[EventName]:
    """The names, that of the most people first; reads all summaries of the workspace."""
    return [EventName(*row) for row in connection.exec_driver_sql(_READ, {"workspace_id": workspace_id})]
