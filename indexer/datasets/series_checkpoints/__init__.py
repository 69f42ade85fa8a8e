"""The checkpoints of series: the visits of people, for companies, to the nodes of a series."""

import time

from msgspec.json import Encoder

from indexer.conversation.ahead import last_change
from indexer.datasets.dataset import Computation, Dataset, Incoming, Noun, Stored
from indexer.datasets.message_fields import CHECKPOINT_FIELDS
from indexer.messages.checkpoint import Checkpoint, checkpoint_from, read_checkpoint, stored_checkpoint
from indexer.messages.checkpoint_document import CHECKPOINT_VERSION, checkpoint_document
from indexer.messages.written_values import integer
from indexer.records.raw import object_from

__all__ = ["SERIES_CHECKPOINTS", "incoming_checkpoint"]

_encode = Encoder().encode


def incoming_checkpoint(checkpoint: Checkpoint) -> Incoming:
    """A checkpoint as it is saved; the order in which its versions arrive does not matter."""
    said = max(checkpoint.created_at, checkpoint.last_processed_at or 0)
    changed = last_change(said, (checkpoint.created_at,), int(time.time()))
    return Incoming(
        checkpoint.checkpoint_id,
        stored_checkpoint(checkpoint),
        checkpoint.created_at,
        changed.at,
        ahead=changed.ahead,
        series=checkpoint.visitor,
        precedence=checkpoint.precedence,
    )


def _incoming(payload: bytes) -> Incoming:
    raw = object_from(payload)
    return incoming_checkpoint(read_checkpoint(raw, integer(raw.get("ordinal")) or 0))


def _document(stored: Stored, computation: Computation, version: int) -> bytes:
    checkpoint = checkpoint_from(stored.payload)
    return _encode(checkpoint_document(checkpoint, computation.workspace_id, version, first_pass=stored.is_first))


SERIES_CHECKPOINTS = Dataset(
    name="series_checkpoints",
    entity=Noun("checkpoint", "checkpoints"),
    key_field="checkpoint_id",
    lists=("data", "checkpoints"),
    incoming=_incoming,
    document=_document,
    definitions_version=CHECKPOINT_VERSION,
    within_office_hours=False,
    fields=CHECKPOINT_FIELDS.fields,
)
