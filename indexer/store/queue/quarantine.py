"""The quarantine: entities that cannot be indexed as they are, until they are indexed after all or purged.

Workers add entries (`leases.quarantine_changes`) and remove them once they are indexed (`leases.settle_changes`),
both with the row of the queue locked. This is the operators' side. It keeps that order: replaying locks the queue's
rows first, in the order of their keys, and purging waits for no lock.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.keys import EntityKey
from indexer.store.queue.changes import RAISE_CHANGE


class Selection(NamedTuple):
    """A choice of entries; a condition that is None does not matter, and `Selection(dataset)` means all of a dataset.

    `reason` is a part of the reason, in upper or lower case. `entity_ids` are those of `workspace_id`.
    """

    dataset: Dataset
    workspace_id: str | None = None
    entity_ids: tuple[str, ...] | None = None
    reason: str | None = None


class Entry(NamedTuple):
    """An entity in quarantine.

    `revision` is that of the change that failed, `attempts` counts the leases it took. `replayed_at` is when the entry
    was last made due again; if that is earlier than `last_at`, the entry has come back.
    """

    workspace_id: str
    entity_id: str
    revision: int
    reason: str
    error: str
    attempts: int
    first_at: datetime
    last_at: datetime
    replayed_at: datetime | None


class Reason(NamedTuple):
    """How many entries there are for a reason, and the time of the newest."""

    reason: str
    entries: int
    last_at: datetime


class Purge(NamedTuple):
    """The record of an entry that was purged: who purged it, and why (`because`)."""

    workspace_id: str
    entity_id: str
    reason: str
    error: str
    attempts: int
    first_at: datetime
    last_at: datetime
    purged_at: datetime
    purged_by: str
    because: str


class Replayed(NamedTuple):
    """How many entries are due again, and their shards."""

    entries: int
    shards: frozenset[int]


_SELECTED = """
    dataset = %(dataset)s
    AND (%(workspace_id)s::text IS NULL OR workspace_id = %(workspace_id)s)
    AND (%(entity_ids)s::text[] IS NULL OR entity_id = ANY(%(entity_ids)s))
    AND (%(reason)s::text IS NULL OR strpos(lower(reason), lower(%(reason)s)) > 0)
"""

_LIST = f"""
SELECT {", ".join(Entry._fields)} FROM quarantine WHERE {_SELECTED}
ORDER BY last_at DESC, workspace_id, entity_id LIMIT %(limit)s
"""

_REASONS = f"""
SELECT reason, count(*), max(last_at) FROM quarantine WHERE {_SELECTED} GROUP BY reason ORDER BY count(*) DESC, reason
"""

_AMONG = """
SELECT workspace_id, entity_id FROM quarantine
JOIN unnest(%(workspaces)s::text[], %(ids)s::text[]) AS asked (workspace_id, entity_id) USING (workspace_id, entity_id)
WHERE dataset = %(dataset)s
"""

_REPLAY = f"""
WITH marked AS (
    INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
    SELECT dataset, workspace_id, entity_id, nextval('revision'), now(), now()
    FROM quarantine WHERE {_SELECTED} ORDER BY workspace_id, entity_id
    {RAISE_CHANGE}
    RETURNING dataset, workspace_id, entity_id, shard
), replayed AS (
    UPDATE quarantine AS q SET replayed_at = now() FROM marked
    WHERE (q.dataset, q.workspace_id, q.entity_id) = (marked.dataset, marked.workspace_id, marked.entity_id)
)
SELECT count(*), coalesce(array_agg(DISTINCT shard), '{{}}') FROM marked
"""

# Rows of leases that a worker is ending at this moment are skipped: it may lock them in another order.
_PURGE = f"""
WITH picked AS (
    SELECT dataset, workspace_id, entity_id FROM quarantine WHERE {_SELECTED} FOR UPDATE SKIP LOCKED
), purged AS (
    DELETE FROM quarantine AS q USING picked
    WHERE (q.dataset, q.workspace_id, q.entity_id) = (picked.dataset, picked.workspace_id, picked.entity_id)
    RETURNING q.*
), recorded AS (
    INSERT INTO quarantine_purges
        (dataset, workspace_id, entity_id, purged_at, purged_by, because, reason, error, attempts, first_at, last_at)
    SELECT dataset, workspace_id, entity_id, now(), %(purged_by)s, %(because)s,
        reason, error, attempts, first_at, last_at
    FROM purged
    RETURNING 1
)
SELECT count(*) FROM recorded
"""

_PURGES = f"""
SELECT {", ".join(Purge._fields)} FROM quarantine_purges WHERE {_SELECTED}
ORDER BY purged_at DESC, workspace_id, entity_id LIMIT %(limit)s
"""


def list_entries(connection: Connection, selection: Selection, limit: int | None = None) -> list[Entry]:
    """The entries, the newest first; without a limit all of them."""
    rows = connection.exec_driver_sql(_LIST, _parameters(selection) | {"limit": limit})
    return [Entry(*row) for row in rows]


def count_by_reason(connection: Connection, selection: Selection) -> list[Reason]:
    """The number of entries for each reason, the most frequent first."""
    return [Reason(*row) for row in connection.exec_driver_sql(_REASONS, _parameters(selection))]


def quarantined_among(connection: Connection, keys: Sequence[EntityKey], dataset: Dataset) -> set[EntityKey]:
    """Which of these `(workspace_id, entity_id)` are in quarantine."""
    rows = connection.exec_driver_sql(
        _AMONG,
        {
            "dataset": dataset.name,
            "workspaces": [workspace for workspace, _ in keys],
            "ids": [entity for _, entity in keys],
        },
    )
    return {EntityKey(*row) for row in rows}


def refused_payload(connection: Connection, workspace_id: str, entity_id: str, dataset: Dataset) -> bytes | None:
    """The payload as it was refused; None if none was kept, or if the entity is not in quarantine."""
    found: bytes | None = connection.exec_driver_sql(
        "SELECT payload FROM quarantine WHERE (dataset, workspace_id, entity_id) = (%(d)s, %(w)s, %(e)s)",
        {"d": dataset.name, "w": workspace_id, "e": entity_id},
        execution_options={"binary_results": True},
    ).scalar()
    return found


def replay(connection: Connection, selection: Selection) -> Replayed:
    """Make the entries due again. They stay in quarantine until they are indexed, or come back with a new error.

    An entity that is due already, because its conversation has changed, keeps its place in the queue.
    """
    entries, shards = connection.exec_driver_sql(_REPLAY, _parameters(selection)).one()
    return Replayed(entries, frozenset(shards))


def purge(connection: Connection, selection: Selection, purged_by: str, because: str) -> int:
    """Remove the entries and keep a record of each; returns how many.

    The stored entities and their documents in the index stay as they are. An entry stays too if a worker is ending a
    lease on it at this moment.
    """
    purged: int = connection.exec_driver_sql(
        _PURGE, _parameters(selection) | {"purged_by": purged_by, "because": because}
    ).scalar_one()
    return purged


def list_purges(connection: Connection, selection: Selection, limit: int | None = None) -> list[Purge]:
    """The records of purged entries, the newest first; without a limit all of them."""
    return [Purge(*row) for row in connection.exec_driver_sql(_PURGES, _parameters(selection) | {"limit": limit})]


def _parameters(selection: Selection) -> dict[str, object]:
    ids = selection.entity_ids
    return selection._asdict() | {
        "dataset": selection.dataset.name,
        "entity_ids": None if ids is None else list(ids),
    }
