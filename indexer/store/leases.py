"""The workers' side of the queue: leasing changes and ending the leases; the states are drawn in `changes`.

Every function is one short statement, in a transaction of its own. Leases are ended in batches of one dataset;
one that has been taken over by somebody else changes nothing and counts as `lost`.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection

from indexer.store.changes import Dataset


class LeasedChange(NamedTuple):
    """A change to be indexed by who leased it.

    `attempts` counts this lease and those before it that nobody came back from; `retries` how often it was given back
    with an error since it was last indexed.
    """

    dataset: Dataset
    workspace_id: str
    entity_id: str
    revision: int
    attempts: int
    retries: int
    lease_id: UUID


class Release(NamedTuple):
    """A lease to give back, due after `delay_seconds`; no `error` means that it was not tried."""

    lease: LeasedChange
    delay_seconds: float
    error: str | None


class Poisoned(NamedTuple):
    """A lease to put into quarantine: `reason` in a word or two, `error` in full, `payload` as it was refused."""

    lease: LeasedChange
    reason: str
    error: str
    payload: bytes | None = None


class Ended(NamedTuple):
    """How leases ended: `removed` from the queue, `released` to be leased again, `lost` to somebody before."""

    removed: int
    released: int
    lost: int


# The limits are literals: behind a parameter the planner expects a tenth of the table and scans all of it.
_LEASE = """
WITH expired AS (
    SELECT dataset, workspace_id, entity_id FROM changes
    WHERE dataset = %(dataset)s AND {shard} AND lease_id IS NOT NULL AND lease_until <= now()
    ORDER BY shard, lease_until LIMIT {limit} FOR UPDATE SKIP LOCKED
), due AS (
    SELECT dataset, workspace_id, entity_id FROM changes
    WHERE dataset = %(dataset)s AND {shard} AND lease_id IS NULL AND due_at <= now()
    ORDER BY shard, due_at LIMIT {limit} FOR UPDATE SKIP LOCKED
), picked AS (
    SELECT * FROM expired UNION ALL SELECT * FROM due LIMIT {limit}
)
UPDATE changes SET
    lease_id = %(lease_id)s,
    lease_until = now() + make_interval(secs => %(seconds)s),
    leased_revision = revision,
    attempts = attempts + 1
FROM picked
WHERE (changes.dataset, changes.workspace_id, changes.entity_id)
    = (picked.dataset, picked.workspace_id, picked.entity_id)
RETURNING changes.dataset, changes.workspace_id, changes.entity_id, revision, attempts, retries, lease_id
"""

# The rows of these leases, locked, as they are now. What to do with each is decided on this and not on the
# row that UPDATE or DELETE finds: that one is as old as the statement, and a write may have come since.
_MINE = """
WITH mine AS (
    SELECT dataset, workspace_id, entity_id, revision, attempts, revision <> leased_revision AS written, given.*
    FROM changes
    JOIN unnest(%(workspaces)s::text[], %(ids)s::text[], %(leases)s::uuid[]{arrays})
        AS given (workspace_id_, entity_id_, lease_id_{names})
        ON (workspace_id, entity_id, lease_id) = (workspace_id_, entity_id_, lease_id_)
    WHERE dataset = %(dataset)s
    ORDER BY workspace_id, entity_id
    FOR UPDATE OF changes
)"""

_SAME_ROW = """
    (changes.dataset, changes.workspace_id, changes.entity_id) = (mine.dataset, mine.workspace_id, mine.entity_id)
"""

_UNLEASED = "lease_id = NULL, lease_until = NULL, leased_revision = NULL"

_SETTLE = f"""
{_MINE.format(arrays="", names="")}, removed AS (
    DELETE FROM changes USING mine WHERE {_SAME_ROW} AND NOT written
), released AS (
    UPDATE changes SET {_UNLEASED}, attempts = 0, retries = 0, last_error = NULL,
        due_at = now(), first_changed_at = now()
    FROM mine WHERE {_SAME_ROW} AND written
), cured AS (
    DELETE FROM quarantine AS q USING mine
    WHERE (q.dataset, q.workspace_id, q.entity_id) = (mine.dataset, mine.workspace_id, mine.entity_id)
)
SELECT count(*) FILTER (WHERE NOT written), count(*) FILTER (WHERE written) FROM mine
"""

_RELEASE = f"""
{_MINE.format(arrays=", %(delays)s::float8[], %(errors)s::text[]", names=", delay, error")}, released AS (
    UPDATE changes SET {_UNLEASED},
        due_at = now() + make_interval(secs => mine.delay),
        attempts = CASE WHEN mine.error IS NULL THEN changes.attempts - 1 ELSE 0 END,
        retries = retries + CASE WHEN mine.error IS NULL THEN 0 ELSE 1 END,
        last_error = coalesce(mine.error, last_error)
    FROM mine WHERE {_SAME_ROW}
)
SELECT 0, count(*) FROM mine
"""

_QUARANTINE = f"""
{
    _MINE.format(
        arrays=", %(reasons)s::text[], %(errors)s::text[], %(payloads)s::bytea[]",
        names=", reason, error, payload",
    )
}, removed AS (
    DELETE FROM changes USING mine WHERE {_SAME_ROW} AND NOT written
), released AS (
    UPDATE changes SET {_UNLEASED}, attempts = 0, due_at = now(), last_error = mine.error
    FROM mine WHERE {_SAME_ROW} AND written
), kept AS (
    INSERT INTO quarantine
        (dataset, workspace_id, entity_id, revision, reason, error, payload, attempts, first_at, last_at)
    SELECT dataset, workspace_id, entity_id, revision, reason, error, payload, attempts, now(), now()
    FROM mine WHERE NOT written
    ON CONFLICT (dataset, workspace_id, entity_id) DO UPDATE SET
        revision = EXCLUDED.revision, reason = EXCLUDED.reason, error = EXCLUDED.error,
        payload = EXCLUDED.payload, attempts = EXCLUDED.attempts, last_at = EXCLUDED.last_at
)
SELECT count(*) FILTER (WHERE NOT written), count(*) FILTER (WHERE written) FROM mine
"""


def lease_changes(
    connection: Connection, dataset: Dataset, shard: int | None, limit: int, lease_seconds: float
) -> list[LeasedChange]:
    """Lease up to `limit` due changes of a shard: those of ended leases first, then the longest due.

    Without a shard the shards are emptied one after the other. Rows that somebody else is leasing, writing or
    settling at this moment are passed over. The caller commits before it reads what it has leased.
    """
    parameters = {"dataset": dataset, "shard": shard, "lease_id": uuid4(), "seconds": lease_seconds}
    statement = _LEASE.format(shard="true" if shard is None else "shard = %(shard)s", limit=int(limit))
    return [LeasedChange(*row) for row in connection.exec_driver_sql(statement, parameters)]


def settle_changes(connection: Connection, leases: Sequence[LeasedChange]) -> Ended:
    """End the leases of what has been indexed: what was written meanwhile is due again, the rest is done."""
    return _end(connection, _SETTLE, leases)


def release_changes(connection: Connection, releases: Sequence[Release]) -> Ended:
    """End the leases of what shall be tried again, each due after its delay."""
    return _end(
        connection,
        _RELEASE,
        [release.lease for release in releases],
        delays=[release.delay_seconds for release in releases],
        errors=[None if release.error is None else _storable(release.error) for release in releases],
    )


def quarantine_changes(connection: Connection, poisoned: Sequence[Poisoned]) -> Ended:
    """End the leases of what can never be indexed as it is; what was written meanwhile is tried again instead."""
    return _end(
        connection,
        _QUARANTINE,
        [poison.lease for poison in poisoned],
        reasons=[_storable(poison.reason) for poison in poisoned],
        errors=[_storable(poison.error) for poison in poisoned],
        payloads=[poison.payload for poison in poisoned],
    )


def _end(connection: Connection, statement: str, leases: Sequence[LeasedChange], **arrays: Sequence[object]) -> Ended:
    if not leases:
        return Ended(0, 0, 0)
    removed, released = connection.exec_driver_sql(
        statement,
        {
            "dataset": leases[0].dataset,
            "workspaces": [lease.workspace_id for lease in leases],
            "ids": [lease.entity_id for lease in leases],
            "leases": [lease.lease_id for lease in leases],
            **arrays,
        },
    ).one()
    return Ended(removed, released, lost=len(leases) - removed - released)


def _storable(message: str) -> str:
    # PostgreSQL's text cannot hold NUL, and a server's error can quote a whole document.
    return message.replace("\0", "")[:2000]
