"""Saving receipts, events and checkpoints that come as objects: one that cannot be used does not stop the others."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset, Incoming, IncomingEvent
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS
from indexer.errors import Refused
from indexer.intake.refused_values import save_in_halves
from indexer.intake.stored_parts import stored_part
from indexer.messages.part_reader import parts_of_line
from indexer.records.raw import inner
from indexer.store.entities.record_events import save_events
from indexer.store.entities.records import save_records

_T = TypeVar("_T")

_Placed = tuple[str, Incoming | IncomingEvent]
"""The number of an object, and a part of it as the store takes it."""


class Storing(Protocol):
    """Runs work in a transaction of its own and returns its result."""

    def __call__(self, work: Callable[[Connection], _T]) -> _T:
        """Commit the work, or roll it back if it raises."""


@dataclass(slots=True)
class SavedMessages:
    """The outcomes of all objects: each part is in one of the counts, or its refusal is with the number of its object.

    `waiting` are those of the created events whose receipts have not come. `older` are versions and events that were
    not kept because a later version or a deletion is stored. `shards` now have something due, by dataset.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    waiting: int = 0
    refused: list[tuple[int, Refused]] = field(default_factory=list)
    shards: dict[Dataset, set[int]] = field(default_factory=dict)


def save_messages(storing: Storing, workspace_id: str, objects: Iterable[Any], zone: ZoneInfo) -> SavedMessages:
    """Save the objects whose `type` is `receipt`, `checkpoint` or the kind of an event.

    Two equal events are one event: a source that repeats a delivery changes nothing. An object that cannot be used is
    refused, and the others are saved all the same. Times without an offset are local times of the zone.
    """
    saved = SavedMessages()
    taken: dict[Dataset, list[_Placed]] = {MESSAGE_RECEIPTS: [], SERIES_CHECKPOINTS: []}
    for index, one in enumerate(objects):
        try:
            for part in parts_of_line(inner(one, ""), zone):
                if isinstance(part, Refused):
                    saved.refused.append((index, part))
                else:
                    dataset, item = stored_part(part, workspace_id)
                    taken[dataset].append((str(index), item))
        except Refused as refused:
            saved.refused.append((index, refused))
    for dataset, batch in taken.items():
        if batch:
            refused_values = save_in_halves(batch, partial(_save, storing, workspace_id, dataset, saved))
            saved.refused += [(int(place), refused) for place, refused in refused_values]
    saved.refused.sort(key=lambda refusal: refusal[0])
    return saved


def _save(
    storing: Storing, workspace_id: str, dataset: Dataset, saved: SavedMessages, batch: Sequence[_Placed]
) -> None:
    """Save parts of one dataset in one transaction: receipts first, so that their events need not wait."""
    records = [one for _, one in batch if isinstance(one, Incoming)]
    events = [one for _, one in batch if isinstance(one, IncomingEvent)]
    of_records, of_events = storing(
        lambda connection: (
            save_records(connection, dataset, workspace_id, records),
            save_events(connection, dataset, workspace_id, events),
        )
    )
    saved.created += of_records.created + of_events.created
    saved.updated += of_records.updated + of_events.replaced
    saved.unchanged += of_records.unchanged + of_events.unchanged
    saved.older += of_records.older + of_events.gone
    saved.waiting += of_events.waiting
    saved.shards.setdefault(dataset, set()).update(of_records.shards | of_events.shards)
