"""The file of an export of messages while it is written, and how the CSV files come out of it.

An archive is written one file after the other, and the store is read one receipt after the other. So the lines of a
page are kept together, for all its files, and are sorted into files when all pages are written. A page begins with a
line of JSON that has the length of each of its parts, so that a reader of one file skips the others.

If an archive is written in one go, the receipts need not wait: theirs is the first file, and the largest one. It is
packed by a thread of its own while the next pages are made.
"""

import codecs
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import IO

from msgspec.json import Decoder, Encoder

from indexer.exports.archive import OpenEntry, open_archive, open_packed
from indexer.exports.message_lines import columns_of_file, files_in_order
from indexer.exports.message_overview import OVERVIEW, OVERVIEW_COLUMNS, add_tallies, overview_lines
from indexer.exports.message_request import MessageExportRequest, Report
from indexer.messages.statistics import FLAT, RECEIPT

_END = "\r\n"

_encode = Encoder().encode
_decode = Decoder(dict[str, int]).decode


def page_of(parts: Mapping[str, bytes | memoryview]) -> bytes:
    """The bytes of a page with these parts, by the names of their files."""
    lengths = {name: len(part) for name, part in parts.items() if part}
    return b"".join([_encode(lengths), b"\n", *(parts[name] for name in lengths)])


def csv_part(lines: Sequence[str]) -> bytes:
    """Lines as part of a CSV file."""
    return _END.join([*lines, ""]).encode(errors="replace")


def occurring_files(file: IO[bytes]) -> list[str]:
    """The files of which the pages have parts, in the order of an archive."""
    return files_in_order({name for lengths in _pages(file) for name in lengths})


def parts_of(file: IO[bytes], name: str) -> Iterator[bytes]:
    """The parts of one file, page by page; the file of pages must not be read otherwise meanwhile."""
    for lengths in _pages(file):
        if name in lengths:
            before = 0
            for other, length in lengths.items():
                if other == name:
                    break
                before += length
            file.seek(before, os.SEEK_CUR)
            yield file.read(lengths[name])
            file.seek(-before - lengths[name], os.SEEK_CUR)


def pack_messages(
    file: IO[bytes],
    request: MessageExportRequest,
    target: IO[bytes],
    waiting: int,
    tell: Callable[[], None] = lambda: None,
) -> None:
    """Write the export that the pages in `file` hold; `waiting` is the workspace's number of events without a receipt.

    `target` need not be seekable. `tell` is called after each part, and may raise to end it.
    """
    if request.is_of_several_files:
        with open_archive(target) as open_entry:
            _pack_files(file, request, open_entry, tell)
        return
    with open_packed(target, request.packed_as, request.entry_name) as inner:
        if request.report is Report.OVERVIEW:
            tallies = add_tallies(_told(parts_of(file, OVERVIEW), tell))
            _begin(inner, request, OVERVIEW_COLUMNS)
            inner.write(csv_part(overview_lines(tallies, request, waiting)))
        else:
            _begin(inner, request, columns_of_file(FLAT, everything=False))
            for part in _told(parts_of(file, FLAT), tell):
                inner.write(part)


def archive_pages(
    pages: Iterable[bytes], request: MessageExportRequest, target: IO[bytes], waiting_parts: IO[bytes]
) -> None:
    """Write the archive that the pages make, as `pack_messages` does, and pack receipts while the next page is made.

    Until the file of receipts is complete, the parts of others wait in `waiting_parts`, an empty file. If this raises
    an error, `target` is not the whole archive, but may be a valid one.
    """
    pages = iter(pages)
    first = next(pages, None)
    if first is None:
        return
    with open_archive(target) as open_entry:
        if RECEIPT in _split(first):
            with open_entry(f"{RECEIPT}.csv") as inner:
                _begin(inner, request, columns_of_file(RECEIPT, everything=request.everything))
                _pack_receipts(chain([first], pages), inner, waiting_parts)
        else:
            waiting_parts.writelines(chain([first], pages))
        _pack_files(waiting_parts, request, open_entry)


def _pack_receipts(pages: Iterable[bytes], inner: IO[bytes], waiting_parts: IO[bytes]) -> None:
    def put(page: bytes) -> None:
        parts = _split(page)
        inner.write(parts.pop(RECEIPT, b""))
        if parts:
            waiting_parts.write(page_of(parts))

    before: Future[None] | None = None
    with ThreadPoolExecutor(1) as packer:
        for page in pages:
            ahead = packer.submit(put, page)
            if before is not None:  # so that no more than two pages wait
                before.result()
            before = ahead
        if before is not None:
            before.result()


def _pack_files(
    file: IO[bytes], request: MessageExportRequest, open_entry: OpenEntry, tell: Callable[[], None] = lambda: None
) -> None:
    """Write the CSV files of which the pages have parts, one after the other."""
    for name in occurring_files(file):
        with open_entry(f"{name}.csv") as inner:
            _begin(inner, request, columns_of_file(name, everything=request.everything))
            for part in _told(parts_of(file, name), tell):
                inner.write(part)


def _begin(inner: IO[bytes], request: MessageExportRequest, columns: Iterable[str]) -> None:
    """Write the first line of a CSV file."""
    if request.excel:
        inner.write(codecs.BOM_UTF8)
    inner.write(csv_part([",".join(columns)]))


def _split(page: bytes) -> dict[str, memoryview]:
    """The parts of a page by the names of their files."""
    place = page.index(b"\n") + 1
    parts, view = {}, memoryview(page)
    for name, length in _decode(page[:place]).items():
        parts[name] = view[place : place + length]
        place += length
    return parts


def _told(parts: Iterable[bytes], tell: Callable[[], None]) -> Iterator[bytes]:
    for part in parts:
        yield part
        tell()


def _pages(file: IO[bytes]) -> Iterator[dict[str, int]]:
    """The lengths of the parts of each page; the file then stands at the first part, and has to for the next one."""
    file.seek(0)
    while head := file.readline():
        lengths = _decode(head)
        yield lengths
        file.seek(sum(lengths.values()), os.SEEK_CUR)
