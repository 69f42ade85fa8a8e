"""Records of the smaller datasets as they came, each with its revision; saving one makes it due, like a conversation.

Some datasets are series: a record lasts until the next one of its series, and its document says so. That end is an
input of the document, so it is kept with the record (`ends_at`), and a change of it is a new revision. So is whether
another one comes before it (`follows`). Saving or deleting a record corrects those around it, in the same transaction,
in whatever order records arrive.

A record can have events (`record_events`). If they came before it, a row keeps its place: deleted, and of a time before
all others, so that the record replaces it.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset, Incoming, newest_of
from indexer.keys import MOST_BYTES
from indexer.store.entities.conversations import Saved
from indexer.store.entities.disguises import disguised
from indexer.store.entities.due_records import OF_THESE, make_due
from indexer.store.entities.person_links import admit, follow_deleted, follow_saved, without_erased
from indexer.store.entities.revision_locks import hold_records
from indexer.store.entities.workspaces import expect_usable_name

_READ_PLACES = f"SELECT series, created_at FROM records WHERE {OF_THESE} AND series IS NOT NULL AND NOT deleted"

_READ_AWAITED = f"SELECT record_id FROM records WHERE {OF_THESE} AND deleted AND updated_at < 0"

# The revision is taken with the row locked, as for conversations.
_SAVE = """
INSERT INTO records AS stored
    (dataset, workspace_id, record_id, payload, created_at, updated_at, series, precedence, revision, saved_at)
SELECT %(dataset)s, %(workspace_id)s, record_id, payload, created_at, updated_at, series, precedence,
    nextval('revision'), now()
FROM unnest(
    %(ids)s::text[], %(payloads)b::bytea[], %(created)s::bigint[], %(updated)s::bigint[], %(series)s::text[],
    %(precedences)s::text[]
) AS i (record_id, payload, created_at, updated_at, series, precedence)
ORDER BY record_id COLLATE "C"
ON CONFLICT (dataset, workspace_id, record_id) DO UPDATE SET
    payload = EXCLUDED.payload,
    created_at = EXCLUDED.created_at,
    updated_at = EXCLUDED.updated_at,
    series = EXCLUDED.series,
    precedence = EXCLUDED.precedence,
    deleted = false,
    revision = nextval('revision'),
    saved_at = now()
WHERE EXCLUDED.payload <> stored.payload
    AND (%(force)s
        OR CASE WHEN EXCLUDED.precedence IS NULL OR stored.deleted
            THEN EXCLUDED.updated_at > stored.updated_at
                OR EXCLUDED.updated_at = stored.updated_at AND NOT stored.deleted
            ELSE (EXCLUDED.precedence, EXCLUDED.payload) > (coalesce(stored.precedence, ''), stored.payload)
        END)
RETURNING record_id, xmax = 0 AS created
"""

_COUNT_OLDER = """
SELECT count(*)
FROM unnest(
    %(ids)s::text[], %(updated)s::bigint[], %(precedences)s::text[], %(payloads)b::bytea[]
) AS i (record_id, updated_at, precedence, payload)
JOIN records AS stored USING (record_id)
WHERE stored.dataset = %(dataset)s AND stored.workspace_id = %(workspace_id)s
    AND CASE WHEN i.precedence IS NULL OR stored.deleted
        THEN stored.updated_at > i.updated_at
        ELSE (coalesce(stored.precedence, ''), stored.payload) > (i.precedence, i.payload)
    END
"""

_DELETE = f"""
INSERT INTO records AS stored
    (dataset, workspace_id, record_id, payload, created_at, updated_at, revision, deleted, saved_at)
SELECT %(dataset)s, %(workspace_id)s, record_id, '', 0, %(at)s, nextval('revision'), true, now()
FROM unnest(%(ids)s::text[]) AS wanted (record_id)
WHERE octet_length(record_id) <= {MOST_BYTES} OR EXISTS (
    SELECT FROM records AS known
    WHERE known.dataset = %(dataset)s AND known.workspace_id = %(workspace_id)s
        AND known.record_id = wanted.record_id
)
ORDER BY record_id COLLATE "C"
ON CONFLICT (dataset, workspace_id, record_id) DO UPDATE SET
    payload = '',
    updated_at = greatest(stored.updated_at, EXCLUDED.updated_at),
    series = NULL,
    ends_at = NULL,
    follows = false,
    precedence = NULL,
    revision = nextval('revision'),
    deleted = true,
    saved_at = now()
WHERE (NOT stored.deleted OR stored.updated_at < EXCLUDED.updated_at)
    AND NOT (%(only_older)s AND stored.updated_at > EXCLUDED.updated_at)
RETURNING record_id
"""

_DELETE_EVENTS = f"DELETE FROM events WHERE {OF_THESE}"

# From the record before the earliest place that was touched, because its end may have changed. Of records of one
# second, the one with the longer id is the later, then the one with the greater id: so numbers are in order, and any
# two ids have an order.
_LINK = """
WITH touched AS (
    SELECT series, min(at) AS lowest
    FROM unnest(%(series)s::text[], %(times)s::bigint[]) AS place (series, at) GROUP BY series
), linked AS (
    SELECT record_id, lead(created_at) OVER places AS ends_at,
        lag(created_at) OVER places IS NOT NULL OR EXISTS (
            SELECT FROM records AS earlier
            WHERE earlier.dataset = %(dataset)s AND earlier.workspace_id = %(workspace_id)s
                AND earlier.series = touched.series AND NOT earlier.deleted
                AND earlier.created_at < records.created_at
        ) AS follows
    FROM records JOIN touched USING (series)
    WHERE dataset = %(dataset)s AND workspace_id = %(workspace_id)s AND NOT deleted
        AND created_at >= coalesce((
            SELECT max(created_at) FROM records AS earlier
            WHERE earlier.dataset = %(dataset)s AND earlier.workspace_id = %(workspace_id)s
                AND earlier.series = touched.series AND NOT earlier.deleted AND earlier.created_at < lowest
        ), lowest)
    WINDOW places AS (PARTITION BY series ORDER BY created_at, length(record_id), record_id)
)
UPDATE records AS stored
SET ends_at = linked.ends_at, follows = linked.follows, revision = nextval('revision'), saved_at = now()
FROM linked
WHERE stored.dataset = %(dataset)s AND stored.workspace_id = %(workspace_id)s
    AND stored.record_id = linked.record_id
    AND (stored.ends_at, stored.follows) IS DISTINCT FROM (linked.ends_at, linked.follows)
RETURNING stored.record_id
"""


def save_records(
    connection: Connection,
    dataset: Dataset,
    workspace_id: str,
    batch: Sequence[Incoming],
    *,
    force: bool = False,
) -> Saved:
    """Save a batch and make the changed records due, both or neither; `force` and the counts are as for conversations.

    Records whose place in their series changes by this are due too, and are not counted.
    Of two records with a precedence the greater is kept (`Incoming.precedence`), and the other one counts as `older`,
    as does a record of a person who was merged into another one.
    """
    if not batch:
        return Saved(0, 0, 0, 0, frozenset())

    expect_usable_name(connection, workspace_id)
    hold_records(connection, dataset.name, workspace_id)
    newest = newest_of(disguised(connection, dataset, workspace_id, batch), force=force)
    admitted = admit(connection, dataset, workspace_id, newest)
    late = len(batch) - len(newest) + len(admitted.merged)
    newest = admitted.records
    if not newest:
        return Saved(0, 0, 0, late, frozenset(), erased=admitted.erased)
    ids, payloads, created, updated, _, _, _, series, precedences = map(list, zip(*newest.values(), strict=True))
    own: dict[str, object] = {"dataset": dataset.name, "workspace_id": workspace_id, "ids": ids}
    given = {**own, "payloads": payloads, "updated": updated, "precedences": precedences}
    places = _places(connection, own)
    awaited = set(connection.exec_driver_sql(_READ_AWAITED, own).scalars()) if dataset.has_events else set()
    changed = connection.exec_driver_sql(_SAVE, {**given, "created": created, "series": series, "force": force}).all()
    older = 0
    if len(changed) < len(newest) and not force:
        older = connection.exec_driver_sql(_COUNT_OLDER, given).scalar_one()
    follow_saved(connection, dataset, workspace_id, {row.record_id: newest[row.record_id].payload for row in changed})
    shards = _finish(connection, own, places, [row.record_id for row in changed])
    inserted = sum(row.created or row.record_id in awaited for row in changed)
    return Saved(
        created=inserted,
        updated=len(changed) - inserted,
        unchanged=len(newest) - len(changed) - older,
        older=older + late,
        shards=frozenset(shard for shard, due in shards.values() if due),
        erased=admitted.erased,
    )


def delete_records(
    connection: Connection,
    dataset: Dataset,
    workspace_id: str,
    record_ids: Sequence[str],
    at: int,
    *,
    only_older: bool = False,
) -> dict[str, int]:
    """Replace these records by tombstones, deleted `at` (epoch seconds); returns the shard of each.

    Works like `deletes.delete_conversations`; records whose place in their series changes by this are among those
    returned. What happened to the records is deleted with them. With `only_older`, records that changed after `at` are
    left alone. Erased people get no tombstone, which would keep their ids.
    """
    expect_usable_name(connection, workspace_id)
    hold_records(connection, dataset.name, workspace_id)
    ids = without_erased(connection, dataset, workspace_id, dict.fromkeys(record_ids))
    own: dict[str, object] = {"dataset": dataset.name, "workspace_id": workspace_id, "ids": ids}
    places = _places(connection, own)
    deleted = list(connection.exec_driver_sql(_DELETE, {**own, "at": at, "only_older": only_older}).scalars())
    gone = deleted if only_older else ids
    if dataset.has_events:
        connection.exec_driver_sql(_DELETE_EVENTS, {**own, "ids": gone})
    follow_deleted(connection, dataset, workspace_id, gone)
    return {id_: shard for id_, (shard, _) in _finish(connection, own, places, deleted).items()}


def leave_tombstones(
    connection: Connection,
    dataset: Dataset,
    workspace_id: str,
    record_ids: Sequence[str],
    at: int,
    *,
    only_older: bool = False,
) -> frozenset[int]:
    """Replace records by tombstones and leave what belongs to them; returns the shards that have something due.

    The caller holds the records of the dataset, which has no series. `only_older` is as for `delete_records`.
    """
    ids = without_erased(connection, dataset, workspace_id, record_ids)
    own: dict[str, object] = {"dataset": dataset.name, "workspace_id": workspace_id, "ids": ids}
    deleted = list(connection.exec_driver_sql(_DELETE, {**own, "at": at, "only_older": only_older}).scalars())
    due = make_due(connection, {**own, "ids": deleted}) if deleted else {}
    return frozenset(shard for shard, is_due in due.values() if is_due)


def _places(connection: Connection, own: dict[str, object]) -> set[tuple[str, int]]:
    """The series of these records, and their places in it, as they are now."""
    return {(series, at) for series, at in connection.exec_driver_sql(_READ_PLACES, own)}


def _finish(
    connection: Connection, own: dict[str, object], places: Iterable[tuple[str, int]], changed: Sequence[str]
) -> dict[str, tuple[int, bool]]:
    """Correct the places in series around the earlier and the present places, and make all changed records due.

    Returns the shard of each, and whether it is due at once.
    """
    if not changed:
        return {}
    touched = sorted(_places(connection, own).union(places))
    ids = set(changed)
    if touched:
        series, times = map(list, zip(*touched, strict=True))
        ids.update(connection.exec_driver_sql(_LINK, {**own, "series": series, "times": times}).scalars())
    return make_due(connection, {**own, "ids": list(ids)})
