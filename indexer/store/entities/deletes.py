"""Deleting conversations: with their numbers (a tombstone stays), or their content alone.

Both are writes like any other: the row gets a new revision and is due. A tombstone keeps the time of the deletion.
A record of an earlier change that arrives later does not bring the conversation back; one of a later change does.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from indexer.keys import MOST_BYTES
from indexer.store.entities.revision_locks import share_workspace
from indexer.store.entities.workspaces import expect_usable_name
from indexer.store.queue.changes import RAISE_CHANGE

_MARKED = f"""
marked AS (
    INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
    SELECT 'conversations', %(workspace_id)s, conversation_id, revision, now(), now()
    FROM changed ORDER BY conversation_id COLLATE "C"
    {RAISE_CHANGE}
    RETURNING entity_id, shard
)
SELECT entity_id, shard FROM marked
"""

_DELETE = f"""
WITH changed AS (
    INSERT INTO conversations AS stored
        (workspace_id, conversation_id, payload, created_at, updated_at, contact_ids, revision, deleted, saved_at)
    SELECT %(workspace_id)s, conversation_id, '', 0, %(at)s, '{{}}', nextval('revision'), true, now()
    FROM unnest(%(ids)s::text[]) AS wanted (conversation_id)
    WHERE octet_length(conversation_id) <= {MOST_BYTES} OR EXISTS (
        SELECT FROM conversations AS known
        WHERE known.workspace_id = %(workspace_id)s AND known.conversation_id = wanted.conversation_id
    )
    ORDER BY conversation_id COLLATE "C"
    ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET
        payload = '',
        updated_at = greatest(stored.updated_at, EXCLUDED.updated_at),
        contact_ids = '{{}}',
        revision = nextval('revision'),
        deleted = true,
        redacted = false,
        saved_at = now()
    WHERE NOT stored.deleted OR stored.updated_at < EXCLUDED.updated_at
    RETURNING conversation_id, revision
), {_MARKED}
"""

_LOCK = """
SELECT conversation_id, payload, deleted OR redacted AS gone FROM conversations
WHERE workspace_id = %(workspace_id)s AND conversation_id = ANY(%(ids)s::text[])
ORDER BY conversation_id FOR UPDATE
"""

_REDACT = f"""
WITH changed AS (
    UPDATE conversations AS stored SET
        payload = given.payload,
        updated_at = greatest(stored.updated_at, %(at)s),
        revision = nextval('revision'),
        redacted = true,
        saved_at = now()
    FROM unnest(%(ids)s::text[], %(payloads)b::bytea[]) AS given (conversation_id, payload)
    WHERE stored.workspace_id = %(workspace_id)s AND stored.conversation_id = given.conversation_id
    RETURNING stored.conversation_id, stored.revision
), {_MARKED}
"""


def delete_conversations(
    connection: Connection, workspace_id: str, conversation_ids: Sequence[str], at: int
) -> dict[str, int]:
    """Replace these conversations by tombstones, deleted `at` (epoch seconds); returns the shard of each.

    A conversation that is not stored gets a tombstone too, because it may still arrive, unless its id is too long for
    any conversation. Conversations that are deleted already are left out.
    """
    expect_usable_name(connection, workspace_id)
    share_workspace(connection, workspace_id)
    rows = connection.exec_driver_sql(
        _DELETE, {"workspace_id": workspace_id, "ids": list(dict.fromkeys(conversation_ids)), "at": at}
    )
    return {row.entity_id: row.shard for row in rows}


def lock_contents(
    connection: Connection, workspace_id: str, conversation_ids: Sequence[str]
) -> dict[str, bytes | None]:
    """The payloads of the stored ones; None if the content is gone already.

    No other process changes them until the transaction ends.
    """
    share_workspace(connection, workspace_id)
    rows = connection.exec_driver_sql(
        _LOCK,
        {"workspace_id": workspace_id, "ids": list(conversation_ids)},
        execution_options={"binary_results": True},
    )
    return {row.conversation_id: None if row.gone else row.payload for row in rows}


def replace_contents(
    connection: Connection, workspace_id: str, payloads: Mapping[str, bytes], at: int
) -> dict[str, int]:
    """Replace the payloads that `lock_contents` has locked by ones without content; returns the shard of each.

    Their content was deleted `at` (epoch seconds). The caller has locked them in the same transaction.
    """
    rows = connection.exec_driver_sql(
        _REDACT,
        {"workspace_id": workspace_id, "ids": list(payloads), "payloads": list(payloads.values()), "at": at},
    )
    return {row.entity_id: row.shard for row in rows}
