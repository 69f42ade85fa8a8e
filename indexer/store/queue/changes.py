"""The queue of changes to be indexed: one row per entity, from its first change until it is indexed.

    (no row) ──write──► due ──lease──► leased ──settle──────► (no row)
                         ▲               │
                         │               ├─ settle, but written meanwhile ──► due
                         │               ├─ release after a delay ──► waiting, due later
                         │               ├─ quarantine ──► (no row; a row in `quarantine`)
                         └──expires──────┘  the worker died or hangs: another worker leases it

* A write finds the row in any state and only raises its revision: many writes, one row. It neither ends a lease
  nor shortens a wait, so an entity that changes all day does not get past a back-off.
* The row's revision is a claim, not a version. Each write takes a new number from the sequence, with the row locked,
  so the number differs from any that a lease has claimed before. Settling sees from it alone whether something was
  written since, and the inputs that are read after a lease are at least as new as its claim.
* Only the worker that holds a lease (`lease_id`) ends it. One that comes back after its lease was taken over changes
  nothing.
* An entity that has just been indexed rests for a while (`recently_indexed`): a write meanwhile is due after the
  rest, so that an entity that changes all the time is indexed every few seconds. The first write of an entity that
  was quiet is due at once.
* `writes` counts the writes that the row stands for. When a lease ends for good, those that it has seen are added to
  `tallies` under their outcome, in the same statement: every accepted write is in exactly one place, in a row here
  or under one outcome.
* `attempts` counts the present lease and those in a row before it that expired, so that an entity that kills its
  workers is noticed. An outage does not raise it, because a worker then gives the lease back. `retries` counts the
  leases given back since the entity was last indexed, for the delay until the next.

All times are the database's. All code that waits for locks locks rows in the order of their keys.
This is the writers' side, with what operators see; the workers' side is `leases`.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.store.schema import SHARDS

RAISE_CHANGE = """
    ON CONFLICT (dataset, workspace_id, entity_id) DO UPDATE
        SET revision = nextval('revision'), writes = changes.writes + 1
"""
"""The end of every INSERT INTO changes."""

RESTED = """greatest(now(), (
    SELECT cool_at FROM recently_indexed AS recent
    WHERE (recent.dataset, recent.workspace_id, recent.entity_id) = (%(dataset)s, %(workspace_id)s, written.id)
))"""
"""The time when a write of the entity `written.id` is due: now, or after its rest since it was last indexed."""


class Marked(NamedTuple):
    """The shards that now have a due change, and the ids that are not in the store."""

    shards: frozenset[int]
    unknown: tuple[str, ...]


class Depth(NamedTuple):
    """The length of the queue, in changes; `oldest_age_seconds` is 0 if it is empty."""

    due: int
    leased: int
    waiting: int
    quarantined: int
    oldest_age_seconds: float

    @property
    def unindexed(self) -> int:
        """How many changes are not in the index yet: due, leased or waiting."""
        return self.due + self.leased + self.waiting


class WriteTally(NamedTuple):
    """The outcomes of all writes ever accepted; each write has exactly one.

    `written` is all of them; a write that was coalesced with later ones shares their outcome. `superseded` are those
    for which the index had a newer document; `deleted` those that removed a document. A write is anything that makes
    an entity due, including a mark or a replay.
    """

    written: int
    indexed: int
    superseded: int
    deleted: int
    quarantined: int
    queued: int


_MARK = f"""
WITH written AS (
    SELECT {{id}} AS id, revision FROM {{table}}
    WHERE {{own}} AND workspace_id = %(workspace_id)s AND {{id}} = ANY(%(ids)s::text[])
), marked AS (
    INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
    SELECT %(dataset)s, %(workspace_id)s, id, revision, now(), {RESTED}
    FROM written ORDER BY id COLLATE "C"
    {RAISE_CHANGE}
    RETURNING entity_id, shard, due_at <= now() AS due
)
SELECT entity_id, shard, due FROM marked
"""

_MARK_WORKSPACE = f"""
WITH marked AS (
    INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
    SELECT %(dataset)s, workspace_id, {{id}}, nextval('revision'), now(), now()
    FROM {{table}} WHERE {{own}} AND workspace_id = %(workspace_id)s AND NOT deleted
    ORDER BY {{id}} COLLATE "C"
    {RAISE_CHANGE}
    RETURNING 1
)
SELECT count(*) FROM marked
"""

_COUNT_WORKSPACE = "SELECT count(*) FROM {table} WHERE {own} AND workspace_id = %(workspace_id)s AND NOT deleted"

# The first by the index of each shard, not EXISTS, for which the planner may read all due changes.
_DUE_SHARDS = f"""
SELECT shard FROM generate_series(0, {SHARDS - 1}) AS shard
WHERE (
    SELECT true FROM changes WHERE dataset = %(dataset)s AND changes.shard = shard.shard
        AND lease_id IS NULL AND due_at <= now()
    ORDER BY due_at LIMIT 1
) OR (
    SELECT true FROM changes WHERE dataset = %(dataset)s AND changes.shard = shard.shard
        AND lease_id IS NOT NULL AND lease_until <= now()
    ORDER BY lease_until LIMIT 1
)
"""

_STATES = """
    count(*) FILTER (WHERE coalesce(lease_until, due_at) <= now()) AS due,
    count(*) FILTER (WHERE lease_until > now()) AS leased,
    count(*) FILTER (WHERE lease_id IS NULL AND due_at > now()) AS waiting"""

_DEPTH = f"""
SELECT {_STATES},
    (SELECT count(*) FROM quarantine WHERE dataset = %(dataset)s),
    coalesce(extract(epoch FROM now() - min(first_changed_at)), 0)::float8
FROM changes WHERE dataset = %(dataset)s
"""

_DEPTHS_BY_WORKSPACE = f"""
WITH queued AS (
    SELECT dataset, workspace_id,
        {_STATES},
        extract(epoch FROM now() - min(first_changed_at))::float8 AS oldest
    FROM changes WHERE dataset = ANY (%(datasets)s)
        AND (%(workspaces)s::text[] IS NULL OR workspace_id = ANY (%(workspaces)s))
    GROUP BY dataset, workspace_id
), quarantined AS (
    SELECT dataset, workspace_id, count(*) AS entries FROM quarantine WHERE dataset = ANY (%(datasets)s)
        AND (%(workspaces)s::text[] IS NULL OR workspace_id = ANY (%(workspaces)s))
    GROUP BY dataset, workspace_id
)
SELECT dataset, workspace_id, coalesce(due, 0), coalesce(leased, 0), coalesce(waiting, 0), coalesce(entries, 0),
    coalesce(oldest, 0)
FROM queued FULL JOIN quarantined USING (dataset, workspace_id)
ORDER BY coalesce(oldest, 0) DESC, workspace_id, dataset
"""

_ACCOUNT = """
SELECT outcome, sum(changes)::bigint FROM tallies WHERE dataset = %(dataset)s GROUP BY outcome
UNION ALL
SELECT 'queued', coalesce(sum(writes), 0) FROM changes WHERE dataset = %(dataset)s
"""

# Rows that a worker is writing at this moment are skipped: it may lock them in another order.
_FORGET = """
DELETE FROM recently_indexed WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM recently_indexed WHERE cool_at <= now() FOR UPDATE SKIP LOCKED
))
"""


def mark_changed(connection: Connection, dataset: Dataset, workspace_id: str, entity_ids: Sequence[str]) -> Marked:
    """Make stored entities due although nothing was saved: for other producers and repairs."""
    rows = connection.exec_driver_sql(
        _MARK.format(**dataset.table._asdict()),
        {"dataset": dataset.name, "workspace_id": workspace_id, "ids": list(entity_ids)},
    ).all()
    known = {row.entity_id for row in rows}
    return Marked(
        shards=frozenset(row.shard for row in rows if row.due),
        unknown=tuple(entity_id for entity_id in dict.fromkeys(entity_ids) if entity_id not in known),
    )


def mark_workspace_changed(connection: Connection, workspace_id: str) -> int:
    """Make everything of a workspace due, in all datasets and shards; returns how many."""
    marked = 0
    for dataset in datasets():
        statement = _MARK_WORKSPACE.format(**dataset.table._asdict())
        names = {"dataset": dataset.name, "workspace_id": workspace_id}
        marked += connection.exec_driver_sql(statement, names).scalar_one()
    return marked


def count_workspace(connection: Connection, workspace_id: str) -> dict[Dataset, int]:
    """How much of a workspace `mark_workspace_changed` would make due; datasets without any are left out."""
    found = {}
    for dataset in datasets():
        statement = _COUNT_WORKSPACE.format(**dataset.table._asdict())
        names = {"dataset": dataset.name, "workspace_id": workspace_id}
        if count := connection.exec_driver_sql(statement, names).scalar_one():
            found[dataset] = count
    return found


def due_shards(connection: Connection, dataset: Dataset) -> list[int]:
    """The shards in which a change can be leased now, because it is due or its lease has expired."""
    return list(connection.exec_driver_sql(_DUE_SHARDS, {"dataset": dataset.name}).scalars())


def depth(connection: Connection, dataset: Dataset) -> Depth:
    """The length of the queue; reads all of it. A change whose lease has expired counts as `due`."""
    return Depth(*connection.exec_driver_sql(_DEPTH, {"dataset": dataset.name}).one())


def depths_by_workspace(
    connection: Connection, workspaces: Collection[str] | None = None
) -> list[tuple[Dataset, str, Depth]]:
    """The length of the queue by dataset and workspace, the oldest first; of these workspaces, or of all.

    Reads all of the queue.
    """
    named = {each.name: each for each in datasets()}
    chosen = {"datasets": list(named), "workspaces": None if workspaces is None else list(workspaces)}
    return [
        (named[dataset], workspace_id, Depth(*numbers))
        for dataset, workspace_id, *numbers in connection.exec_driver_sql(_DEPTHS_BY_WORKSPACE, chosen)
    ]


def read_write_tally(connection: Connection, dataset: Dataset) -> WriteTally:
    """The outcomes of all writes at one moment; reads all of the queue."""
    found = {
        outcome: int(changes) for outcome, changes in connection.exec_driver_sql(_ACCOUNT, {"dataset": dataset.name})
    }
    counts = {name: found.get(name, 0) for name in WriteTally._fields if name != "written"}
    return WriteTally(written=sum(counts.values()), **counts)


def forget_rested(connection: Connection) -> None:
    """Delete entities from `recently_indexed` that have rested long enough; to be called every now and then."""
    connection.exec_driver_sql(_FORGET)
