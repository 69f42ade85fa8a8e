"""The quarantine as operators see it: its entries by reason, what a selection finds, and what was refused."""

from typing import Any, Literal, NamedTuple

import orjson
from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.keys import EntityKey
from indexer.store.entities.stored import read_stored
from indexer.store.queue.quarantine import (
    Entry,
    Reason,
    Selection,
    count_by_reason,
    list_entries,
    quarantined_among,
    refused_payload,
)


class QuarantineStatus(NamedTuple):
    """All entries of a selection counted by reason, the commonest first, and the newest entries up to a limit."""

    reasons: list[Reason]
    entries: list[Entry]


class FoundEntries(NamedTuple):
    """How many entries a selection finds, and the keys (workspace, id) that it names and that are not in quarantine."""

    selection: Selection
    entries: int
    missing: tuple[EntityKey, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether a selection that is narrower than a whole dataset, and names no keys in vain, finds no entry."""
        is_narrowed = bool(self.selection.workspace_id or self.selection.reason)
        return is_narrowed and not self.entries and not self.missing

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for is in quarantine."""
        return not self.missing and not self.is_nothing


class Payload(NamedTuple):
    """The JSON of an entry (as text if it cannot be read), and where it is from."""

    origin: Literal["as it was refused", "as it is stored now", "not stored any more"]
    value: Any


def read_quarantine(connection: Connection, selection: Selection, limit: int) -> QuarantineStatus:
    """The quarantine of a dataset, or a part of it."""
    return QuarantineStatus(count_by_reason(connection, selection), list_entries(connection, selection, limit))


def find_entries(connection: Connection, selection: Selection) -> FoundEntries:
    """What a selection finds before something is done with it."""
    entries = sum(counted.entries for counted in count_by_reason(connection, selection))
    missing: tuple[EntityKey, ...] = ()
    if selection.workspace_id and selection.entity_ids:
        keys = [EntityKey(selection.workspace_id, entity_id) for entity_id in dict.fromkeys(selection.entity_ids)]
        present = quarantined_among(connection, keys, selection.dataset)
        missing = tuple(key for key in keys if key not in present)
    return FoundEntries(selection, entries, missing)


def read_payload(connection: Connection, dataset: Dataset, workspace_id: str, entity_id: str) -> Payload:
    """The record as it was refused or, if that was not kept, as it is stored now."""
    refused = refused_payload(connection, workspace_id, entity_id, dataset)
    if refused is not None:
        return Payload("as it was refused", _read(refused))
    stored = read_stored(connection, dataset, [EntityKey(workspace_id, entity_id)])
    return Payload("as it is stored now", _read(stored[0].payload)) if stored else Payload("not stored any more", None)


def _read(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return bytes(payload).decode(errors="replace")
