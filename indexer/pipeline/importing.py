"""Conversations out of files into the store, each one a change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from indexer.conversation import contact_ids, parse_conversation
from indexer.errors import Refused
from indexer.pipeline.reading import OnBytes, read_records
from indexer.store.conversations import IncomingConversation, save_conversations

BATCH = 500


@dataclass(slots=True)
class Imported:
    """What became of the records so far; `shards` are those that have something due now."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    refused: int = 0
    shards: set[int] = field(default_factory=set)

    @property
    def read(self) -> int:
        """All records, those that were refused included."""
        return self.created + self.updated + self.unchanged + self.older + self.refused


def import_conversations(
    store: Engine | None,
    sources: Iterable[str],
    workspace_id: str,
    on_refused: Callable[[str, Refused], None],
    on_bytes: OnBytes | None = None,
) -> Imported:
    """Check every record of the files and save those that can be used.

    Each batch is saved in a transaction of its own, so that what was imported before a fault stays. `on_refused` gets
    the place and the reason of each record that cannot be used, `on_bytes` the number of bytes of each read. Without a
    store everything is checked and nothing saved; what could be used then counts as `created`.
    """
    imported = Imported()
    batch: list[IncomingConversation] = []
    for place, payload in read_records(sources, on_bytes):
        try:
            batch.append(incoming(payload))
        except Refused as refused:
            imported.refused += 1
            on_refused(place, refused)
        if len(batch) == BATCH:
            save_batch(store, workspace_id, batch, imported)
            batch = []
    save_batch(store, workspace_id, batch, imported)
    return imported


def incoming(payload: bytes | Refused) -> IncomingConversation:
    """A record as the store takes it; raises `Refused` for one that no document could be computed from."""
    if isinstance(payload, Refused):
        raise payload
    conversation = parse_conversation(payload)
    return IncomingConversation(
        conversation.id,
        payload,
        conversation.said.created_at,
        conversation.changed_at,
        tuple(contact_ids(conversation)),
    )


def save_batch(store: Engine | None, workspace_id: str, batch: list[IncomingConversation], imported: Imported) -> None:
    """Save what can be used, and count what became of it."""
    if not batch:
        return
    if store is None:
        imported.created += len(batch)
        return
    with store.begin() as connection:
        saved = save_conversations(connection, workspace_id, batch)
    imported.created += saved.created
    imported.updated += saved.updated
    imported.unchanged += saved.unchanged
    imported.older += saved.older
    imported.shards |= saved.shards
