"""Making records due that a transaction has changed, or one of the things that their documents are computed from."""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Collection

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.store.queue.changes import RAISE_CHANGE, RESTED

OF_THESE = "dataset = %(dataset)s AND workspace_id = %(workspace_id)s AND record_id = ANY(%(ids)s::text[])"
"""The records of a statement, by the parameters `dataset`, `workspace_id` and `ids`."""

# One statement for all that a transaction has changed: rows of the queue are locked in the order of their keys.
_MARKED = f"""
INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
SELECT %(dataset)s, %(workspace_id)s, id, revision, now(), {RESTED} FROM written ORDER BY id COLLATE "C"
{RAISE_CHANGE}
RETURNING entity_id, shard, due_at <= now() AS due
"""
_MARK = f"WITH written AS ({{written}}) {_MARKED}"

_WRITTEN = f"SELECT record_id AS id, revision FROM records WHERE {OF_THESE}"

_RAISED = f"""
    UPDATE records SET revision = nextval('revision'), saved_at = now() WHERE {OF_THESE} AND NOT deleted {{chosen}}
    RETURNING record_id AS id, revision
"""

RAISED_WITH = f"""
written AS ({_RAISED.format(chosen="AND EXISTS (SELECT FROM raised WHERE raised.id = record_id)")}),
marked AS ({_MARKED})
"""
"""What `raise_records` does, within a statement that has found the ids among `OF_THESE` as `raised`: see `marked`."""


def make_due(connection: Connection, own: dict[str, object]) -> dict[str, tuple[int, bool]]:
    """Make the records `OF_THESE` due, which this transaction has changed.

    Returns the shard of each, and whether it is due at once.
    """
    rows = connection.exec_driver_sql(_MARK.format(written=_WRITTEN), own)
    return {row.entity_id: (row.shard, row.due) for row in rows}


def raise_records(connection: Connection, dataset: Dataset, workspace_id: str, ids: Collection[str]) -> frozenset[int]:
    """Give records new revisions, because an input of their documents has changed, and make them due.

    Deleted ones stay as they are. The caller holds the records of the dataset. Returns the shards that now have
    something due.
    """
    if not ids:
        return frozenset()
    own: dict[str, object] = {"dataset": dataset.name, "workspace_id": workspace_id, "ids": list(ids)}
    rows = connection.exec_driver_sql(_MARK.format(written=_RAISED.format(chosen="")), own)
    return frozenset(row.shard for row in rows if row.due)
