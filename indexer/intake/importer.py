"""Conversations and records out of files into the store, each one a change."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from indexer.conversation import contact_ids, parse_conversation
from indexer.conversation.ahead import conversation_change, is_ahead, last_change
from indexer.conversation.history import History, history_of
from indexer.errors import Refused
from indexer.indexing.computation import refuse_long_key
from indexer.intake.input_files import CONVERSATION_LISTS, Excerpt, OnBytes, read_records
from indexer.intake.partial_histories import save_histories
from indexer.intake.save_options import Saving
from indexer.records import parse_call, parse_status_change
from indexer.store.entities.conversations import IncomingConversation, Saved
from indexer.store.entities.records import IncomingRecord, save_records
from indexer.store.faults import Fault, fault_of, words_of
from indexer.store.queue.changes import Dataset

BATCH = 500
BATCH_BYTES = 16 << 20
"""A batch has so many records, or fewer if they are this large together."""

MOST_AHEAD = 5
"""So many records whose time is in the future are named."""

_Incoming = TypeVar("_Incoming", IncomingConversation, IncomingRecord)


@dataclass(frozen=True, slots=True)
class Intake(Generic[_Incoming]):
    """How a dataset is taken in.

    `incoming` makes of a record's JSON what the store takes, and raises `Refused` for one that no document could be
    computed from; `save` saves a batch of a workspace, all or nothing or in parts that can be saved again; `lists` are
    the names under which the vendor's pages hold them.
    """

    incoming: Callable[[bytes], _Incoming]
    save: Callable[[Saving, Sequence[_Incoming]], Saved]
    lists: tuple[str, ...]


class Placed(NamedTuple, Generic[_Incoming]):
    """A record as the store takes it, and its place in the input."""

    place: str
    record: _Incoming


@dataclass(slots=True)
class Imported:
    """What became of the records so far; `shards` are those that have something due now.

    `partial` are those among them that did not bring all of their history. `ahead` are the places and times of those
    whose last change is in the future, up to `MOST_AHEAD` of them, and `count_ahead` how many there are.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    refused: int = 0
    partial: int = 0
    ahead: list[tuple[str, int]] = field(default_factory=list)
    count_ahead: int = 0
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
    force: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Check every record of the files and save those that can be used.

    Each batch is saved in a transaction of its own, so that what was imported before a fault stays. `on_refused` gets
    the place and the reason of each record that cannot be used, `on_bytes` the number of bytes of each read. Without a
    store everything is checked and nothing saved; what could be used then counts as `created`. With a store a
    `dry_run` counts what would become of each record, one by one. `force` replaces what is stored, whatever its time.
    """
    saving = None if store is None else Saving(store, workspace_id, force, dry_run)
    imported = Imported()
    batch: list[Placed[_Incoming]] = []
    size = 0

    def save() -> None:
        for place, refused in save_batch(saving, batch, imported, intake):
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
            size += len(one.payload)
        except Refused as refused:
            imported.refused += 1
            on_refused(place, refused)
        if len(batch) == BATCH or size >= BATCH_BYTES:
            save()
            size = 0
    save()
    return imported


def incoming(payload: bytes) -> IncomingConversation:
    """A conversation as the store takes it; raises `Refused`."""
    conversation = parse_conversation(payload)
    # Only a record without parts, or one that something is odd about, may be less than whole.
    partial = isinstance(payload, Excerpt) or (
        bool(conversation.data_quality or not conversation.part_count) and history_of(payload) is not History.WHOLE
    )
    now = int(time.time())
    return IncomingConversation(
        conversation.id,
        payload,
        conversation.said.created_at,
        conversation_change(conversation, now),
        tuple(contact_ids(conversation)),
        partial,
        conversation.changed_at if is_ahead(conversation.changed_at, now) else None,
    )


def incoming_call(payload: bytes) -> IncomingRecord:
    """A call as the store takes it; raises `Refused`."""
    call = parse_call(payload)
    now = int(time.time())
    changed = last_change(call.updated_at, (call.initiated_at, call.answered_at or 0, call.ended_at or 0), now)
    ahead = call.updated_at if is_ahead(call.updated_at, now) else None
    return IncomingRecord(call.id, payload, call.initiated_at, changed, ahead=ahead)


def incoming_status(payload: bytes) -> IncomingRecord:
    """A change of a teammate's status as the store takes it, in the series of that teammate; raises `Refused`."""
    change = parse_status_change(payload)
    now = int(time.time())
    changed = last_change(change.updated_at, (change.at,), now)
    ahead = change.updated_at if is_ahead(change.updated_at, now) else None
    return IncomingRecord(change.id, payload, change.at, changed, change.teammate_id, ahead)


def _save(dataset: Dataset) -> Callable[[Saving, Sequence[IncomingRecord]], Saved]:
    def save(saving: Saving, batch: Sequence[IncomingRecord]) -> Saved:
        with saving.transaction() as connection:
            return save_records(connection, dataset, saving.workspace_id, batch, force=saving.force)

    return save


CONVERSATIONS = Intake(incoming, save_histories, CONVERSATION_LISTS)
CALLS = Intake(incoming_call, _save("calls"), ("data", "calls"))
TEAMMATE_STATUSES = Intake(incoming_status, _save("teammate_statuses"), ("activity_logs",))

_INTAKES: Mapping[Dataset, Intake[Any]] = {
    "conversations": CONVERSATIONS,
    "calls": CALLS,
    "teammate_statuses": TEAMMATE_STATUSES,
}


def intake_of(dataset: Dataset) -> Intake[Any]:
    """How the dataset of that name is taken in."""
    return _INTAKES[dataset]


def save_batch(
    saving: Saving | None,
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
    if saving is None:
        imported.created += len(batch)
    else:
        try:
            saved = intake.save(saving, records)
        except DBAPIError as error:
            if fault_of(error) is not Fault.VALUE:
                raise
            if len(batch) == 1:
                return [(batch[0].place, Refused("", f"PostgreSQL does not accept it: {words_of(error)}"))]
            middle = len(batch) // 2
            return [
                refusal
                for half in (batch[:middle], batch[middle:])
                for refusal in save_batch(saving, half, imported, intake)
            ]
        _count(saved, imported)
    imported.partial += sum(isinstance(one, IncomingConversation) and one.partial for one in records)
    ahead = [(place, one.ahead) for place, one in batch if one.ahead is not None]
    imported.count_ahead += len(ahead)
    imported.ahead += ahead[: MOST_AHEAD - len(imported.ahead)]
    return []


def _count(saved: Saved, imported: Imported) -> None:
    imported.created += saved.created
    imported.updated += saved.updated
    imported.unchanged += saved.unchanged
    imported.older += saved.older
    imported.shards |= saved.shards
