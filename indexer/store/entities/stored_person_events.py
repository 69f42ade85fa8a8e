"""The rows of people's events and the summaries of these, which are right in whatever order events come.

An event is known by person, name and second. Of two with other metadata the greater one by its bytes is kept, never the
later one to come. The caller is the only writer of the workspace's people and shares the weeks, all of which are open.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Collection, Hashable, Iterable
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from indexer.datasets.people import PEOPLE
from indexer.store.entities.due_records import RAISED_WITH, raise_records

_Key = TypeVar("_Key", bound=Hashable)


class EventRow(NamedTuple):
    """An event of a person; `metadata` is JSON, or empty if there is none, and so the smallest."""

    person_id: str
    name: str
    at: int
    metadata: str


class StoredRows(NamedTuple):
    """How many events were new, and the people whose summaries may have changed."""

    created: int
    people: frozenset[str]


_SUMMARIZE = """
INSERT INTO person_event_summaries AS stored (workspace_id, person_id, name, first_at, last_at, count, metadata)
SELECT %(workspace_id)s, person_id, name, min(first_at), max(last_at), sum(count),
    (array_agg(metadata ORDER BY last_at DESC, metadata DESC))[1]
FROM changed GROUP BY person_id, name ORDER BY person_id COLLATE "C", name COLLATE "C"
ON CONFLICT (workspace_id, person_id, name) DO UPDATE SET
    first_at = least(stored.first_at, EXCLUDED.first_at),
    last_at = greatest(stored.last_at, EXCLUDED.last_at),
    count = stored.count + EXCLUDED.count,
    metadata = CASE WHEN (EXCLUDED.last_at, EXCLUDED.metadata) > (stored.last_at, stored.metadata)
        THEN EXCLUDED.metadata ELSE stored.metadata END
"""

_GIVEN = """
unnest(%(people)s::text[], %(names)s::text[], %(times)s::bigint[], %(metadata)s::text[])
    AS given (person_id, name, at, metadata)
"""

_PLACED = """
unnest(%(people)s::text[], %(names)s::text[], %(times)s::bigint[]) WITH ORDINALITY AS given (person_id, name, at, place)
"""

_CREATED = f"""
created AS (
    INSERT INTO person_events (workspace_id, person_id, name, at, metadata)
    SELECT %(workspace_id)s, person_id, name, at, metadata FROM {_GIVEN}
    ORDER BY person_id COLLATE "C", name COLLATE "C", at
    ON CONFLICT DO NOTHING
    RETURNING person_id, name, at, metadata
), changed AS (
    SELECT person_id, name, at AS first_at, at AS last_at, 1 AS count, metadata COLLATE "C" AS metadata FROM created
), summarized AS ({_SUMMARIZE})
"""

_CREATE = f"WITH {_CREATED} SELECT person_id, name, at FROM created"

# The usual batch has new events only; the places of the others are looked for if there are any.
_CREATE_AND_RAISE = f"""
WITH {_CREATED}, raised AS (
    SELECT DISTINCT person_id AS id FROM created
), {RAISED_WITH}, counted AS (
    SELECT count(*) AS created FROM created
)
SELECT created,
    CASE WHEN created < cardinality(%(people)s::text[]) THEN ARRAY(
        SELECT given.place FROM {_PLACED}
        WHERE NOT EXISTS (
            SELECT FROM created
            WHERE (created.person_id, created.name, created.at) = (given.person_id, given.name, given.at)
        )
    ) ELSE '{{}}' END,
    ARRAY(SELECT DISTINCT shard FROM marked WHERE due)
FROM counted
"""

_REPLACE = f"""
WITH replaced AS (
    UPDATE person_events AS stored SET metadata = given.metadata FROM {_GIVEN}
    WHERE stored.workspace_id = %(workspace_id)s AND stored.person_id = given.person_id
        AND stored.name = given.name AND stored.at = given.at AND given.metadata COLLATE "C" > stored.metadata
    RETURNING given.person_id, given.name, given.at, given.metadata
), changed AS (
    SELECT person_id, name, at AS first_at, at AS last_at, 0 AS count, metadata COLLATE "C" AS metadata FROM replaced
), summarized AS ({_SUMMARIZE})
SELECT DISTINCT person_id FROM replaced
"""

_TAKE_EVENTS = """
DELETE FROM person_events WHERE workspace_id = %(workspace_id)s AND person_id = %(from_id)s
RETURNING name, at, metadata
"""

_TAKE_SUMMARIES = """
DELETE FROM person_event_summaries WHERE workspace_id = %(workspace_id)s AND person_id = %(from_id)s
RETURNING name, first_at, last_at, count, metadata
"""

_ADD_SUMMARIES = f"""
WITH changed AS (
    SELECT %(into_id)s::text AS person_id, name, first_at, last_at, count, metadata COLLATE "C" AS metadata
    FROM unnest(
        %(names)s::text[], %(firsts)s::bigint[], %(lasts)s::bigint[], %(counts)s::bigint[], %(metadata)s::text[]
    ) AS given (name, first_at, last_at, count, metadata)
)
{_SUMMARIZE}
"""

_AWAITED = "SELECT EXISTS (SELECT FROM waiting_person_events WHERE workspace_id = %(workspace_id)s)"

# Whatever the people are or were called. An address counts only if no other person has it.
_ADOPT = """
WITH ids AS (
    SELECT person_id AS id, person_id FROM unnest(%(ids)s::text[]) AS given (person_id)
    UNION ALL
    SELECT from_id, into_id FROM contact_merges WHERE workspace_id = %(workspace_id)s AND into_id = ANY(%(ids)s::text[])
), called AS (
    SELECT 'id' AS kind, id AS value, person_id FROM ids
    UNION ALL
    SELECT known.kind, known.value, ids.person_id FROM person_keys AS known JOIN ids ON ids.id = known.person_id
    WHERE known.workspace_id = %(workspace_id)s AND NOT EXISTS (
        SELECT FROM person_keys AS other LEFT JOIN contact_merges AS merge
            ON (merge.workspace_id, merge.from_id) = (other.workspace_id, other.person_id)
        WHERE (other.workspace_id, other.kind, other.value) = (known.workspace_id, known.kind, known.value)
            AND coalesce(merge.into_id, other.person_id) <> ids.person_id
    )
)
DELETE FROM waiting_person_events AS awaited USING called
WHERE awaited.workspace_id = %(workspace_id)s AND (awaited.kind, awaited.value) = (called.kind, called.value)
RETURNING called.person_id, awaited.name, awaited.at, awaited.metadata
"""


def greatest_metadata(events: Iterable[tuple[_Key, str]]) -> dict[_Key, str]:
    """The metadata of each event by its key; of two with one key the greater by its bytes."""
    greatest: dict[_Key, str] = {}
    for key, metadata in events:
        if key not in greatest or metadata.encode() > greatest[key].encode():
            greatest[key] = metadata
    return greatest


def store_rows(connection: Connection, workspace_id: str, rows: Iterable[EventRow]) -> StoredRows:
    """Save events and bring the summaries up to date."""
    greatest = greatest_metadata(((row.person_id, row.name, row.at), row.metadata) for row in rows)
    if not greatest:
        return StoredRows(0, frozenset())
    created = {
        (row.person_id, row.name, row.at)
        for row in connection.exec_driver_sql(_CREATE, _columns(workspace_id, greatest.items()))
    }
    people = {person_id for person_id, _, _ in created}
    again = [item for item in greatest.items() if item[0] not in created and item[1]]
    if again:
        people.update(connection.exec_driver_sql(_REPLACE, _columns(workspace_id, again)).scalars())
    return StoredRows(len(created), frozenset(people))


def store_due_rows(connection: Connection, workspace_id: str, rows: Iterable[EventRow]) -> tuple[int, frozenset[int]]:
    """Save events as `store_rows` does, and raise their people as `due_records.raise_records` does.

    Returns how many events were new, and the shards that now have something due. The caller holds the records.
    """
    greatest = greatest_metadata(((row.person_id, row.name, row.at), row.metadata) for row in rows)
    if not greatest:
        return 0, frozenset()
    given = list(greatest.items())
    ids = list({person_id for person_id, _, _ in greatest})
    created, known, shards = connection.exec_driver_sql(
        _CREATE_AND_RAISE, {"dataset": PEOPLE.name, "ids": ids, **_columns(workspace_id, given)}
    ).one()
    changed: list[str] = []
    if again := [given[place - 1] for place in known if given[place - 1][1]]:
        changed = list(connection.exec_driver_sql(_REPLACE, _columns(workspace_id, again)).scalars())
    return created, frozenset(shards) | raise_records(connection, PEOPLE, workspace_id, changed)


def move_events(connection: Connection, workspace_id: str, from_id: str, into_id: str) -> int:
    """Give all events of one person to another one; returns how many there are, those too whose rows are gone.

    Events that both have count once as long as their rows are there.
    """
    names = {"workspace_id": workspace_id, "from_id": from_id}
    moved = connection.exec_driver_sql(_TAKE_EVENTS, names).all()
    summaries = connection.exec_driver_sql(_TAKE_SUMMARIES, names).all()
    store_rows(connection, workspace_id, [EventRow(into_id, *row) for row in moved])
    rows_of: dict[str, int] = {}
    for row in moved:
        rows_of[row.name] = rows_of.get(row.name, 0) + 1
    if summaries:
        connection.exec_driver_sql(
            _ADD_SUMMARIES,
            {
                "workspace_id": workspace_id,
                "into_id": into_id,
                "names": [row.name for row in summaries],
                "firsts": [row.first_at for row in summaries],
                "lasts": [row.last_at for row in summaries],
                "counts": [row[3] - rows_of.get(row.name, 0) for row in summaries],  # those whose rows are gone
                "metadata": [row.metadata for row in summaries],
            },
        )
    return sum(row[3] for row in summaries)


def adopt_events(connection: Connection, workspace_id: str, person_ids: Collection[str]) -> StoredRows:
    """Give the events that have waited for these people to them."""
    if not person_ids or not connection.exec_driver_sql(_AWAITED, {"workspace_id": workspace_id}).scalar_one():
        return StoredRows(0, frozenset())
    rows = connection.exec_driver_sql(_ADOPT, {"workspace_id": workspace_id, "ids": list(person_ids)})
    return store_rows(connection, workspace_id, [EventRow(*row) for row in rows])


def delete_person_events(connection: Connection, workspace_id: str, person_ids: Collection[str]) -> int:
    """Delete the events and summaries of these people; returns how many events there were, by the summaries."""
    names = {"workspace_id": workspace_id, "ids": list(person_ids)}
    chosen = "WHERE workspace_id = %(workspace_id)s AND person_id = ANY(%(ids)s::text[])"
    connection.exec_driver_sql(f"DELETE FROM person_events {chosen}", names)
    counts = connection.exec_driver_sql(f"DELETE FROM person_event_summaries {chosen} RETURNING count", names)
    return sum(counts.scalars())


def _columns(workspace_id: str, items: Iterable[tuple[tuple[str, str, int], str]]) -> dict[str, Any]:
    people, names, times, metadata = map(list, zip(*((*key, value) for key, value in items), strict=True))
    return {"workspace_id": workspace_id, "people": people, "names": names, "times": times, "metadata": metadata}
