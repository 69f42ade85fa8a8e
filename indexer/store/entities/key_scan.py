"""Reading the store to compare it with the index: a dataset in the order of its keys, and the state of single entities.

A key is `(workspace_id, conversation_id)`, or has a record's id in its place. Keys are ordered by the bytes of their
UTF-8 (collation C), workspace first.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.keys import EntityKey
from indexer.store.entities.key_bounds import key_bound
from indexer.store.entities.revision_locks import VERSION, hold_records, share_workspace
from indexer.store.queue.changes import RAISE_CHANGE


class StoredKey(NamedTuple):
    """A conversation without its content; `revision` is the version that its document should have."""

    workspace_id: str
    conversation_id: str
    revision: int
    deleted: bool

    @property
    def key(self) -> EntityKey:
        """The workspace and the id in it."""
        return EntityKey(self.workspace_id, self.conversation_id)


class Standing(NamedTuple):
    """The state of a conversation at one moment.

    `revision` is the version that its document should have, None if nothing is stored. `queued` and `quarantined`
    say whether it is in the tables `changes` and `quarantine`.
    """

    revision: int | None
    deleted: bool
    queued: bool
    quarantined: bool


NOT_STORED = Standing(None, deleted=False, queued=False, quarantined=False)

_READ_KEYS = f"""
SELECT c.workspace_id, c.id, {VERSION}, c.deleted
FROM (
    SELECT workspace_id, {{id}} AS id, revision, deleted FROM {{table}}
    WHERE {{own}} AND {{condition}}
    ORDER BY workspace_id, {{id}} LIMIT {{limit}}
) AS c LEFT JOIN workspaces AS w USING (workspace_id)
ORDER BY c.workspace_id, c.id
"""

# One statement, and so one moment.
_READ_STANDING = f"""
SELECT wanted.workspace_id, wanted.id,
    CASE WHEN c.revision IS NOT NULL THEN {VERSION} END,
    coalesce(c.deleted, false),
    EXISTS (
        SELECT FROM changes AS q WHERE (q.dataset, q.workspace_id, q.entity_id)
            = (%(dataset)s, wanted.workspace_id, wanted.id)
    ),
    EXISTS (
        SELECT FROM quarantine AS q WHERE (q.dataset, q.workspace_id, q.entity_id)
            = (%(dataset)s, wanted.workspace_id, wanted.id)
    )
FROM unnest(%(workspaces)s::text[], %(ids)s::text[]) AS wanted (workspace_id, id)
LEFT JOIN (
    SELECT workspace_id, {{id}} AS id, revision, deleted FROM {{table}} WHERE {{own}}
) AS c USING (workspace_id, id)
LEFT JOIN workspaces AS w ON w.workspace_id = c.workspace_id
"""

_RENEW = f"""
WITH known AS (
    SELECT {{id}} AS id FROM {{table}}
    WHERE {{own}} AND workspace_id = %(workspace_id)s AND {{id}} = ANY(%(ids)s::text[]) AND NOT deleted
    ORDER BY {{id}} FOR UPDATE
), renewed AS (
    UPDATE {{table}} AS stored SET revision = nextval('revision')
    FROM known
    WHERE {{own}} AND stored.workspace_id = %(workspace_id)s AND stored.{{id}} = known.id
    RETURNING known.id, stored.revision
), marked AS (
    INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
    SELECT %(dataset)s, %(workspace_id)s, id, revision, now(), now()
    FROM renewed ORDER BY id COLLATE "C"
    {RAISE_CHANGE}
    RETURNING shard
)
SELECT shard FROM marked
"""


def read_keys(
    connection: Connection,
    dataset: Dataset,
    after: EntityKey | None,
    limit: int,
    workspace_id: str | None = None,
) -> list[StoredKey]:
    """The first `limit` entities of a dataset after a key (None: from the first), in order, deleted ones too."""
    beyond, first = key_bound("after", after, dataset, workspace_id)
    within = "true" if workspace_id is None else "workspace_id = %(workspace_id)s"
    rows = connection.exec_driver_sql(
        _READ_KEYS.format(**dataset.table._asdict(), condition=within + beyond, limit=int(limit)),
        {"workspace_id": workspace_id, **first},
    )
    return [StoredKey(*row) for row in rows]


def read_standing(connection: Connection, keys: Sequence[EntityKey], dataset: Dataset) -> dict[EntityKey, Standing]:
    """The state of each of these conversations or records, stored or not, all at one moment."""
    rows = connection.exec_driver_sql(
        _READ_STANDING.format(**dataset.table._asdict()),
        {
            "dataset": dataset.name,
            "workspaces": [workspace_id for workspace_id, _ in keys],
            "ids": [id_ for _, id_ in keys],
        },
    )
    return {EntityKey(row[0], row[1]): Standing(*row[2:]) for row in rows}


def renew_entities(connection: Connection, workspace_id: str, ids: Sequence[str], dataset: Dataset) -> list[int]:
    """Give conversations or records new revisions, content unchanged, and make them due; returns the shard of each.

    This is for documents that Elasticsearch would refuse under the present revision: see docs/decisions/0008.
    """
    share_workspace(connection, workspace_id)
    if dataset.are_records:
        hold_records(connection, dataset.name, workspace_id)
    return list(
        connection.exec_driver_sql(
            _RENEW.format(**dataset.table._asdict()),
            {"dataset": dataset.name, "workspace_id": workspace_id, "ids": list(ids)},
        ).scalars()
    )
