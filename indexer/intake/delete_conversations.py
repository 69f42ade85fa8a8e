"""Deleting conversations, with or without their numbers, as Intercom's `retain_metrics` says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import Connection, Engine

from indexer.conversation import redacted
from indexer.errors import Refused
from indexer.store.entities.deletes import delete_conversations, lock_contents, replace_contents
from indexer.store.jobs.withdraw_exports import take_back

BATCH = 500


@dataclass(slots=True)
class Deleted:
    """The outcome of deleting conversations, as counts.

    `redacted` lost their content and keep their numbers, `removed` are gone, `unchanged` had been deleted before.
    `unknown` are not stored; if they arrive later, they are not saved. `exports` included one of the conversations:
    they have expired, or start again if they were being written. `shards` are those that have something due.
    """

    redacted: int = 0
    removed: int = 0
    unchanged: int = 0
    unknown: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    shards: set[int] = field(default_factory=set)

    def __iadd__(self, other: Self) -> Self:
        """Add the counts of another batch."""
        self.redacted += other.redacted
        self.removed += other.removed
        self.unchanged += other.unchanged
        self.unknown += other.unknown
        self.exports += [export for export in other.exports if export not in self.exports]
        self.shards |= other.shards
        return self


def delete(
    store: Engine,
    workspace_id: str,
    conversation_ids: Sequence[str],
    at: int,
    *,
    retain_metrics: bool,
    dry_run: bool = False,
) -> Deleted:
    """Delete conversations as of `at` (epoch seconds), batch by batch, each all or nothing."""
    wanted = list(dict.fromkeys(conversation_ids))
    deleted = Deleted()
    for start in range(0, len(wanted), BATCH):
        with store.connect() as connection:
            deleted += _delete_batch(connection, workspace_id, wanted[start : start + BATCH], at, retain_metrics)
            if dry_run:
                connection.rollback()
            else:
                connection.commit()
    return deleted


def _delete_batch(
    connection: Connection, workspace_id: str, ids: Sequence[str], at: int, retain_metrics: bool
) -> Deleted:
    stored = lock_contents(connection, workspace_id, ids)
    unknown = [id_ for id_ in ids if id_ not in stored]
    hidden: dict[str, bytes] = {}
    if retain_metrics:
        for id_, payload in stored.items():
            content = None if payload is None else _without_content(payload)
            if content is not None:
                hidden[id_] = content
    # A conversation deleted with its numbers retained can still be removed; an unreadable one has no numbers.
    going = [id_ for id_ in ids if id_ not in hidden and not (retain_metrics and stored.get(id_, b"") is None)]
    exports = take_back(connection, workspace_id, [*hidden, *going])
    shards = replace_contents(connection, workspace_id, hidden, at)
    removed = delete_conversations(connection, workspace_id, going, at)
    return Deleted(
        redacted=len(hidden),
        removed=len(removed.keys() - set(unknown)),
        unchanged=len(ids) - len(hidden) - len(removed.keys() | set(unknown)),
        unknown=unknown,
        exports=exports,
        shards={*shards.values(), *removed.values()},
    )


def _without_content(payload: bytes) -> bytes | None:
    """The payload without content; None if it cannot be read."""
    try:
        return redacted(payload)
    except Refused:
        return None
