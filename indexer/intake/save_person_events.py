"""Saving events of people that come as objects: one that cannot be used does not stop the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from indexer.errors import Refused
from indexer.intake.read_people import as_refusal
from indexer.intake.refused_values import save_in_halves
from indexer.intake.save_people import Transaction
from indexer.people.event_reader import read_event
from indexer.people.person_event import PersonEvent
from indexer.records.raw import Raw, inner
from indexer.store.entities.person_events import save_person_events


class PlacedEvent(NamedTuple):
    """An event as an object, and its place in the input."""

    place: str
    raw: Raw


class _PlacedReading(NamedTuple):
    place: str
    event: PersonEvent


@dataclass(slots=True)
class SavedEvents:
    """The outcomes of events: each is in one of the counts, or in `refused` with its place.

    `values` are the values of metadata that were refused of events that were saved otherwise. `too_old` are events of a
    time of which single events are no longer kept. `waiting` are those of the created ones whose person has not come.
    `shards` have something due.
    """

    created: int = 0
    unchanged: int = 0
    too_old: int = 0
    waiting: int = 0
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    values: list[tuple[str, Refused]] = field(default_factory=list)
    shards: set[int] = field(default_factory=set)

    @property
    def usable(self) -> int:
        """The number of events that could be used."""
        return self.created + self.unchanged + self.too_old

    def add(self, other: "SavedEvents") -> None:
        """Add the outcomes of further events, without the reasons of refusals."""
        self.created += other.created
        self.unchanged += other.unchanged
        self.too_old += other.too_old
        self.waiting += other.waiting
        self.shards |= other.shards


@dataclass(frozen=True, slots=True)
class EventSaver:
    """Saves events of a workspace, in batches of one transaction each."""

    transaction: Transaction
    workspace_id: str

    def save(self, batch: Sequence[PlacedEvent]) -> SavedEvents:
        """Save a batch; the same event again changes nothing."""
        saved = SavedEvents()
        usable: list[_PlacedReading] = []
        for place, raw in batch:
            try:
                event, values = read_event(inner(raw, ""))
            except Refused as refused:
                saved.refused.append((place, refused))
                continue
            usable.append(_PlacedReading(place, event))
            saved.values += [(place, as_refusal(value)) for value in values]
        if usable:
            saved.refused += save_in_halves(usable, partial(self._save, saved))
        return saved

    def _save(self, saved: SavedEvents, batch: Sequence[_PlacedReading]) -> None:
        with self.transaction() as connection:
            found = save_person_events(connection, self.workspace_id, [one.event for one in batch])
        saved.refused += [(batch[index].place, reason) for index, reason in found.refused]
        saved.created += found.created
        saved.unchanged += found.unchanged
        saved.too_old += found.too_old
        saved.waiting += found.waiting
        saved.shards |= found.shards
