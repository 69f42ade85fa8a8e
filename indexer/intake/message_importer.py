"""Importing messages into the store: receipts, their events and the checkpoints of series, mixed in files."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from indexer.datasets.dataset import Dataset, IncomingEvent
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS
from indexer.errors import Refused
from indexer.input_files.message_reader import read_messages
from indexer.input_files.message_tables import OnLeft
from indexer.input_files.open_files import OnBytes
from indexer.intake.importer import BATCH, BATCH_BYTES, Imported, Placed, save_batch
from indexer.intake.refused_values import save_in_halves
from indexer.intake.save_options import Saving
from indexer.intake.stored_parts import stored_part
from indexer.messages.part_reader import Part
from indexer.store.entities.record_events import count_waiting, save_events
from indexer.store.entities.workspaces import get_workspace

_COUNTS: Final = ("created", "updated", "unchanged", "older")

OnRefused = Callable[[str, Refused], None]
"""Called with the place and the reason of something that cannot be used."""


@dataclass(slots=True)
class ImportedMessages:
    """The outcomes so far, by what was read; `refused` are the rows and lines that cannot be used.

    An event counts as updated if the store had it with smaller bytes, and as older if its receipt was deleted after it.
    `waiting` is the number of the workspace's events whose receipt is not there, None if that was not counted.
    """

    receipts: Imported = field(default_factory=Imported)
    checkpoints: Imported = field(default_factory=Imported)
    events: Imported = field(default_factory=Imported)
    refused: int = 0
    waiting: int | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many receipts, checkpoints and events had each outcome, and `read` for all of them and the refused."""
        every = self.receipts, self.checkpoints, self.events
        found = {name: sum(getattr(one, name) for one in every) for name in _COUNTS}
        return {"read": sum(found.values()) + self.refused, **found, "refused": self.refused}

    @property
    def shards(self) -> dict[Dataset, set[int]]:
        """The shards that have something due now, by dataset."""
        return {
            MESSAGE_RECEIPTS: self.receipts.shards | self.events.shards,
            SERIES_CHECKPOINTS: self.checkpoints.shards,
        }


def import_messages(
    store: Engine | None,
    sources: Iterable[str],
    workspace_id: str,
    on_refused: OnRefused,
    on_left: OnLeft,
    *,
    on_bytes: OnBytes | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> ImportedMessages:
    """Check everything in the files and save what can be used, as `import_records` does.

    `on_left` gets the places of the files of an archive, and of the columns, that are not read. A time without an
    offset is local time of the workspace's zone, or UTC without a store.
    """
    batches = _Batches(None if store is None else Saving(store, workspace_id, force, dry_run), workspace_id, on_refused)
    for place, part in read_messages(sources, _zone(store, workspace_id), on_left, on_bytes):
        try:
            if isinstance(part, Refused):
                raise part
            batches.add(place, part)
        except Refused as refused:
            batches.refuse(place, refused)
    batches.save_all()
    imported = batches.imported
    if store is not None and not dry_run:
        with store.connect() as connection:
            imported.waiting = count_waiting(connection, MESSAGE_RECEIPTS, workspace_id).events
    return imported


def _zone(store: Engine | None, workspace_id: str) -> ZoneInfo:
    if store is None:
        return ZoneInfo("UTC")
    with store.connect() as connection:
        return get_workspace(connection, workspace_id).zone


class _Batches:
    """What was read and is to be saved: each kind in batches of its own, in any order among them."""

    def __init__(self, saving: Saving | None, workspace_id: str, on_refused: OnRefused) -> None:
        self.imported = ImportedMessages()
        self._saving = saving
        self._workspace_id = workspace_id
        self._on_refused = on_refused
        self._receipts: list[Placed] = []
        self._checkpoints: list[Placed] = []
        self._events: list[tuple[str, IncomingEvent]] = []
        self._size = 0

    def add(self, place: str, part: Part) -> None:
        """Take this in, and save what is enough for a batch; raises `Refused` if it cannot be saved."""
        dataset, item = stored_part(part, self._workspace_id)
        if isinstance(item, IncomingEvent):
            self._events.append((place, item))
        else:
            (self._receipts if dataset is MESSAGE_RECEIPTS else self._checkpoints).append(Placed(place, item))
        self._size += len(item.payload)
        if self._size >= BATCH_BYTES or BATCH in (len(self._receipts), len(self._checkpoints), len(self._events)):
            self.save_all()

    def refuse(self, place: str, refused: Refused) -> None:
        """Count and report something that cannot be used."""
        self.imported.refused += 1
        self._on_refused(place, refused)

    def save_all(self) -> None:
        """Save everything taken in so far."""
        imported = self.imported
        refused = [
            *save_batch(self._saving, self._receipts, imported.receipts, MESSAGE_RECEIPTS),
            *save_batch(self._saving, self._checkpoints, imported.checkpoints, SERIES_CHECKPOINTS),
            *(save_in_halves(self._events, self._save_events) if self._events else ()),
        ]
        for place, reason in refused:
            self.refuse(place, reason)
        for batch in (self._receipts, self._checkpoints, self._events):
            batch.clear()
        self._size = 0

    def _save_events(self, batch: Sequence[tuple[str, IncomingEvent]]) -> None:
        counts, saving = self.imported.events, self._saving
        if saving is None:
            counts.created += len(batch)
            return
        events = [event for _, event in batch]
        with saving.transaction() as connection:
            saved = save_events(connection, MESSAGE_RECEIPTS, saving.workspace_id, events, force=saving.force)
        counts.created += saved.created
        counts.updated += saved.replaced
        counts.unchanged += saved.unchanged
        counts.older += saved.gone
        counts.shards |= saved.shards
