"""Receipts, events and checkpoints made up for exports, as objects and in the store."""

import csv
import io
import random
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import IncomingEvent
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS, incoming_receipt
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS, incoming_checkpoint
from indexer.exports.message_files import pack_messages
from indexer.exports.message_pages import page_maker
from indexer.exports.message_request import MessageExportRequest, read_message_request
from indexer.messages.checkpoint import Checkpoint
from indexer.messages.event import MessageEvent, stored_event
from indexer.messages.receipt import Receipt, stored_receipt
from indexer.messages.statistics import EVENTS
from indexer.store.entities.message_rows import ReceiptRow
from indexer.store.entities.record_events import save_events
from indexer.store.entities.records import save_records

DAY = 86_400
MARCH = 1_709_251_200
"""Midnight of 2024-03-01, UTC."""

TITLES = [
    "Welcome",
    'He said "buy", then left',
    "two\nlines\r\nand a tab\t",
    "👩‍👩‍👧‍👦 offers",
    "عرض \u202e right to left",
    '=HYPERLINK("http://x")',
    "'+1",
    "Z" + "̸̡̛̖̈" * 50,
    "a;b,c",
    "nul \0 in it",
    " ",
]
TYPES = ["Email", "Post", "Chat", "Mobile Carousel", "Product Tour", "Series", "Carrier Pigeon", None]


class Made(NamedTuple):
    """A workspace."""

    receipts: list[Receipt]
    events: list[MessageEvent]
    checkpoints: list[Checkpoint]

    def rows(self) -> list[ReceiptRow]:
        """The receipts as the store has them, in its order."""
        events = defaultdict(list)
        for event in sorted(self.events, key=_place):
            events[event.receipt_id].append(stored_event(event))
        receipts = sorted(self.receipts, key=lambda one: (one.received_at, one.receipt_id.encode()))
        return [
            ReceiptRow(
                one.received_at, one.receipt_id, stored_receipt(one),
                b",".join(events[one.receipt_id]) if one.receipt_id in events else None,
            )
            for one in receipts
        ]  # fmt: skip

    def save(self, connection: Connection, workspace: str) -> None:
        """Save everything, events first."""
        events = [IncomingEvent(one.receipt_id, one.key, one.at, stored_event(one)) for one in self.events]
        save_events(connection, MESSAGE_RECEIPTS, workspace, events)
        save_records(connection, MESSAGE_RECEIPTS, workspace, [incoming_receipt(one) for one in self.receipts])
        checkpoints = [incoming_checkpoint(one) for one in self.checkpoints]
        save_records(connection, SERIES_CHECKPOINTS, workspace, checkpoints)


def made(seed: int = 7, number: int = 60) -> Made:
    """Receipts of ten days of March 2024, many of one second, with all that can come in wrong."""
    dice = random.Random(seed)
    receipts = [_receipt(dice, place) for place in range(number)]
    events = [event for receipt in receipts for event in _events(dice, receipt)]
    first = receipts[0].receipt_id
    events += [MessageEvent(first, "click", MARCH + 9 * DAY, {}, ordinal=ordinal) for ordinal in range(500)]
    checkpoints = [
        Checkpoint(
            str(dice.randrange(5)), str(dice.randrange(3)), MARCH + dice.randrange(12 * DAY),
            dice.choice([None, "8"]), dice.choice([None, 0, 3]), dice.choice([None, "=1+1"]),
            dice.choice([None, MARCH + 11 * DAY]), None, dice.choice([None, 4]),
        )
        for _ in range(number // 2)
    ]  # fmt: skip
    # The same person at the same node in the same second, twice: identical rows of one file.
    checkpoints += [_again(one) for one in checkpoints[:3]]
    return Made(receipts, _by_key(events), checkpoints)


def _receipt(dice: random.Random, place: int) -> Receipt:
    message = dice.randrange(5)
    is_of_series = message == 0
    return Receipt(
        receipt_id=str(10**17 + place * 7),
        received_at=MARCH + dice.choice([0, DAY - 1, DAY, 3 * DAY + 5, 9 * DAY, dice.randrange(10 * DAY)]),
        user_id=dice.choice([None, "5f1a", "=cmd"]),
        user_external_id=dice.choice([None, "12345678901234567890", "-7"]),
        company_id=dice.choice([None, "c1"]),
        email=dice.choice([None, "ann@example.org", "@evil"]),
        name=dice.choice([None, "Zoë", "'=x", 'Bob, "the" builder']),
        ruleset_id=str(message),
        content_id=f"1{message}",
        content_type=TYPES[message % len(TYPES)] if message else "Series",
        content_title=dice.choice(TITLES),
        ruleset_version_id=dice.choice([None, "9", "10"]),
        series_id="77" if is_of_series else None,
        series_title="Onboarding" if is_of_series else None,
        node_id=str(place % 3) if is_of_series else None,
        last_state_changed_by=dice.choice([None, "814860"]),
        country=dice.choice([None, "IE"]),
    )


def _events(dice: random.Random, receipt: Receipt) -> Iterable[MessageEvent]:
    for _ in range(dice.choice([0, 1, 3, 8])):
        kind = dice.choice([*EVENTS, "open", "open", "click", "hard_bounce", "carrier_pigeon"])
        names = EVENTS[kind].details if kind in EVENTS else dice.choice([(), ("feathers",), ("=colour", "details")])
        details = {name: dice.choice(["1", "2", "=1+1", 'a "b"']) for name in names}
        if kind == "click" and dice.random() < 0.5:
            details["link"] = "https://example.org/?a=1,2"
        at = receipt.received_at + dice.choice([-5, 0, 60, 60, DAY, 30 * DAY])
        yield MessageEvent(receipt.receipt_id, kind, at, details, machine=dice.random() < 0.2)


def _by_key(events: Iterable[MessageEvent]) -> list[MessageEvent]:
    """Of events with one key the one that the store keeps."""
    kept: dict[tuple[str, str], MessageEvent] = {}
    for event in events:
        key = event.receipt_id, event.key
        if key not in kept or stored_event(event) > stored_event(kept[key]):
            kept[key] = event
    return list(kept.values())


def _again(one: Checkpoint) -> Checkpoint:
    return Checkpoint(
        one.user_id, one.ruleset_id, one.created_at, one.company_id, one.status_code, one.status_name,
        one.last_processed_at, one.expires_at, one.times_processed, 1,
    )  # fmt: skip


def _place(event: MessageEvent) -> tuple[int, bytes]:
    return event.at, event.key.encode()


def asked(first: str | None = "2024-03-01", last: str | None = "2024-03-10", **more: Any) -> MessageExportRequest:
    return read_message_request({"workspace": "w", "from": first, "to": last} | more)


def packed(request: MessageExportRequest, rows: Sequence[ReceiptRow], size: int = 7, waiting: int = 0) -> bytes:
    """The file of these receipts, without the store; the range is not looked at."""
    make = page_maker(request)
    pages = io.BytesIO(b"".join(make(rows[place : place + size]) for place in range(0, len(rows), size)))
    target = io.BytesIO()
    pack_messages(pages, request, target, waiting)
    return target.getvalue()


def files(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
