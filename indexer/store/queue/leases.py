"""The workers' side of the queue: leasing changes and ending the leases; the states are drawn in `changes`.

Every function is one short statement, in a transaction of its own. Leases are ended in batches of one dataset;
a lease that another worker has taken over changes nothing and counts as `lost`.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.store.queue.leased_change import Ended, LeasedChange, Poisoned, Release, Settle

# Every workspace with something in the queue, found by looking up the next one in the index again and again.
_WORKSPACES = """
WITH RECURSIVE found (id) AS (
    (
        SELECT workspace_id FROM changes WHERE dataset = %(dataset)s AND shard = %(shard)s AND lease_id IS NULL
        ORDER BY workspace_id LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT workspace_id FROM changes WHERE dataset = %(dataset)s AND shard = %(shard)s AND lease_id IS NULL
            AND workspace_id > found.id
        ORDER BY workspace_id LIMIT 1
    )
    FROM found WHERE found.id IS NOT NULL
)
SELECT id FROM found WHERE id IS NOT NULL
"""

# The share of each workspace, so that a million changes of one do not hold up the one change of another.
_SHARES = """
    SELECT 2 AS turn, share.*
    FROM unnest(%(workspaces)s::text[]) AS workspace (id) CROSS JOIN LATERAL (
        SELECT due_at AS since, dataset, workspace_id, entity_id FROM changes
        WHERE dataset = %(dataset)s AND shard = %(shard)s AND workspace_id = workspace.id
            AND lease_id IS NULL AND due_at <= now()
        ORDER BY due_at LIMIT {share} FOR UPDATE SKIP LOCKED
    ) AS share
    UNION ALL
"""

# The limits are literals: behind a parameter the planner expects a tenth of the table and scans all of it.
_LEASE = """
WITH expired AS (
    SELECT 1 AS turn, lease_until AS since, dataset, workspace_id, entity_id FROM changes
    WHERE dataset = %(dataset)s AND {shard} AND lease_id IS NOT NULL AND lease_until <= now()
    ORDER BY shard, lease_until LIMIT {limit} FOR UPDATE SKIP LOCKED
), due AS (
    SELECT 3 AS turn, due_at AS since, dataset, workspace_id, entity_id FROM changes
    WHERE dataset = %(dataset)s AND {shard} AND lease_id IS NULL AND due_at <= now()
    ORDER BY shard, due_at LIMIT {limit} FOR UPDATE SKIP LOCKED
), candidates AS (
    SELECT * FROM expired UNION ALL {shares} SELECT * FROM due
), picked AS (
    SELECT dataset, workspace_id, entity_id FROM candidates
    GROUP BY dataset, workspace_id, entity_id ORDER BY min(turn), min(since) LIMIT {limit}
)
UPDATE changes SET
    lease_id = %(lease_id)s,
    lease_until = now() + make_interval(secs => %(seconds)s),
    leased_revision = revision,
    leased_writes = writes,
    attempts = attempts + 1
FROM picked
WHERE (changes.dataset, changes.workspace_id, changes.entity_id)
    = (picked.dataset, picked.workspace_id, picked.entity_id)
RETURNING changes.dataset, changes.workspace_id, changes.entity_id, revision, attempts, retries, lease_id
"""

# The rows of these leases, locked, as they are now. They decide the outcome, not the rows that UPDATE or DELETE
# finds: those are as old as the statement, and a write may have come since.
_MINE = """
WITH mine AS (
    SELECT dataset, workspace_id, entity_id, shard, revision, attempts, leased_writes,
        revision <> leased_revision AS written, given.*
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

_UNLEASED = "lease_id = NULL, lease_until = NULL, leased_revision = NULL, leased_writes = NULL"

# By shard, so that two workers that end leases of several shards wait for each other in one order.
_TALLY = """
    INSERT INTO tallies AS tally (dataset, shard, outcome, changes)
    SELECT dataset, shard, outcome, sum(leased_writes)
    FROM (SELECT dataset, shard, {outcome} AS outcome, leased_writes FROM mine {condition}) AS ended
    GROUP BY dataset, shard, outcome ORDER BY shard, outcome
    ON CONFLICT (dataset, shard, outcome) DO UPDATE SET changes = tally.changes + EXCLUDED.changes
"""

_SETTLE = f"""
{_MINE.format(arrays=", %(fates)s::text[]", names=", fate")}, removed AS (
    DELETE FROM changes USING mine WHERE {_SAME_ROW} AND NOT written
), released AS (
    UPDATE changes SET {_UNLEASED}, attempts = 0, retries = 0, last_error = NULL,
        writes = writes - mine.leased_writes,
        due_at = now() + make_interval(secs => %(rest)s), first_changed_at = now()
    FROM mine WHERE {_SAME_ROW} AND written
), cured AS (
    DELETE FROM quarantine AS q USING mine
    WHERE (q.dataset, q.workspace_id, q.entity_id) = (mine.dataset, mine.workspace_id, mine.entity_id)
), rested AS (
    INSERT INTO recently_indexed (dataset, workspace_id, entity_id, cool_at)
    SELECT dataset, workspace_id, entity_id, now() + make_interval(secs => %(rest)s) FROM mine
    WHERE %(rest)s > 0 ORDER BY workspace_id, entity_id
    ON CONFLICT (dataset, workspace_id, entity_id) DO UPDATE SET cool_at = EXCLUDED.cool_at
), tallied AS (
    {_TALLY.format(outcome="fate", condition="")}
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
        arrays=", %(reasons)s::text[], %(errors)s::text[], %(payloads)b::bytea[]",
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
), tallied AS (
    {_TALLY.format(outcome="'quarantined'", condition="WHERE NOT written")}
)
SELECT count(*) FILTER (WHERE NOT written), count(*) FILTER (WHERE written) FROM mine
"""


def lease_changes(
    connection: Connection, dataset: Dataset, shard: int | None, limit: int, lease_seconds: float
) -> list[LeasedChange]:
    """Lease up to `limit` due changes of a shard: first those whose lease has expired, then each workspace's share.

    The rest of the limit goes to the changes that have been due longest, of any workspace. Without a shard there are
    no shares, and the shards are emptied one after the other. Rows that another process is leasing, writing or
    settling at this moment are skipped. The caller commits before it reads the entities that it has leased.
    """
    parameters: dict[str, object] = {
        "dataset": dataset.name,
        "shard": shard,
        "lease_id": uuid4(),
        "seconds": lease_seconds,
    }
    shares = ""
    if shard is not None:
        workspaces = list(connection.exec_driver_sql(_WORKSPACES, parameters).scalars())
        if len(workspaces) > 1:
            parameters["workspaces"] = workspaces
            shares = _SHARES.format(share=max(1, int(limit) // len(workspaces)))
    statement = _LEASE.format(shard="true" if shard is None else "shard = %(shard)s", limit=int(limit), shares=shares)
    return [LeasedChange(*row) for row in connection.exec_driver_sql(statement, parameters)]


def settle_changes(connection: Connection, settled: Sequence[Settle], rest_seconds: float = 0) -> Ended:
    """End the leases of changes that are done: changes written meanwhile are due again, the others are removed.

    A write from now on is due when the entity has rested for `rest_seconds`.
    """
    return _end(
        connection,
        _SETTLE,
        [one.lease for one in settled],
        rest=rest_seconds,
        fates=[one.fate for one in settled],
    )


def release_changes(connection: Connection, releases: Sequence[Release]) -> Ended:
    """End the leases of changes to be retried, each due after its delay."""
    return _end(
        connection,
        _RELEASE,
        [release.lease for release in releases],
        delays=[release.delay_seconds for release in releases],
        errors=[None if release.error is None else _storable(release.error) for release in releases],
    )


def quarantine_changes(connection: Connection, poisoned: Sequence[Poisoned]) -> Ended:
    """End the leases of changes that can never be indexed as they are; those written meanwhile are retried instead."""
    return _end(
        connection,
        _QUARANTINE,
        [poison.lease for poison in poisoned],
        reasons=[_storable(poison.reason) for poison in poisoned],
        errors=[_storable(poison.error) for poison in poisoned],
        payloads=[poison.payload for poison in poisoned],
    )


def _end(connection: Connection, statement: str, leases: Sequence[LeasedChange], **parameters: object) -> Ended:
    if not leases:
        return Ended(0, 0, 0)
    removed, released = connection.exec_driver_sql(
        statement,
        {
            "dataset": leases[0].dataset,
            "workspaces": [lease.workspace_id for lease in leases],
            "ids": [lease.entity_id for lease in leases],
            "leases": [lease.lease_id for lease in leases],
            **parameters,
        },
    ).one()
    return Ended(removed, released, lost=len(leases) - removed - released)


def _storable(message: str) -> str:
    # PostgreSQL's text cannot hold NUL, and a server's error can quote a whole document.
    return message.replace("\0", "")[:2000]
