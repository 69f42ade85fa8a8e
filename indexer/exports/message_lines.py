"""The rows of the detailed export of messages: from stored receipts, events and checkpoints to lines of CSV."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Protocol

from msgspec import Struct
from msgspec.json import Decoder

from indexer.exports.message_request import MessageExportRequest
from indexer.exports.time_cells import time_writer
from indexer.messages.checkpoint import checkpoint_from
from indexer.messages.event import written_details
from indexer.messages.judged_events import BY_MACHINES
from indexer.messages.receipt import receipt_from
from indexer.messages.statistics import (
    CHECKPOINT,
    CHECKPOINT_COLUMNS,
    EVENTS,
    FLAT,
    FLAT_COLUMNS,
    FURTHER_COLUMNS,
    FURTHER_OF_RECEIPTS,
    OPEN,
    OTHER_COLUMNS,
    OTHER_EVENTS,
    RECEIPT,
    RECEIPT_COLUMNS,
)
from indexer.messages.written_values import NOTHING
from indexer.spreadsheet import quoted
from indexer.store.entities.message_rows import ReceiptRow, StoredRow

_MESSAGE = RECEIPT_COLUMNS.index("ruleset_id")
_RECEIPT_ID = RECEIPT_COLUMNS.index("receipt_id")
"""In the order of the columns the recipient is followed by the message, the receipt's id and time, and the series."""

_MOST_REPEATED = 1_000
"""So many messages and series are remembered as cells, since they are those of many receipts."""

_FLAT_RECEIPT = RECEIPT_COLUMNS[:-1]
_NEVER_EMPTY = frozenset({"company_id", "series_id"})
_TIMES_OF_CHECKPOINTS = frozenset({"created_at", "last_processed_at", "expires_at"})


class Event(Struct, gc=False):
    """An event as it is stored, without what its place says: its receipt and its ordinal."""

    kind: str
    at: int
    details: dict[str, str] | None = None
    machine: bool = False


_decode_events = Decoder(list[Event]).decode

Lines = dict[str, list[str]]
"""Lines without their ends, by the name of their file without `.csv`."""


class MakeLines(Protocol):
    """Makes the lines of some receipts and their events."""

    def __call__(self, rows: Iterable[ReceiptRow]) -> Lines: ...


def columns_of_file(name: str, *, everything: bool) -> tuple[str, ...]:
    """The first line of a file of the detailed export, or of the flat one."""
    match name:
        case "receipt":
            return RECEIPT_COLUMNS + (FURTHER_OF_RECEIPTS if everything else ())
        case "checkpoint":
            return CHECKPOINT_COLUMNS
        case "other_events":
            return OTHER_COLUMNS
        case "flat":
            return (*_FLAT_RECEIPT, *FLAT_COLUMNS)
        case kind:
            return EVENTS[kind].columns + (FURTHER_COLUMNS if everything else ())


def files_in_order(occurring: Iterable[str]) -> list[str]:
    """The files in the order in which an archive has them: receipts, their events, checkpoints."""
    known = [RECEIPT, *EVENTS, OTHER_EVENTS, CHECKPOINT, FLAT]
    return sorted(occurring, key=known.index)


def _events_of(row: ReceiptRow, first: int | None, end: int | None) -> list[Event]:
    """The events of a receipt by time and key; of a range only those of `first` or later and before `end`."""
    if row.events is None:
        return []
    events = _decode_events(b"[%b]" % row.events)
    return events if first is None and end is None else [one for one in events if is_within(one.at, first, end)]


def is_within(at: int, first: int | None, end: int | None) -> bool:
    """Whether a time is `first` or later and before `end`; None is no limit."""
    return (first is None or first <= at) and (end is None or at < end)


def _cells(values: Iterable[str | None]) -> str:
    return ",".join([quoted(value) for value in values])


def detailed_lines(request: MessageExportRequest) -> MakeLines:
    """What makes the lines of the files of receipts and events."""
    write_time = time_writer(request.zone, request.times)
    first, end = request.instants if request.events_in_range else (None, None)
    everything = request.everything
    columns = columns_of_file(RECEIPT, everything=everything)
    of_person, of_message, of_series = (
        attrgetter(*some) for some in (columns[:_MESSAGE], columns[_MESSAGE:_RECEIPT_ID], columns[_RECEIPT_ID + 2 :])
    )
    repeated = lru_cache(_MOST_REPEATED)(_cells)
    writers = {
        kind: _event_writer(columns_of_file(kind, everything=everything)[1:], statistic.at, write_time)
        if statistic.details or everything
        else None
        for kind, statistic in EVENTS.items()
    }

    def lines(rows: Iterable[ReceiptRow]) -> Lines:
        files: Lines = defaultdict(list)
        receipts = files[RECEIPT]
        for row in rows:
            receipt = receipt_from(row.payload)
            receipt_id = quoted(receipt.receipt_id)
            receipts.append(
                f"{_cells(of_person(receipt))},{repeated(of_message(receipt))},{receipt_id},"
                f"{write_time(receipt.received_at)},{repeated(of_series(receipt))}"
            )
            if row.events is None:
                continue
            opened = False
            for event in _events_of(row, first, end):
                kind = event.kind
                if not everything and kind in BY_MACHINES:
                    if event.machine or (opened and kind == OPEN):
                        continue
                    opened = opened or kind == OPEN
                if kind not in writers:
                    said = quoted(written_details(event.details or {}) or None)
                    machine = "true" if event.machine else ""
                    line = f"{quoted(kind)},{receipt_id},{write_time(event.at)},{machine},{said}"
                    files[OTHER_EVENTS].append(line)
                elif (write := writers[kind]) is None:
                    files[kind].append(f"{receipt_id},{write_time(event.at)}")
                else:
                    files[kind].append(f"{receipt_id},{write(event)}")
        return files

    return lines


def flat_lines(request: MessageExportRequest) -> MakeLines:
    """What makes the lines of the flat file: of each receipt, and the first times of its events in the range."""
    write_time = time_writer(request.zone, request.times)
    first, end = request.instants
    columns = [(name, attrgetter(name)) for name in _FLAT_RECEIPT]

    def cell(name: str, value: str | int | None) -> str:
        if isinstance(value, int):
            return write_time(value)
        return NOTHING if value is None and name in _NEVER_EMPTY else quoted(value)

    def lines(rows: Iterable[ReceiptRow]) -> Lines:
        made = []
        for row in rows:
            receipt = receipt_from(row.payload)
            firsts: dict[str, int] = {}
            for event in _events_of(row, first, end):
                if not (event.machine and event.kind in BY_MACHINES):
                    firsts.setdefault(event.kind, event.at)
            cells = [cell(name, get(receipt)) for name, get in columns]
            cells += [write_time(firsts[kind]) if kind in firsts else NOTHING for kind in FLAT_COLUMNS.values()]
            made.append(",".join(cells))
        return {FLAT: made}

    return lines


def checkpoint_lines(request: MessageExportRequest) -> Callable[[Iterable[StoredRow]], Lines]:
    """What makes the lines of the file of checkpoints."""
    write_time = time_writer(request.zone, request.times)

    def cell(name: str, value: str | int | None) -> str:
        if value is None or isinstance(value, str):
            return quoted(value)
        return write_time(value) if name in _TIMES_OF_CHECKPOINTS else str(value)

    def lines(rows: Iterable[StoredRow]) -> Lines:
        made = []
        for row in rows:
            checkpoint = checkpoint_from(row.payload)
            made.append(",".join(cell(name, getattr(checkpoint, name)) for name in CHECKPOINT_COLUMNS))
        return {CHECKPOINT: made}

    return lines


def _event_writer(columns: Sequence[str], at: str, write_time: Callable[[int], str]) -> Callable[[Event], str]:
    """What makes the cells of an event but that of its receipt; `at` is the column of its time."""

    def write(event: Event) -> str:
        cells = []
        details = event.details or {}
        for column in columns:
            if column == at:
                cells.append(write_time(event.at))
            elif column == "machine":
                cells.append("true" if event.machine else "")
            else:
                cells.append(quoted(details.get(column)))
        return ",".join(cells)

    return write
