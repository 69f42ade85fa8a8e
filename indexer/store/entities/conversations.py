"""Conversations as they came, each with its revision; saving one is what makes it due for indexing."""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming, newest_of
from indexer.store.entities.disguises import disguised
from indexer.store.entities.revision_locks import hold_workspace, share_workspace
from indexer.store.entities.workspaces import expect_usable_name
from indexer.store.queue.changes import RAISE_CHANGE, RESTED


class Saved(NamedTuple):
    """The result of saving a batch, in conversations, and the shards that now have something due.

    `behind` are those of the older ones whose stored version is partial: they may have parts that it lacks. `erased`
    are the people not saved because they were erased, who are in none of the counts.
    """

    created: int
    updated: int
    unchanged: int
    older: int
    shards: frozenset[int]
    behind: frozenset[str] = frozenset()
    erased: frozenset[str] = frozenset()


# The revision of an existing row is taken in DO UPDATE, that is with the row locked: of two writers of one
# conversation the later has the higher number. EXCLUDED.revision was taken before the wait for the lock, so the
# later content could get the lower number, and the earlier content would stay in the index.
#
# All code locks rows in the order of their ids, conversations before changes, so there are no deadlocks.
#
# Payloads go in binary (`%b`): as text each byte is escaped, which doubles the cost of a save.
#
# xmax is 0 on a row that this statement inserted, since an update has to lock what it replaces.
_SAVE = f"""
WITH incoming AS (
    SELECT conversation_id, payload, created_at, updated_at, partial,
        ARRAY(SELECT jsonb_array_elements_text(contacts)) AS contact_ids
    FROM unnest(
        %(ids)s::text[], %(payloads)b::bytea[], %(created)s::bigint[], %(updated)s::bigint[], %(contacts)s::jsonb[],
        %(partial)s::boolean[]
    ) AS i (conversation_id, payload, created_at, updated_at, contacts, partial)
    ORDER BY conversation_id COLLATE "C"
), saved AS (
    INSERT INTO conversations AS stored
        (workspace_id, conversation_id, payload, created_at, updated_at, contact_ids, partial, revision, saved_at)
    SELECT %(workspace_id)s, conversation_id, payload, created_at, updated_at, contact_ids, partial,
        nextval('revision'), now()
    FROM incoming
    ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET
        payload = EXCLUDED.payload,
        created_at = EXCLUDED.created_at,
        updated_at = EXCLUDED.updated_at,
        contact_ids = EXCLUDED.contact_ids,
        partial = EXCLUDED.partial,
        deleted = false,
        redacted = false,
        revision = nextval('revision'),
        saved_at = now()
    WHERE EXCLUDED.payload <> stored.payload
        AND (%(force)s
            OR EXCLUDED.updated_at > stored.updated_at
            OR EXCLUDED.updated_at = stored.updated_at AND NOT stored.deleted AND NOT stored.redacted)
    RETURNING conversation_id, revision, xmax = 0 AS created
), marked AS (
    INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
    SELECT %(dataset)s, %(workspace_id)s, id, revision, now(), {RESTED}
    FROM (SELECT conversation_id AS id, revision FROM saved) AS written ORDER BY id COLLATE "C"
    {RAISE_CHANGE}
    RETURNING entity_id, shard, due_at <= now() AS due
)
SELECT entity_id, shard, due, created FROM marked JOIN saved ON entity_id = conversation_id
"""

_OLDER = """
SELECT conversation_id, partial AND NOT deleted AND NOT redacted AS behind
FROM unnest(%(ids)s::text[], %(updated)s::bigint[]) AS i (conversation_id, updated_at)
JOIN conversations AS stored USING (conversation_id)
WHERE stored.workspace_id = %(workspace_id)s AND stored.updated_at > i.updated_at
"""


def save_conversations(
    connection: Connection, workspace_id: str, batch: Sequence[Incoming], *, force: bool = False
) -> Saved:
    """Save a batch and make the changed conversations due, both or neither: the caller commits each batch at once.

    A stored conversation keeps its content and its revision in two cases: if the new content is equal byte by byte,
    which counts as `unchanged`, or if it claims an earlier `updated_at`, so that it came late and counts as `older`.
    If a conversation is given twice, the one with the later `updated_at` is saved, or the last of equal ones; the
    others count as `older`.

    With `force`, times do not matter: the last one given replaces the stored one, and a deleted one exists again.
    """
    newest = newest_of(batch, force=force)
    if not newest:
        return Saved(0, 0, 0, 0, frozenset())

    expect_usable_name(connection, workspace_id)
    share_workspace(connection, workspace_id)
    given = disguised(connection, CONVERSATIONS, workspace_id, list(newest.values()))
    ids, payloads, created, updated, contacts, partial, *_ = map(list, zip(*given, strict=True))
    changed = connection.exec_driver_sql(
        _SAVE,
        {
            "dataset": CONVERSATIONS.name,
            "workspace_id": workspace_id,
            "ids": ids,
            "payloads": payloads,
            "created": created,
            "updated": updated,
            "contacts": [_contacts(of_one) for of_one in contacts],
            "partial": partial,
            "force": force,
        },
    ).all()
    older: list[Any] = []
    if len(changed) < len(newest) and not force:
        # The rows that did not change are locked by now, so this count cannot change.
        older = list(connection.exec_driver_sql(_OLDER, {"workspace_id": workspace_id, "ids": ids, "updated": updated}))
    inserted = sum(row.created for row in changed)
    return Saved(
        created=inserted,
        updated=len(changed) - inserted,
        unchanged=len(newest) - len(changed) - len(older),
        older=len(older) + len(batch) - len(newest),
        shards=frozenset(row.shard for row in changed if row.due),
        behind=frozenset(row.conversation_id for row in older if row.behind),
    )


class StoredVersion(NamedTuple):
    """A stored conversation, to be compared with another record of it."""

    payload: bytes
    updated_at: int
    partial: bool


def lock_versions(connection: Connection, workspace_id: str, ids: Sequence[str]) -> dict[str, StoredVersion]:
    """The stored versions of these conversations, without deleted ones.

    Until the transaction ends, no other process saves into the workspace. The content of a redacted conversation
    counts with the time of its redaction.
    """
    hold_workspace(connection, workspace_id)
    rows = connection.exec_driver_sql(
        """
        SELECT conversation_id, payload, updated_at, partial FROM conversations
        WHERE workspace_id = %(workspace_id)s AND conversation_id = ANY(%(ids)s::text[]) AND NOT deleted
        """,
        {"workspace_id": workspace_id, "ids": list(ids)},
        execution_options={"binary_results": True},
    )
    return {row.conversation_id: StoredVersion(row.payload, row.updated_at, row.partial) for row in rows}


def _contacts(contact_ids: Sequence[str]) -> str:
    """The ids as JSON, since the rows of an array must have one length; PostgreSQL's text cannot hold NUL."""
    return orjson.dumps([found for found in contact_ids if "\0" not in found]).decode()


def count_conversations(connection: Connection, workspace_id: str) -> int:
    """Count the conversations of the workspace, without deleted ones."""
    found: int = connection.exec_driver_sql(
        "SELECT count(*) FROM conversations WHERE workspace_id = %(workspace_id)s AND NOT deleted",
        {"workspace_id": workspace_id},
    ).scalar_one()
    return found
