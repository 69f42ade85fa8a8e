"""The statuses of teammates: each lasts until the next one of the same teammate, and so does its document."""

import time

from msgspec.json import Encoder

from indexer.conversation.ahead import last_change
from indexer.datasets.dataset import Computation, Dataset, Incoming, Noun, Stored
from indexer.datasets.status_fields import STATUS_FIELDS
from indexer.records import parse_status_change, status_document
from indexer.records.teammate_status import STATUS_VERSION

__all__ = ["TEAMMATE_STATUSES"]

_encode = Encoder().encode


def _incoming(payload: bytes) -> Incoming:
    change = parse_status_change(payload)
    changed = last_change(change.updated_at, (change.at,), int(time.time()))
    return Incoming(change.id, payload, change.at, changed.at, ahead=changed.ahead, series=change.teammate_id)


def _document(stored: Stored, computation: Computation, version: int) -> bytes:
    change = parse_status_change(stored.payload)
    return _encode(status_document(change, computation.workspace_id, stored.ends_at, version))


TEAMMATE_STATUSES = Dataset(
    name="teammate_statuses",
    entity=Noun("teammate status", "teammate statuses"),
    key_field="status_id",
    lists=("activity_logs",),
    incoming=_incoming,
    document=_document,
    definitions_version=STATUS_VERSION,
    within_office_hours=False,
    creation_field="started_at",
    fields=STATUS_FIELDS.fields,
)
