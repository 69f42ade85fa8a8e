"""The messages that benchmarks work on: receipts of the sample workspace with their events, as many as are needed."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import NamedTuple

from msgspec.structs import replace

from benchmarks._site import Site
from indexer.datasets.dataset import Dataset, Incoming, IncomingEvent, Stored
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS, incoming_receipt
from indexer.messages.checkpoint import Checkpoint, read_checkpoint
from indexer.messages.event import MessageEvent, read_event, stored_event
from indexer.messages.receipt import Receipt, read_receipt, stored_receipt
from indexer.sample import messages
from indexer.store.entities.record_events import save_events
from indexer.store.entities.records import save_records

DISTINCT = 20_000
"""So many receipts are told; more are made from them with other ids."""

_BATCH = 1_000


class Message(NamedTuple):
    """A receipt with all that happened to it."""

    receipt: Receipt
    events: list[MessageEvent]

    def numbered(self, number: int) -> "Message":
        """The same with another id."""
        receipt_id = f"{number:09d}"
        return Message(
            replace(self.receipt, receipt_id=receipt_id),
            [replace(event, receipt_id=receipt_id) for event in self.events],
        )

    @property
    def stored(self) -> Stored:
        """The receipt as the store gives it, with its events by time."""
        events = sorted(self.events, key=lambda event: (event.at, event.key))
        return Stored(
            "",
            self.receipt.receipt_id,
            stored_receipt(self.receipt),
            1,
            deleted=False,
            events=tuple(map(stored_event, events)),
        )


class Told(NamedTuple):
    """What the sample workspace sent."""

    messages: list[Message]
    checkpoints: list[Checkpoint]


def told(receipts: int = DISTINCT) -> Told:
    """Different messages, and the checkpoints that go with them."""
    by_id: dict[str, Message] = {}
    checkpoints: list[Checkpoint] = []
    for line in messages(receipts, seed=1):
        match line["type"]:
            case "receipt":
                receipt = read_receipt(line)
                by_id[receipt.receipt_id] = Message(receipt, [])
            case "checkpoint":
                checkpoints.append(read_checkpoint(line))
            case kind:
                by_id[line["receipt_id"]].events.append(read_event(line, kind))
    return Told(list(by_id.values()), checkpoints)


def numbered(distinct: Sequence[Message], count: int) -> Iterator[Message]:
    """So many messages with the content of the given ones, by ids that are numbers in order."""
    return (message.numbered(number) for number, message in enumerate(islice(cycle(distinct), count)))


def store_messages(here: Site, workspace_id: str, found: Iterator[Message]) -> int:
    """Save messages so that none is due, and no worker indexes them too early; returns the number of rows."""
    rows = 0
    while batch := list(islice(found, _BATCH)):
        receipts = [incoming_receipt(message.receipt) for message in batch]
        events = [
            IncomingEvent(event.receipt_id, event.key, event.at, stored_event(event))
            for message in batch
            for event in message.events
        ]
        _store(here, workspace_id, MESSAGE_RECEIPTS, receipts, events)
        rows += len(receipts) + len(events)
    # What PostgreSQL does by itself in the minutes after so many writes must not fall into what is measured.
    with here.here.store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE records")
        connection.exec_driver_sql("VACUUM ANALYZE events")
    return rows


def _store(
    here: Site, workspace_id: str, dataset: Dataset, records: Sequence[Incoming], events: Sequence[IncomingEvent]
) -> None:
    with here.here.store.begin() as connection:
        save_records(connection, dataset, workspace_id, records)
        save_events(connection, dataset, workspace_id, events)
        connection.exec_driver_sql("DELETE FROM changes WHERE workspace_id = %(w)s", {"w": workspace_id})
