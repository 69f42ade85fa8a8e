"""The queue of what must be indexed: one row per entity, from its first change until it is indexed.

    (no row) ──write──► due ──lease──► leased ──settle──────► (no row)
                         ▲               │
                         │               ├─ settle, but written meanwhile ──► due
                         │               ├─ release after a delay ──► waiting, due later
                         │               ├─ quarantine ──► (no row; a row in `quarantine`)
                         └──lease ends───┘  the worker died or hangs: leased again by somebody else

* A write finds the row in any state and only raises its revision: many writes, one row. It neither ends a lease
  nor shortens a wait, so an entity that changes all day does not get past a back-off.
* The row's revision is a claim, not a version. Whenever a row is raised it takes a new number from the sequence,
  with the row locked, so it is never what a lease has claimed before: settling tells from that alone whether
  something was written since, and what a document is computed from after a lease is at least as new as its claim.
* A lease is ended only by who holds it (`lease_id`). Whoever comes back after its lease was taken over changes
  nothing.
* An entity that has just been indexed rests for a while (`recently_indexed`): what is written meanwhile is due when
  the rest is over, so that one that changes all the time is indexed every few seconds. The first write of one that
  was quiet is due at once.
* `writes` counts the writes that the row stands for. When a lease ends for good, those that it has seen are added to
  `tallies` under their outcome, in the same statement: every accepted write is in exactly one place, in a row here
  or under one outcome.
* `attempts` counts the leases in a row that nobody came back from, and the present one, so that an entity that
  kills its workers is found out. An outage does not raise it: who gives a lease back has come back. `retries` counts
  those since the entity was last indexed, for the delay until the next.

All times are the database's. Rows are locked in the order of their keys by everybody that waits for locks.
Here is the writers' side and what there is to see; the workers' side is `leases`.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.store.schema import SHARDS

RAISE_CHANGE = """
    ON CONFLICT (dataset, workspace_id, entity_id) DO UPDATE
        SET revision = nextval('revision'), writes = changes.writes + 1
"""
"""How every INSERT INTO changes must end."""

RESTED = """greatest(now(), (
    SELECT cool_at FROM recently_indexed AS recent
    WHERE (recent.dataset, recent.workspace_id, recent.entity_id) = (%(dataset)s, %(workspace_id)s, written.id)
))"""
"""When a write of the entity `written.id` is due: at once, or when it has rested since it was last indexed."""


class Marked(NamedTuple):
    """The shards that have something due now, and the ids that are not in the store."""

    shards: frozenset[int]
    unknown: tuple[str, ...]


class Depth(NamedTuple):
    """How much is to be done, in changes; `oldest_age_seconds` is 0 when nothing is."""

    due: int
    leased: int
    waiting: int
    quarantined: int
    oldest_age_seconds: float


class Account(NamedTuple):
    """What became of all the writes ever accepted: of each exactly one thing.

    `written` is all of them; one that was coalesced with later ones shares their outcome. `superseded` are those for
    which the index had something newer; `deleted` those that removed a document. A write is anything that makes an
    entity due, a mark or a replay too.
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

# The first by the index of each shard, and not EXISTS, which the planner may answer by reading all that is due.
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

_DEPTH = """
SELECT
    count(*) FILTER (WHERE coalesce(lease_until, due_at) <= now()),
    count(*) FILTER (WHERE lease_until > now()),
    count(*) FILTER (WHERE lease_id IS NULL AND due_at > now()),
    (SELECT count(*) FROM quarantine WHERE dataset = %(dataset)s),
    coalesce(extract(epoch FROM now() - min(first_changed_at)), 0)::float8
FROM changes WHERE dataset = %(dataset)s
"""

_ACCOUNT = """
SELECT outcome, sum(changes)::bigint FROM tallies WHERE dataset = %(dataset)s GROUP BY outcome
UNION ALL
SELECT 'queued', coalesce(sum(writes), 0) FROM changes WHERE dataset = %(dataset)s
"""

# Rows that a worker is writing at this moment are passed over: it may lock them in another order than this.
_FORGET = """
DELETE FROM recently_indexed WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM recently_indexed WHERE cool_at <= now() FOR UPDATE SKIP LOCKED
))
"""


def mark_changed(connection: Connection, dataset: Dataset, workspace_id: str, entity_ids: Sequence[str]) -> Marked:
    """Make stored entities due although nothing was saved: other producers, repairs."""
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


def due_shards(connection: Connection, dataset: Dataset) -> list[int]:
    """The shards in which something can be leased now: due, or its lease has ended."""
    return list(connection.exec_driver_sql(_DUE_SHARDS, {"dataset": dataset.name}).scalars())


def depth(connection: Connection, dataset: Dataset) -> Depth:
    """The queue in figures; reads all of it. Changes of ended leases count as `due`."""
    return Depth(*connection.exec_driver_sql(_DEPTH, {"dataset": dataset.name}).one())


def account(connection: Connection, dataset: Dataset) -> Account:
    """What became of all writes, at one moment; reads all of the queue."""
    found = {
        outcome: int(changes) for outcome, changes in connection.exec_driver_sql(_ACCOUNT, {"dataset": dataset.name})
    }
    counts = {name: found.get(name, 0) for name in Account._fields if name != "written"}
    return Account(written=sum(counts.values()), **counts)


def forget_rested(connection: Connection) -> None:
    """Forget who was indexed recently, once that was long enough ago; to be called every now and then."""
    connection.exec_driver_sql(_FORGET)
