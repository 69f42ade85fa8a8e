"""The pages of an export of messages, read from the store; memory does not grow with the export."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, NamedTuple

from msgspec.json import encode
from sqlalchemy import Connection

from indexer.errors import OperatorError
from indexer.exports.message_files import csv_part, page_of
from indexer.exports.message_lines import checkpoint_lines, detailed_lines, flat_lines
from indexer.exports.message_overview import OVERVIEW, tally_page
from indexer.exports.message_request import MessageExportRequest, Report
from indexer.messages.receipt import receipt_from
from indexer.store.entities.message_rows import (
    CHECKPOINTS,
    RECEIPTS,
    Chosen,
    Place,
    ReceiptRow,
    count_rows,
    read_receipts,
    read_rows,
)

MOST_RECEIPTS: Final = 10_000_000
"""The most receipts that an export can have, as in the vendor's."""

PAGE: Final = 2_000

_TURN_SECONDS: Final = 0.0002

Connect = Callable[[], AbstractContextManager[Connection]]


class WrittenPage(NamedTuple):
    """The bytes of a page, how many receipts or checkpoints it is made of, and the place of the last one."""

    content: bytes
    rows: int
    place: list[Any]


def chosen_receipts(request: MessageExportRequest) -> Chosen:
    """The receipts that the request is about."""
    fragments = None
    if request.message is not None:
        fragments = [_fragment(name, request.message) for name in ("content_id", "ruleset_id")]
    elif request.series is not None:
        fragments = [_fragment("series_id", request.series)]
    return Chosen(request.workspace, *request.instants, fragments)


def count_export(connection: Connection, request: MessageExportRequest) -> int:
    """The number of receipts and checkpoints that an export would be made of now.

    Raises `OperatorError` if there are more receipts than an export can have.
    """
    receipts = count_rows(connection, RECEIPTS, chosen_receipts(request))
    if receipts > MOST_RECEIPTS:
        raise OperatorError(
            f"the export would have {receipts:,} receipts, and the most is {MOST_RECEIPTS:,}", "choose a shorter range"
        )
    if not _has_checkpoints(request):
        return receipts
    chosen = _chosen_checkpoints(lambda: nullcontext(connection), request)
    return receipts + count_rows(connection, CHECKPOINTS, chosen)


def read_message_pages(
    connect: Connect, request: MessageExportRequest, *, after: Sequence[Any] | None = None, size: int = PAGE
) -> Iterator[WrittenPage]:
    """The pages of the export after a place (without one, from the first): of receipts, then of checkpoints.

    Each page is the store at the moment when it is read.
    """
    kind, place = ("receipts", None) if after is None else (after[0], (after[1], after[2], after[3]))
    if kind == "receipts":
        make = page_maker(request)
        for receipts in _read_ahead(connect, chosen_receipts(request), place, size):
            yield WrittenPage(make(receipts), len(receipts), ["receipts", *receipts[-1].place])
        place = None
    if not _has_checkpoints(request):
        return
    lines = checkpoint_lines(request)
    chosen = _chosen_checkpoints(connect, request, size)
    while True:
        with connect() as connection:
            checkpoints = read_rows(connection, CHECKPOINTS, chosen, place, size)
        if checkpoints:
            place = checkpoints[-1].place
            made = page_of({name: csv_part(part) for name, part in lines(checkpoints).items()})
            yield WrittenPage(made, len(checkpoints), ["checkpoints", *place])
        if len(checkpoints) < size:
            break


def _read_ahead(connect: Connect, chosen: Chosen, place: Place | None, size: int) -> Iterator[list[ReceiptRow]]:
    """The pages of receipts after a place; while one is written, PostgreSQL collects the next."""

    def read(after: Place | None) -> list[ReceiptRow]:
        with connect() as connection:
            return read_receipts(connection, chosen, after, size)

    with ThreadPoolExecutor(1) as reader, _quick_turns():
        ahead = reader.submit(read, place)
        while receipts := ahead.result():
            is_last = len(receipts) < size
            if not is_last:
                ahead = reader.submit(read, receipts[-1].place)
            yield receipts
            if is_last:
                return


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Let threads take turns often: a page comes in pieces, and its reader would wait up to 5 ms for each of them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def page_maker(request: MessageExportRequest) -> Callable[[Sequence[ReceiptRow]], bytes]:
    """What makes the bytes of a page of receipts."""
    if request.report is Report.OVERVIEW:
        tally = tally_page(request)
        return lambda rows: page_of({OVERVIEW: tally(rows)})
    make = flat_lines(request) if request.flat else detailed_lines(request)
    return lambda rows: page_of({name: csv_part(lines) for name, lines in make(rows).items()})


def _has_checkpoints(request: MessageExportRequest) -> bool:
    """The checkpoints of a message are not told from those of other versions of it, so one message has none."""
    return request.is_of_several_files and request.message is None


def _chosen_checkpoints(connect: Connect, request: MessageExportRequest, size: int = PAGE) -> Chosen:
    """The checkpoints created in the range; of one series, those of the rulesets that its receipts name."""
    first, end = request.instants
    if request.series is None:
        return Chosen(request.workspace, first, end)
    rulesets: set[str] = set()
    of_series = Chosen(request.workspace, None, None, [_fragment("series_id", request.series)])
    place = None
    while True:
        with connect() as connection:
            rows = read_rows(connection, RECEIPTS, of_series, place, size)
        rulesets.update(id_ for row in rows if (id_ := receipt_from(row.payload).ruleset_id) is not None)
        if len(rows) < size:
            break
        place = rows[-1].place
    return Chosen(request.workspace, first, end, [_fragment("ruleset_id", id_) for id_ in sorted(rulesets)])


def _fragment(name: str, value: str) -> bytes:
    """The name with its value as in the stored form of a receipt or checkpoint."""
    return b"%b:%b" % (encode(name), encode(value))
