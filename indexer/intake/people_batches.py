"""People, companies, events, deletions and merges, taken in one after another and saved in batches of each kind."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from indexer.datasets.companies import COMPANIES
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.intake.people_changes import apply_merge, apply_removal, not_yet_merged
from indexer.intake.read_people import PlacedObject
from indexer.intake.save_people import PeopleSaver, SavedPeople, Transaction
from indexer.intake.save_person_events import EventSaver, PlacedEvent, SavedEvents
from indexer.people.attribute import Attribute, Model
from indexer.people.notification_reader import Merge, PeopleChange, RecordToSave, Removal, changes_in_object
from indexer.people.record_kind import RecordKind
from indexer.records.raw import inner

BATCH: Final = 500
"""The most records of a kind that are saved at once."""

EVENT_BATCH: Final = 2_000

OnRefused = Callable[[str, Refused], None]
"""Called with the place and the reason of something that cannot be used."""


@dataclass(slots=True)
class ImportedPeople:
    """The outcomes so far, by kind; `refused_values` counts by attribute the values that were left out.

    Deleted and archived people count as updated. `merged` people are in none of the other counts.
    """

    people: SavedPeople = field(default_factory=SavedPeople)
    companies: SavedPeople = field(default_factory=SavedPeople)
    events: SavedEvents = field(default_factory=SavedEvents)
    merged: int = 0
    conversation_shards: set[int] = field(default_factory=set)
    refused: int = 0
    refused_values: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> dict[str, int]:
        """How many people, companies and events had each outcome, and `read` for all of them and the refused."""
        of_objects = self.people, self.companies
        found = {
            "created": sum(one.created for one in of_objects) + self.events.created,
            "updated": sum(one.updated for one in of_objects),
            "unchanged": sum(one.unchanged for one in of_objects) + self.events.unchanged,
            "older": sum(one.older for one in of_objects) + self.events.too_old,
        }
        return {"read": sum(found.values()) + self.refused, **found, "refused": self.refused}

    @property
    def attributes(self) -> list[Attribute]:
        """The attributes that the files brought."""
        return [*self.people.attributes.values(), *self.companies.attributes.values()]

    @property
    def shards(self) -> dict[Dataset, set[int]]:
        """The shards that have something due now, by dataset."""
        return {
            PEOPLE: self.people.shards | self.events.shards,
            COMPANIES: self.companies.shards,
            CONVERSATIONS: self.conversation_shards,
        }


class PeopleBatches:
    """What was read and is to be saved: each kind in batches of its own, people before their events."""

    def __init__(
        self,
        transaction: Transaction,
        workspace_id: str,
        on_refused: OnRefused,
        on_value: OnRefused,
        *,
        force: bool = False,
        compare: bool = False,
    ) -> None:
        """`on_refused` gets what cannot be used, `on_value` the values that were refused of what is saved otherwise.

        `force` is that of `PeopleSaver`; with `compare`, `imported` says which attributes change.
        """
        self.imported = ImportedPeople()
        self._transaction = transaction
        self._workspace_id = workspace_id
        self._on_refused = on_refused
        self._on_value = on_value
        self._compare = compare
        self._savers: dict[Model, PeopleSaver] = {
            model: PeopleSaver(transaction, workspace_id, model, force) for model in ("company", "contact")
        }
        self._objects: dict[Model, list[PlacedObject]] = {model: [] for model in self._savers}
        self._events: list[PlacedEvent] = []
        self._merges: list[tuple[str, Merge]] = []
        self._event_saver = EventSaver(transaction, workspace_id)

    def declare(self, attributes: Iterable[Attribute]) -> None:
        """Let these attributes be added with the next batch."""
        for one in attributes:
            self._savers[one.model].declared.setdefault(one.name, one)

    def add_object(self, place: str, raw: object, expected: RecordKind) -> None:
        """Take in what an object says, which may be a webhook's notification."""
        try:
            for change in changes_in_object(inner(raw, ""), expected, int(time.time())):
                self.add(place, change)
        except Refused as refused:
            self.add(place, refused)

    def add(self, place: str, change: PeopleChange | Refused, *, is_row: bool = False) -> None:
        """Take this in, and save what is enough for a batch."""
        match change:
            case Refused() as refused:
                self._refuse(place, refused)
            case Removal() as removal:
                self.save_all()  # what was said before
                self._remove(removal)
            case Merge() as merge:
                self._merges.append((place, merge))
            case RecordToSave("event", raw):
                self._events.append(PlacedEvent(place, raw))
            case RecordToSave(kind, raw):
                model: Model = "contact" if kind == "person" else "company"
                self._objects[model].append(PlacedObject(place, raw, is_row))
        if len(self._events) >= EVENT_BATCH or any(len(batch) >= BATCH for batch in self._objects.values()):
            self.save_all()

    def save_all(self) -> None:
        """Save everything taken in so far."""
        imported = self.imported
        for model, into in (("company", imported.companies), ("contact", imported.people)):
            if batch := self._objects[model]:  # type: ignore[index]
                saved = self._savers[model].save(batch, compare=self._compare)  # type: ignore[index]
                self._report(saved)
                into.add(saved)
                batch.clear()
        self._merge()
        if self._events:
            saved_events = self._event_saver.save(self._events)
            self._report(saved_events)
            imported.events.add(saved_events)
            self._events.clear()

    def _remove(self, removal: Removal) -> None:
        into = self.imported.companies if removal.kind == "company" else self.imported.people
        shards = apply_removal(self._transaction, self._workspace_id, removal)
        into.updated += shards is not None
        into.unchanged += shards is None
        into.shards |= shards or frozenset()

    def _merge(self) -> None:
        """Make the merges that are not known yet."""
        if not self._merges:
            return
        with self._transaction() as connection:
            new = {*not_yet_merged(connection, self._workspace_id, [merge for _, merge in self._merges])}
        for place, merge in self._merges:
            if merge not in new:
                continue
            try:
                found = apply_merge(self._transaction, self._workspace_id, merge)
            except Refused as refused:
                self._on_refused(place, refused)
                continue
            if found is not None:
                self.imported.merged += 1
                self.imported.people.shards |= found.people_shards
                self.imported.conversation_shards |= found.shards
        self._merges.clear()

    def _report(self, saved: SavedPeople | SavedEvents) -> None:
        for place, reason in saved.refused:
            self._refuse(place, reason)
        for place, reason in saved.values:
            self.imported.refused_values[reason.path] += 1
            self._on_value(place, reason)

    def _refuse(self, place: str, reason: Refused) -> None:
        self.imported.refused += 1
        self._on_refused(place, reason)
