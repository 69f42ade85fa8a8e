"""What happened to records, event by event, as inputs of the records' documents (docs/decisions/0033).

An event is known by its record, its time and its key. Of two that agree in these the greater payload is kept, never the
later one to come, so that the same events give the same rows in whatever order they come and however often. An event
that changes what is stored gives its record a new revision in the same transaction.

An event whose record is not there waits for it: a row of `records` keeps the place, deleted and with a time before all
others, which the record replaces when it comes.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset, IncomingEvent
from indexer.keys import EntityKey
from indexer.store.entities.due_records import OF_THESE, raise_records
from indexer.store.entities.revision_locks import hold_records
from indexer.store.entities.workspaces import expect_usable_name
from indexer.store.plain_rows import plain_rows


class SavedEvents(NamedTuple):
    """The result of saving a batch, in events, and the shards that now have something due.

    `replaced` are those that were stored with a smaller payload. `waiting` are those of the created ones whose record
    is not there yet. `gone` are those not kept, because their record was deleted after them.
    """

    created: int
    unchanged: int
    replaced: int
    waiting: int
    shards: frozenset[int]
    gone: int = 0


class Waiting(NamedTuple):
    """Events whose records are not there, the number of these records, and the age of the event that waits longest.

    Events of people wait for the names by which they know their people.

    The age is 0 if nothing waits.
    """

    events: int
    records: int
    oldest_age_seconds: float


_READ_RECORDS = f"SELECT record_id, deleted, updated_at FROM records WHERE {OF_THESE}"

_SAVE = """
INSERT INTO events AS stored (dataset, workspace_id, record_id, at, event_key, payload, saved_at)
SELECT %(dataset)s, %(workspace_id)s, record_id, at, event_key, payload, now()
FROM unnest(
    %(records)s::text[], %(keys)s::text[], %(times)s::bigint[], %(payloads)b::bytea[]
) AS i (record_id, event_key, at, payload)
ORDER BY record_id COLLATE "C", at, event_key COLLATE "C"
ON CONFLICT (dataset, workspace_id, record_id, at, event_key) DO UPDATE SET
    payload = EXCLUDED.payload,
    saved_at = now()
WHERE EXCLUDED.payload > stored.payload
RETURNING record_id, xmax = 0 AS created
"""

_KEEP_PLACES = """
INSERT INTO records (dataset, workspace_id, record_id, payload, created_at, updated_at, revision, deleted, saved_at)
SELECT %(dataset)s, %(workspace_id)s, record_id, '', 0, -1, nextval('revision'), true, now()
FROM unnest(%(ids)s::text[]) AS absent (record_id)
ORDER BY record_id COLLATE "C"
"""

# All records of a workspace at once are one walk along the index, which costs half of what a look-up for each does.
_READ = """
SELECT record_id, array_agg(payload ORDER BY at, event_key) FROM events
WHERE dataset = %(dataset)s AND workspace_id = %(workspace_id)s AND record_id = ANY(%(ids)s::text[])
GROUP BY record_id
"""

_COUNT_WAITING = """
SELECT coalesce(sum(waiting.events), 0)::bigint, count(*),
    coalesce(extract(epoch FROM now() - min(waiting.oldest)), 0)::float8
FROM (
    SELECT count(*) AS events, min(event.saved_at) AS oldest
    FROM records JOIN events AS event USING (dataset, workspace_id, record_id)
    WHERE dataset = %(dataset)s AND records.deleted
        AND (%(workspace_id)s::text IS NULL OR workspace_id = %(workspace_id)s)
    GROUP BY workspace_id, record_id
) AS waiting
"""

_READ_WAITING = """
SELECT workspace_id, record_id
FROM records JOIN events AS event USING (dataset, workspace_id, record_id)
WHERE dataset = %(dataset)s AND records.deleted
GROUP BY workspace_id, record_id
ORDER BY min(event.saved_at), workspace_id, record_id LIMIT %(limit)s
"""


def save_events(
    connection: Connection,
    dataset: Dataset,
    workspace_id: str,
    batch: Sequence[IncomingEvent],
    *,
    force: bool = False,
) -> SavedEvents:
    """Save a batch and make the records due that it changes, both or neither.

    An event of before the deletion of its record is not kept, unless with `force`.
    """
    greatest: dict[tuple[str, int, str], IncomingEvent] = {}
    for event in batch:
        key = event.record_id, event.at, event.event_key
        if key not in greatest or event.payload > greatest[key].payload:
            greatest[key] = event
    if not greatest:
        return SavedEvents(0, 0, 0, 0, frozenset())

    expect_usable_name(connection, workspace_id)
    hold_records(connection, dataset.name, workspace_id)
    own: dict[str, object] = {"dataset": dataset.name, "workspace_id": workspace_id}
    ids = list({record_id for record_id, _, _ in greatest})
    rows = connection.exec_driver_sql(_READ_RECORDS, {**own, "ids": ids}).all()
    living = {row.record_id for row in rows if not row.deleted}
    deleted_at = {row.record_id: row.updated_at for row in rows if row.deleted}
    kept = [one for one in greatest.values() if force or deleted_at.get(one.record_id, -1) < max(one.at, 0)]
    gone = len(greatest) - len(kept)
    if not kept:
        return SavedEvents(0, len(batch) - gone, 0, 0, frozenset(), gone)

    records, keys, times, payloads = map(list, zip(*kept, strict=True))
    given = {**own, "records": records, "keys": keys, "times": times, "payloads": payloads}
    changed = connection.exec_driver_sql(_SAVE, given).all()
    if absent := {one.record_id for one in kept} - living - deleted_at.keys():
        connection.exec_driver_sql(_KEEP_PLACES, {**own, "ids": list(absent)})
    shards = raise_records(connection, dataset, workspace_id, living & {row.record_id for row in changed})
    created = sum(row.created for row in changed)
    return SavedEvents(
        created=created,
        unchanged=len(batch) - gone - len(changed),
        replaced=len(changed) - created,
        waiting=sum(row.created and row.record_id not in living for row in changed),
        shards=shards,
        gone=gone,
    )


def read_events(
    connection: Connection, dataset: Dataset, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[bytes]]:
    """The payloads of the events of these records, by workspace and id, in the order of their times.

    Records without events are left out.
    """
    of_workspaces: dict[str, list[str]] = defaultdict(list)
    for workspace_id, record_id in keys:
        of_workspaces[workspace_id].append(record_id)
    return {
        (workspace_id, record_id): payloads
        for workspace_id, ids in of_workspaces.items()
        for record_id, payloads in plain_rows(
            connection.exec_driver_sql(
                _READ,
                {"dataset": dataset.name, "workspace_id": workspace_id, "ids": ids},
                execution_options={"binary_results": True},
            )
        )
    }


def count_waiting(connection: Connection, dataset: Dataset, workspace_id: str | None = None) -> Waiting:
    """The events that wait for their records, of one workspace or of all; reads all of them."""
    return Waiting(
        *connection.exec_driver_sql(_COUNT_WAITING, {"dataset": dataset.name, "workspace_id": workspace_id}).one()
    )


def longest_awaited(connection: Connection, dataset: Dataset, limit: int) -> list[EntityKey]:
    """The records that events have waited for the longest, at most `limit` of them."""
    rows = connection.exec_driver_sql(_READ_WAITING, {"dataset": dataset.name, "limit": limit})
    return [EntityKey(*row) for row in rows]
