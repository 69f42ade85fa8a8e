"""Receipts, events and checkpoints in the form in which the store takes them."""

from indexer.datasets.dataset import Dataset, Incoming, IncomingEvent, refuse_long_key
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS, incoming_receipt
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS, incoming_checkpoint
from indexer.messages.checkpoint import Checkpoint
from indexer.messages.event import MessageEvent, stored_event
from indexer.messages.part_reader import Part
from indexer.messages.receipt import Receipt


def stored_part(part: Part, workspace_id: str) -> tuple[Dataset, Incoming | IncomingEvent]:
    """The part to be saved, and its dataset; an event is part of its receipt's. Raises `Refused`."""
    match part:
        case MessageEvent():
            refuse_long_key(workspace_id, part.receipt_id)
            return MESSAGE_RECEIPTS, IncomingEvent(part.receipt_id, part.key, part.at, stored_event(part))
        case Receipt():
            refuse_long_key(workspace_id, part.receipt_id)
            return MESSAGE_RECEIPTS, incoming_receipt(part)
        case Checkpoint():
            refuse_long_key(workspace_id, part.checkpoint_id)
            return SERIES_CHECKPOINTS, incoming_checkpoint(part)
