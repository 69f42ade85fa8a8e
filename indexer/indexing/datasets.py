"""The datasets: what tells one from another on the way from its source table to its index.

Everything else is the same for all of them: the queue, the drain, backfills, rebuilds, reconciling, the quarantine.
A further dataset is an entry here, one in `intake.importer`, a mapping, a document function and reports.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec.json import Encoder
from sqlalchemy import Connection

from indexer.errors import OperatorError
from indexer.indexing.computation import Computation
from indexer.metrics import METRICS_VERSION
from indexer.records import call_document, parse_call, parse_status_change, status_document
from indexer.records.call import CALL_VERSION
from indexer.records.teammate_status import STATUS_VERSION
from indexer.store.entities.conversations import StoredConversation, read_conversations
from indexer.store.entities.records import StoredRecord, read_records
from indexer.store.queue.changes import DATASETS, Dataset

Key = tuple[str, str]
"""A workspace and an id in it."""

_Stored = TypeVar("_Stored", StoredConversation, StoredRecord)
_encode = Encoder().encode


@dataclass(frozen=True, slots=True)
class Kind(Generic[_Stored]):
    """A dataset: where what is stored comes from, and what becomes of it.

    `read` gives the stored ones among keys. `document` makes the reporting document as JSON of a stored one and the
    revision of its inputs, and raises `Refused`. `key` is the field of the documents that has the id, `version` the
    generation of their definitions, and `within_office_hours` says whether they depend on the workspace's office hours.
    """

    dataset: Dataset
    key: str
    version: int
    read: Callable[[Connection, Sequence[Key]], list[_Stored]]
    document: Callable[[_Stored, Computation, int], bytes]
    within_office_hours: bool = True


def _conversation(stored: StoredConversation, computation: Computation, revision: int) -> bytes:
    return computation.document(stored.payload, revision, stored.merged, stored.saved_at)


def _call(stored: StoredRecord, computation: Computation, revision: int) -> bytes:
    call = parse_call(stored.payload)
    return _encode(call_document(call, computation.workspace_id, computation.office_hours, revision))


def _status(stored: StoredRecord, computation: Computation, revision: int) -> bytes:
    change = parse_status_change(stored.payload)
    return _encode(status_document(change, computation.workspace_id, stored.ends_at, revision))


def _records(dataset: Dataset) -> Callable[[Connection, Sequence[Key]], list[StoredRecord]]:
    return lambda connection, keys: read_records(connection, dataset, keys)


_KINDS: dict[Dataset, Kind[Any]] = {
    kind.dataset: kind
    for kind in (
        Kind("conversations", "conversation_id", METRICS_VERSION, read_conversations, _conversation),
        Kind("calls", "call_id", CALL_VERSION, _records("calls"), _call),
        Kind(
            "teammate_statuses",
            "status_id",
            STATUS_VERSION,
            _records("teammate_statuses"),
            _status,
            within_office_hours=False,
        ),
    )
}


def kind_of(dataset: Dataset) -> Kind[Any]:
    """The dataset of that name."""
    return _KINDS[dataset]


def named(name: str) -> Dataset:
    """The dataset that somebody named; raises `OperatorError` where there is none."""
    for dataset in DATASETS:
        if dataset == name:
            return dataset
    raise OperatorError(f"there is no dataset {name!r}", f"choose one of {', '.join(DATASETS)}")
