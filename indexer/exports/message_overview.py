"""The overview of messages: for each version of a message how many receipts had which event, and rates.

Counts are distinct receipts with an event that counts, as in reports. They are tallied page by page, and the tallies of
pages are added when all pages are read.
"""

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from indexer.exports.message_lines import is_within
from indexer.exports.message_request import MessageExportRequest
from indexer.exports.time_cells import time_writer
from indexer.messages.event import MessageEvent
from indexer.messages.judged_events import LeftOut, judge_events
from indexer.messages.receipt import Receipt, receipt_from
from indexer.messages.statistics import EVENTS
from indexer.spreadsheet import quoted
from indexer.store.entities.message_rows import ReceiptRow

OVERVIEW: Final = "overview"

_HARD_BOUNCE: Final = "hard_bounce"
_OF_THE_MESSAGE: Final = (
    "ruleset_id", "content_type", "content_title", "series_id", "series_title", "node_id", "last_state_changed_by",
)  # fmt: skip


def _columns_of(kind: str) -> tuple[str, ...]:
    """Of delivered receipts none bounced, so that these two columns of hard bounces would say nothing."""
    if kind == _HARD_BOUNCE:
        return kind, f"{kind}_rate_of_sent"
    return kind, f"{kind}_rate_of_sent", f"{kind}_of_delivered", f"{kind}_rate_of_delivered"


OVERVIEW_COLUMNS: Final = (
    "content_id", "ruleset_version_id", *_OF_THE_MESSAGE, "versions", "first_sent_at", "last_sent_at", "sent",
    "delivered", *(column for kind in EVENTS for column in _columns_of(kind)), "receipts_without_events",
    "impossible_events", "machine_events", "events_waiting",
)  # fmt: skip


class Tally(Struct, array_like=True):
    """The receipts of one version of a message; `of_sent` and `of_delivered` are numbers of receipts by kind of event.

    `latest` is the receipt from which the names are taken: that with the latest `received_at`, then the greatest id.
    """

    latest: Receipt
    first_sent_at: int
    sent: int = 0
    delivered: int = 0
    of_sent: dict[str, int] = {}
    of_delivered: dict[str, int] = {}
    without_events: int = 0
    impossible_events: int = 0
    machine_events: int = 0

    def add(self, other: "Tally") -> None:
        """Add what another page tallied of the same version."""
        self.latest = max(self.latest, other.latest, key=_order)
        self.first_sent_at = min(self.first_sent_at, other.first_sent_at)
        self.sent += other.sent
        self.delivered += other.delivered
        self.without_events += other.without_events
        self.impossible_events += other.impossible_events
        self.machine_events += other.machine_events
        for mine, theirs in ((self.of_sent, other.of_sent), (self.of_delivered, other.of_delivered)):
            for kind, count in theirs.items():
                mine[kind] = mine.get(kind, 0) + count


Tallies = dict[tuple[str | None, str | None], Tally]
"""By content and version."""

_encode = Encoder().encode
_decode = Decoder(list[Tally]).decode
_decode_events = Decoder(list[MessageEvent]).decode


def tally_page(request: MessageExportRequest) -> Callable[[Iterable[ReceiptRow]], bytes]:
    """What tallies the receipts of a page; the result is for `add_tallies`."""
    first, end = request.instants if request.events_in_range else (None, None)

    def tally(rows: Iterable[ReceiptRow]) -> bytes:
        found: Tallies = {}
        for row in rows:
            receipt = receipt_from(row.payload)
            _add(found, _tally_of(receipt, row, first, end))
        return _encode(list(found.values()))

    return tally


def add_tallies(pages: Iterable[bytes]) -> Tallies:
    """The tallies of all pages."""
    found: Tallies = {}
    for page in pages:
        for tally in _decode(page):
            _add(found, tally)
    return found


def overview_lines(tallies: Tallies, request: MessageExportRequest, waiting: int) -> list[str]:
    """The lines of the file by content and version; `waiting` are the events of the workspace without a receipt."""
    write_time = time_writer(request.zone, request.times)
    versions: dict[str | None, int] = {}
    for content, _ in tallies:
        versions[content] = versions.get(content, 0) + 1
    made = []
    for (content, version), tally in sorted(tallies.items(), key=lambda item: [_by_number(part) for part in item[0]]):
        cells = [quoted(content), quoted(version)]
        cells += [quoted(getattr(tally.latest, name)) for name in _OF_THE_MESSAGE]
        cells += [str(versions[content]), write_time(tally.first_sent_at), write_time(tally.latest.received_at)]
        cells += [str(tally.sent), str(tally.delivered)]
        for kind in EVENTS:
            count = tally.of_sent.get(kind, 0)
            cells += [str(count), percent(count, tally.sent)]
            if kind != _HARD_BOUNCE:
                count = tally.of_delivered.get(kind, 0)
                cells += [str(count), percent(count, tally.delivered)]
        cells += map(str, (tally.without_events, tally.impossible_events, tally.machine_events, waiting))
        made.append(",".join(cells))
    return made


def percent(count: int, whole: int) -> str:
    """A share in whole percent, halves rounded up, as the vendor shows it; empty if there is no whole."""
    return str((200 * count + whole) // (2 * whole)) if whole else ""


def _tally_of(receipt: Receipt, row: ReceiptRow, first: int | None, end: int | None) -> Tally:
    events = [] if row.events is None else _decode_events(b"[%b]" % row.events)
    judged = judge_events(receipt, [event for event in events if is_within(event.at, first, end)])
    kinds = {one.event.kind: 1 for one in judged if one.left_out is None and one.event.kind in EVENTS}
    is_delivered = _HARD_BOUNCE not in kinds
    return Tally(
        latest=receipt,
        first_sent_at=receipt.received_at,
        sent=1,
        delivered=int(is_delivered),
        of_sent=kinds,
        of_delivered=dict(kinds) if is_delivered else {},
        without_events=int(not judged),
        impossible_events=sum(one.left_out is LeftOut.IMPOSSIBLE for one in judged),
        machine_events=sum(one.left_out is LeftOut.MACHINE for one in judged),
    )


def _add(tallies: Tallies, tally: Tally) -> None:
    key = tally.latest.content_id, tally.latest.ruleset_version_id
    if key in tallies:
        tallies[key].add(tally)
    else:
        tallies[key] = tally


def _order(receipt: Receipt) -> tuple[int, str]:
    return receipt.received_at, receipt.receipt_id


def _by_number(id_: str | None) -> tuple[int, str]:
    """The order of ids that are numbers, without leading zeros, and any order of others."""
    return (-1, "") if id_ is None else (len(id_), id_)
