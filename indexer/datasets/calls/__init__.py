"""Phone calls."""

import time

from msgspec.json import Encoder

from indexer.conversation.ahead import last_change
from indexer.datasets.call_fields import CALL_FIELDS
from indexer.datasets.dataset import Computation, Dataset, Incoming, Noun, Stored
from indexer.records import call_document, parse_call
from indexer.records.call import CALL_VERSION

__all__ = ["CALLS"]

_encode = Encoder().encode


def _incoming(payload: bytes) -> Incoming:
    call = parse_call(payload)
    times = call.initiated_at, call.answered_at or 0, call.ended_at or 0
    changed = last_change(call.updated_at, times, int(time.time()))
    return Incoming(call.id, payload, call.initiated_at, changed.at, ahead=changed.ahead)


def _document(stored: Stored, computation: Computation, version: int) -> bytes:
    call = parse_call(stored.payload)
    return _encode(call_document(call, computation.workspace_id, computation.office_hours, version))


CALLS = Dataset(
    name="calls",
    entity=Noun("call", "calls"),
    key_field="call_id",
    lists=("data", "calls"),
    incoming=_incoming,
    document=_document,
    definitions_version=CALL_VERSION,
    creation_field="initiated_at",
    fields=CALL_FIELDS.fields,
)
