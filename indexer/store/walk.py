"""Looking at the store beside the index: its conversations in the order of their keys, and how single ones stand.

A key is `(workspace_id, conversation_id)`, ordered by the bytes of its UTF-8 (collation C), workspace first.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.store.changes import RAISE_CHANGE
from indexer.store.locks import share_workspace


class StoredKey(NamedTuple):
    """A conversation without its content; `revision` is the version that its document should have."""

    workspace_id: str
    conversation_id: str
    revision: int
    deleted: bool


class Standing(NamedTuple):
    """How a conversation stands at one moment.

    `revision` is the version that its document should have, None if nothing is stored. `queued` and `quarantined`
    say whether it is in the tables `changes` and `quarantine`.
    """

    revision: int | None
    deleted: bool
    queued: bool
    quarantined: bool


NOT_STORED = Standing(None, deleted=False, queued=False, quarantined=False)

_READ_KEYS = """
SELECT c.workspace_id, c.conversation_id, greatest(c.revision, w.revision), c.deleted
FROM (
    SELECT workspace_id, conversation_id, revision, deleted FROM conversations
    WHERE {condition}
    ORDER BY workspace_id, conversation_id LIMIT {limit}
) AS c LEFT JOIN workspaces AS w USING (workspace_id)
ORDER BY c.workspace_id, c.conversation_id
"""

# One statement, and so one moment.
_READ_STANDING = """
SELECT wanted.workspace_id, wanted.conversation_id,
    CASE WHEN c.revision IS NOT NULL THEN greatest(c.revision, w.revision) END,
    coalesce(c.deleted, false),
    EXISTS (
        SELECT FROM changes AS q WHERE (q.dataset, q.workspace_id, q.entity_id)
            = ('conversations', wanted.workspace_id, wanted.conversation_id)
    ),
    EXISTS (
        SELECT FROM quarantine AS q WHERE (q.dataset, q.workspace_id, q.entity_id)
            = ('conversations', wanted.workspace_id, wanted.conversation_id)
    )
FROM unnest(%(workspaces)s::text[], %(ids)s::text[]) AS wanted (workspace_id, conversation_id)
LEFT JOIN conversations AS c USING (workspace_id, conversation_id)
LEFT JOIN workspaces AS w ON w.workspace_id = c.workspace_id
"""

_RENEW = f"""
WITH known AS (
    SELECT conversation_id FROM conversations
    WHERE workspace_id = %(workspace_id)s AND conversation_id = ANY(%(ids)s::text[]) AND NOT deleted
    ORDER BY conversation_id FOR UPDATE
), renewed AS (
    UPDATE conversations AS stored SET revision = nextval('revision')
    FROM known
    WHERE stored.workspace_id = %(workspace_id)s AND stored.conversation_id = known.conversation_id
    RETURNING stored.conversation_id, stored.revision
), marked AS (
    INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
    SELECT 'conversations', %(workspace_id)s, conversation_id, revision, now(), now()
    FROM renewed ORDER BY conversation_id COLLATE "C"
    {RAISE_CHANGE}
    RETURNING shard
)
SELECT shard FROM marked
"""


def read_keys(
    connection: Connection, after: tuple[str, str] | None, limit: int, workspace_id: str | None = None
) -> list[StoredKey]:
    """The first `limit` conversations after a key (None: from the first), in order, deleted ones too."""
    conditions = ["true"]
    if after is not None:
        conditions.append("(workspace_id, conversation_id) > (%(after_workspace)s, %(after_id)s)")
    if workspace_id is not None:
        conditions.append("workspace_id = %(workspace_id)s")
    after_workspace, after_id = after or (None, None)
    rows = connection.exec_driver_sql(
        _READ_KEYS.format(condition=" AND ".join(conditions), limit=int(limit)),
        {"after_workspace": after_workspace, "after_id": after_id, "workspace_id": workspace_id},
    )
    return [StoredKey(*row) for row in rows]


def read_standing(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
    """How each of these conversations stands, stored or not, all at one moment."""
    rows = connection.exec_driver_sql(
        _READ_STANDING, {"workspaces": [key[0] for key in keys], "ids": [key[1] for key in keys]}
    )
    return {(row[0], row[1]): Standing(*row[2:]) for row in rows}


def renew_conversations(connection: Connection, workspace_id: str, conversation_ids: Sequence[str]) -> list[int]:
    """Give conversations new revisions, content unchanged, and make them due; the shard of each that is stored.

    For documents that Elasticsearch would not take under the present revision: see docs/decisions/0008.
    """
    share_workspace(connection, workspace_id)
    return list(
        connection.exec_driver_sql(_RENEW, {"workspace_id": workspace_id, "ids": list(conversation_ids)}).scalars()
    )
