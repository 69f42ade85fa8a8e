"""Saving people and companies that come as objects: a value that cannot be used does not stop the rest."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from indexer.datasets.companies import COMPANIES, incoming_company
from indexer.datasets.dataset import Dataset, Incoming, refuse_long_key
from indexer.datasets.people import PEOPLE, incoming_person
from indexer.errors import Refused
from indexer.intake.new_attributes import add_usable_attributes
from indexer.intake.read_people import PlacedObject, ReadBatch, as_refusal, read_batch, without_attributes
from indexer.intake.refused_values import save_in_halves
from indexer.intake.settle_updates import Settled, settle
from indexer.people.attribute import Attribute, Model
from indexer.people.merge_update import changes
from indexer.people.person import Company, Person
from indexer.store.entities.attributes import read_attributes
from indexer.store.entities.records import save_records
from indexer.store.entities.revision_locks import hold_records

Transaction = Callable[[], AbstractContextManager[Connection]]
"""Opens a transaction that is committed at its end, or rolled back if it is only a trial."""

DATASETS: dict[Model, Dataset] = {"contact": PEOPLE, "company": COMPANIES}

_ERASED = Refused("", "is a person who was erased")


@dataclass(slots=True)
class SavedPeople:
    """The outcomes of objects: each is in one of the counts, or in `refused` with its place.

    `values` are the values that were refused of objects whose other values were saved. `attributes` are those that
    nobody had declared. `changed` counts, by name, the attributes of stored records that have other values now.
    `shards` have something due.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    values: list[tuple[str, Refused]] = field(default_factory=list)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    changed: Counter[str] = field(default_factory=Counter)
    shards: set[int] = field(default_factory=set)

    @property
    def usable(self) -> int:
        """The number of objects that could be used."""
        return self.created + self.updated + self.unchanged + self.older

    def add(self, other: "SavedPeople") -> None:
        """Add the outcomes of further objects, without the reasons of refusals."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.older += other.older
        self.attributes |= other.attributes
        self.changed += other.changed
        self.shards |= other.shards


@dataclass(frozen=True, slots=True)
class PeopleSaver:
    """Saves people or companies of a workspace, in batches of one transaction each.

    `force` replaces stored records even if they are newer or were deleted. `declared` are attributes that come with
    the input, if the workspace does not have them.
    """

    transaction: Transaction
    workspace_id: str
    model: Model
    force: bool = False
    declared: dict[str, Attribute] = field(default_factory=dict)

    def save(self, batch: Sequence[PlacedObject], *, compare: bool = False) -> SavedPeople:
        """Save a batch; with `compare` also count which attributes of stored records change."""
        saved = SavedPeople()
        saved.refused += save_in_halves(batch, partial(self._save, saved, compare))
        return saved

    def _save(self, saved: SavedPeople, compare: bool, batch: Sequence[PlacedObject]) -> None:
        dataset, now = DATASETS[self.model], int(time.time())
        with self.transaction() as connection:
            hold_records(connection, dataset.name, self.workspace_id)
            read = self._read(connection, batch, now)
            settled = settle(connection, dataset, self.workspace_id, read.readings, force=self.force)
            incoming = list(self._incoming(settled))
            changed = Counter(self._changes(settled)) if compare else Counter[str]()
            found = save_records(connection, dataset, self.workspace_id, incoming, force=self.force)
        saved.created += found.created
        saved.updated += found.updated
        saved.unchanged += found.unchanged
        saved.older += found.older
        saved.shards |= found.shards
        saved.refused += [*read.refused, *settled.refused]
        saved.refused += [(place, _ERASED) for place, record in settled.records if record.id in found.erased]
        saved.attributes |= read.inferred
        saved.changed += changed
        saved.values += [(reading.place, as_refusal(value)) for reading in read.readings for value in reading.values]

    def _read(self, connection: Connection, batch: Sequence[PlacedObject], now: int) -> ReadBatch:
        """Read the batch by the attributes of the workspace, with those that it brings added to them."""
        catalogue = read_attributes(connection, self.workspace_id)
        new = {name: one for name, one in self.declared.items() if catalogue.get(self.model, name) is None}
        known = catalogue.with_attributes(new.values())
        read = read_batch(batch, self.model, known, now)
        new |= read.inferred
        if not new:
            return read
        catalogue, refused = add_usable_attributes(connection, self.workspace_id, list(new.values()))
        added = {name: catalogue.get(self.model, name) for name in new.keys() - refused.keys()}
        if any(added[name] is not None and added[name].type != new[name].type for name in added):  # type: ignore[union-attr]
            read = read_batch(batch, self.model, catalogue, now)
        if refused:
            read.readings = without_attributes(read.readings, refused)
        read.inferred = {name: one for name, one in added.items() if one is not None}
        return read

    def _incoming(self, settled: Settled) -> list[Incoming]:
        found = []
        for place, record in settled.records:
            try:
                refuse_long_key(self.workspace_id, record.id)
            except Refused as refused:
                settled.refused.append((place, refused))
                continue
            found.append(_as_incoming(record))
        return found

    def _changes(self, settled: Settled) -> list[str]:
        newest = {record.id: record for _, record in settled.records}
        return [
            name
            for id_, before in settled.stored.items()
            if (after := newest.get(id_)) is not None and (self.force or after.updated_at >= before.updated_at)
            for name in changes(before, after)
        ]


def _as_incoming(record: Person | Company) -> Incoming:
    return incoming_person(record) if isinstance(record, Person) else incoming_company(record)
