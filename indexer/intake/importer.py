"""Importing conversations and records from files into the store, each one a change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Engine

from indexer.datasets.dataset import Dataset, Incoming, refuse_long_key
from indexer.errors import Refused
from indexer.input_files.record_reader import OnBytes, read_records
from indexer.intake.partial_histories import save_histories
from indexer.intake.refused_values import save_in_halves
from indexer.intake.save_options import Saving
from indexer.store.entities.conversations import Saved
from indexer.store.entities.records import save_records

BATCH = 500
BATCH_BYTES = 16 << 20
"""The size of a batch: at most that many records, or fewer if they are this large together."""

_ERASED = Refused("", "is a person who was erased")

MOST_AHEAD = 5
"""The most records with a time in the future that are named."""


class Placed(NamedTuple):
    """A record as the store takes it, and its place in the input."""

    place: str
    record: Incoming


@dataclass(slots=True)
class Imported:
    """The outcomes of the records so far; `shards` are those that have something due now.

    `partial` counts records that did not bring all of their history. `ahead` has the places and times of records
    whose last change is in the future, up to `MOST_AHEAD` of them, and `count_ahead` is their number.
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
        """The number of all records, including refused ones."""
        return self.created + self.updated + self.unchanged + self.older + self.refused


def import_records(
    store: Engine | None,
    dataset: Dataset,
    sources: Iterable[str],
    workspace_id: str,
    on_refused: Callable[[str, Refused], None],
    *,
    on_bytes: OnBytes | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Check every record of the files and save those that can be used.

    Each batch is saved in a transaction of its own, so that records imported before a fault stay. `on_refused` gets
    the place and the reason of each record that cannot be used, `on_bytes` the number of bytes of each read. Without a
    store everything is checked and nothing saved; usable records then count as `created`. With a store, a `dry_run`
    counts the outcome that each record would have. `force` replaces the stored records, whatever their times.
    """
    saving = None if store is None else Saving(store, workspace_id, force, dry_run)
    imported = Imported()
    batch: list[Placed] = []
    size = 0

    def save() -> None:
        for place, refused in save_batch(saving, batch, imported, dataset):
            imported.refused += 1
            on_refused(place, refused)
        batch.clear()

    for place, payload in read_records(sources, on_bytes, lists=dataset.lists):
        try:
            if isinstance(payload, Refused):
                raise payload
            one = dataset.incoming(payload)
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


def _save(saving: Saving, dataset: Dataset, batch: Sequence[Incoming]) -> Saved:
    """Save a batch of a workspace, all or nothing or in parts that can be saved again."""
    if not dataset.are_records:
        return save_histories(saving, batch)
    with saving.transaction() as connection:
        return save_records(connection, dataset, saving.workspace_id, batch, force=saving.force)


def save_batch(
    saving: Saving | None,
    batch: Sequence[Placed],
    imported: Imported,
    dataset: Dataset,
) -> list[tuple[str, Refused]]:
    """Save the usable records and count their outcomes; returns the places of those that the store refuses."""
    if not batch:
        return []

    erased: list[tuple[str, Refused]] = []

    def save(some: Sequence[Placed]) -> None:
        records = [one.record for one in some]
        if saving is None:
            imported.created += len(some)
        else:
            saved = _save(saving, dataset, records)
            _count(saved, imported)
            erased.extend((one.place, _ERASED) for one in some if one.record.entity_id in saved.erased)
        imported.partial += sum(one.partial for one in records)
        ahead = [(place, one.ahead) for place, one in some if one.ahead is not None]
        imported.count_ahead += len(ahead)
        imported.ahead += ahead[: MOST_AHEAD - len(imported.ahead)]

    return [*save_in_halves(batch, save), *erased]


def _count(saved: Saved, imported: Imported) -> None:
    imported.created += saved.created
    imported.updated += saved.updated
    imported.unchanged += saved.unchanged
    imported.older += saved.older
    imported.shards |= saved.shards
