"""Importing people, companies and their events into the store, mixed in files, each change one transaction's."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from indexer.datasets.companies import COMPANIES
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.input_files.open_files import OnBytes
from indexer.input_files.people_reader import FoundRecord, read_people
from indexer.input_files.people_table import ReadOptions, TableColumns
from indexer.intake.people_changes import delete_as_told, merge_as_told, not_yet_merged
from indexer.intake.read_people import PlacedObject
from indexer.intake.save_options import Saving
from indexer.intake.save_people import PeopleSaver, SavedPeople
from indexer.intake.save_person_events import EventSaver, PlacedEvent, SavedEvents
from indexer.people.attribute import Attribute, Model
from indexer.people.notification_reader import Given, Gone, Merged
from indexer.people.record_kind import RecordKind

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


def import_people(
    saving: Saving,
    sources: Iterable[str],
    kind: RecordKind,
    options: ReadOptions,
    on_refused: OnRefused,
    *,
    on_bytes: OnBytes | None = None,
) -> ImportedPeople:
    """Save what the files say; `kind` is that of objects that do not say what they are, and of the rows of tables.

    Each batch is saved in a transaction of its own. `on_refused` gets the place and the reason of each object and each
    value that cannot be used. A trial (`saving.dry_run`) says what would happen, and which attributes would change.
    """
    batches = _Batches(saving, on_refused)

    def on_columns(columns: TableColumns) -> None:
        batches.declare(columns.new)
        options.on_columns(columns)

    for found in read_people(sources, kind, replace(options, on_columns=on_columns), on_bytes):
        batches.add(found)
    batches.save_all()
    return batches.imported


class _Batches:
    """What was read and is to be saved: each kind in batches of its own, people before their events."""

    def __init__(self, saving: Saving, on_refused: OnRefused) -> None:
        self.imported = ImportedPeople()
        self._saving = saving
        self._on_refused = on_refused
        self._savers: dict[Model, PeopleSaver] = {
            model: PeopleSaver(saving.transaction, saving.workspace_id, model, saving.force)
            for model in ("company", "contact")
        }
        self._objects: dict[Model, list[PlacedObject]] = {model: [] for model in self._savers}
        self._events: list[PlacedEvent] = []
        self._merges: list[tuple[str, Merged]] = []
        self._event_saver = EventSaver(saving.transaction, saving.workspace_id)

    def declare(self, attributes: Iterable[Attribute]) -> None:
        """Let these attributes be added with the next batch."""
        for one in attributes:
            self._savers[one.model].declared.setdefault(one.name, one)

    def add(self, found: FoundRecord) -> None:
        """Take this in, and save what is enough for a batch."""
        match found.told:
            case Refused() as refused:
                self._refuse(found.place, refused)
            case Gone() as gone:
                self.save_all()  # what was said before
                self._delete(gone)
            case Merged() as merged:
                self._merges.append((found.place, merged))
            case Given("event", raw):
                self._events.append(PlacedEvent(found.place, raw))
            case Given(kind, raw):
                model: Model = "contact" if kind == "person" else "company"
                self._objects[model].append(PlacedObject(found.place, raw, found.is_row))
        if len(self._events) >= EVENT_BATCH or any(len(batch) >= BATCH for batch in self._objects.values()):
            self.save_all()

    def save_all(self) -> None:
        """Save everything taken in so far."""
        imported = self.imported
        for model, into in (("company", imported.companies), ("contact", imported.people)):
            if batch := self._objects[model]:  # type: ignore[index]
                saved = self._savers[model].save(batch, compare=self._saving.dry_run)  # type: ignore[index]
                self._report(saved)
                into.add(saved)
                batch.clear()
        self._merge()
        if self._events:
            saved_events = self._event_saver.save(self._events)
            self._report(saved_events)
            imported.events.add(saved_events)
            self._events.clear()

    def _delete(self, gone: Gone) -> None:
        into = self.imported.companies if gone.kind == "company" else self.imported.people
        shards = delete_as_told(self._saving.transaction, self._saving.workspace_id, gone)
        into.updated += shards is not None
        into.unchanged += shards is None
        into.shards |= shards or frozenset()

    def _merge(self) -> None:
        """Make the merges that were told and are not known yet."""
        if not self._merges:
            return
        with self._saving.store.connect() as connection:
            new = {*not_yet_merged(connection, self._saving.workspace_id, [merged for _, merged in self._merges])}
        for place, merged in self._merges:
            if merged not in new:
                continue
            try:
                found = merge_as_told(self._saving.transaction, self._saving.workspace_id, merged)
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
            self._on_refused(place, reason)

    def _refuse(self, place: str, reason: Refused) -> None:
        self.imported.refused += 1
        self._on_refused(place, reason)
