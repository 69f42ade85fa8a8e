"""The receipts of outbound messages; what happened to each comes on its own, as events."""

import time

from msgspec.json import Encoder

from indexer.conversation.ahead import last_change
from indexer.datasets.dataset import Computation, Dataset, Incoming, Noun, Stored
from indexer.datasets.message_fields import MESSAGE_EVENT_FIELDS, RECEIPT_FIELDS
from indexer.messages.event import event_from
from indexer.messages.receipt import Receipt, read_receipt, receipt_from, stored_receipt
from indexer.messages.receipt_document import RECEIPT_VERSION, receipt_document
from indexer.records.raw import object_from

__all__ = ["MESSAGE_RECEIPTS", "incoming_receipt"]

_encode = Encoder().encode


def incoming_receipt(receipt: Receipt) -> Incoming:
    """A receipt as it is saved; the order in which its versions arrive does not matter."""
    changed = last_change(receipt.received_at, (), int(time.time()))
    return Incoming(
        receipt.receipt_id,
        stored_receipt(receipt),
        receipt.received_at,
        changed.at,
        ahead=changed.ahead,
        precedence=receipt.precedence,
    )


def _incoming(payload: bytes) -> Incoming:
    return incoming_receipt(read_receipt(object_from(payload)))


def _document(stored: Stored, computation: Computation, version: int) -> bytes:
    receipt, events = receipt_from(stored.payload), map(event_from, stored.events)
    return _encode(receipt_document(receipt, events, computation.workspace_id, version, stored.saved_at))


MESSAGE_RECEIPTS = Dataset(
    name="message_receipts",
    entity=Noun("receipt", "receipts"),
    key_field="receipt_id",
    lists=("data", "receipts"),
    incoming=_incoming,
    document=_document,
    definitions_version=RECEIPT_VERSION,
    within_office_hours=False,
    creation_field="received_at",
    fields=(*RECEIPT_FIELDS.fields, *MESSAGE_EVENT_FIELDS.fields),
    inputs=("events",),
    batch=4_000,
)
