"""Conversations and records out of files into the store, each one a change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from indexer.conversation import contact_ids, parse_conversation
from indexer.conversation.history import History, history_of
from indexer.errors import Refused
from indexer.pipeline.computing import refuse_long_key
from indexer.pipeline.histories import save_histories
from indexer.pipeline.reading import CONVERSATION_LISTS, Excerpt, OnBytes, read_records
from indexer.records import parse_call, parse_status_change
from indexer.store.changes import Dataset
from indexer.store.conversations import IncomingConversation, Saved
from indexer.store.faults import Fault, fault_of, words_of
from indexer.store.records import IncomingRecord, save_records

BATCH = 500

_Incoming = TypeVar("_Incoming", IncomingConversation, IncomingRecord)


@dataclass(frozen=True, slots=True)
class Intake(Generic[_Incoming]):
    """How a dataset is taken in.

    `incoming` makes of a record's JSON what the store takes, and raises `Refused` for one that no document could be
    computed from; `save` saves a batch of a workspace, all or nothing or in parts that can be saved again; `lists` are
    the names under which the vendor's pages hold them.
    """

    incoming: Callable[[bytes], _Incoming]
    save: Callable[[Engine, str, Sequence[_Incoming]], Saved]
    lists: tuple[str, ...]


class Placed(NamedTuple, Generic[_Incoming]):
    """A record as the store takes it, and its place in the input."""

    place: str
    record: _Incoming


@dataclass(slots=True)
class Imported:
    """What became of the records so far; `shards` are those that have something due now.

    `partial` are those among them that did not bring all of their history.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    refused: int = 0
    partial: int = 0
    shards: set[int] = field(default_factory=set)

    @property
    def read(self) -> int:
        """All records, those that were refused included."""
        return self.created + self.updated + self.unchanged + self.older + self.refused


def import_records(
    store: Engine | None,
    intake: Intake[_Incoming],
    sources: Iterable[str],
    workspace_id: str,
    on_refused: Callable[[str, Refused], None],
    *,
    on_bytes: OnBytes | None = None,
) -> Imported:
    """Check every record of the files and save those that can be used.

    Each batch is saved in a transaction of its own, so that what was imported before a fault stays. `on_refused` gets
    the place and the reason of each record that cannot be used, `on_bytes` the number of bytes of each read. Without a
    store everything is checked and nothing saved; what could be used then counts as `created`.
    """
    imported = Imported()
    batch: list[Placed[_Incoming]] = []

    def save() -> None:
        for place, refused in save_batch(store, workspace_id, batch, imported, intake):
            imported.refused += 1
            on_refused(place, refused)
        batch.clear()

    for place, payload in read_records(sources, on_bytes, intake.lists):
        try:
            if isinstance(payload, Refused):
                raise payload
            one = intake.incoming(payload)
            refuse_long_key(workspace_id, one.entity_id)
            batch.append(Placed(place, one))
        except Refused as refused:
            imported.refused += 1
            on_refused(place, refused)
        if len(batch) == BATCH:
            save()
    save()
    return imported


def incoming(payload: bytes) -> IncomingConversation:
    """A conversation as the store takes it; raises `Refused`."""
    conversation = parse_conversation(payload)
    # Only a record without parts, or one that something is odd about, may be less than whole.
    partial = isinstance(payload, Excerpt) or (
        bool(conversation.data_quality or not conversation.part_count) and history_of(payload) is not History.WHOLE
    )
    return IncomingConversation(
        conversation.id,
        payload,
        conversation.said.created_at,
        conversation.changed_at,
        tuple(contact_ids(conversation)),
        partial,
    )


def incoming_call(payload: bytes) -> IncomingRecord:
    """A call as the store takes it; raises `Refused`."""
    call = parse_call(payload)
    return IncomingRecord(call.id, payload, call.initiated_at, call.updated_at)


def incoming_status(payload: bytes) -> IncomingRecord:
    """A change of a teammate's status as the store takes it, in the series of that teammate; raises `Refused`."""
    change = parse_status_change(payload)
    return IncomingRecord(change.id, payload, change.at, change.updated_at, change.teammate_id)


def _save(dataset: Dataset) -> Callable[[Engine, str, Sequence[IncomingRecord]], Saved]:
    def save(store: Engine, workspace_id: str, batch: Sequence[IncomingRecord]) -> Saved:
        with store.begin() as connection:
            return save_records(connection, dataset, workspace_id, batch)

    return save


CONVERSATIONS = Intake(incoming, save_histories, CONVERSATION_LISTS)
CALLS = Intake(incoming_call, _save("calls"), ("data", "calls"))
TEAMMATE_STATUSES = Intake(incoming_status, _save("teammate_statuses"), ("activity_logs",))


def save_batch(
    store: Engine | None,
    workspace_id: str,
    batch: Sequence[Placed[_Incoming]],
    imported: Imported,
    intake: Intake[_Incoming],
) -> list[tuple[str, Refused]]:
    """Save what can be used, and count what became of it; returns the place of what the store does not take, and why.

    What holds a value that PostgreSQL has no room for in a row or an index spoils the statement that it is in. So a
    batch that is refused is saved by halves, down to the record at fault.
    """
    if not batch:
        return []
    records = [one.record for one in batch]
    if store is None:
        imported.created += len(batch)
    else:
        try:
            saved = intake.save(store, workspace_id, records)
        except DBAPIError as error:
            if fault_of(error) is not Fault.VALUE:
                raise
            if len(batch) == 1:
                return [(batch[0].place, Refused("", f"PostgreSQL does not take it: {words_of(error)}"))]
            middle = len(batch) // 2
            return [
                refusal
                for half in (batch[:middle], batch[middle:])
                for refusal in save_batch(store, workspace_id, half, imported, intake)
            ]
        _count(saved, imported)
    imported.partial += sum(isinstance(one, IncomingConversation) and one.partial for one in records)
    return []


def _count(saved: Saved, imported: Imported) -> None:
    imported.created += saved.created
    imported.updated += saved.updated
    imported.unchanged += saved.unchanged
    imported.older += saved.older
    imported.shards |= saved.shards
