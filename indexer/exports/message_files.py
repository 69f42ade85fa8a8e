"""The file of an export of messages while it is written, and how the CSV files come out of it.

An archive is written one file after the other, and the store is read one receipt after the other. So the lines of a
page are kept together, for all its files, and are sorted into files when all pages are written. A page begins with a
line of JSON that has the length of each of its parts, so that a reader of one file skips the others.
"""

import codecs
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO

from msgspec.json import Decoder, Encoder

from indexer.exports.archive import open_archive, open_packed
from indexer.exports.message_lines import columns_of_file, files_in_order
from indexer.exports.message_overview import OVERVIEW, OVERVIEW_COLUMNS, add_tallies, overview_lines
from indexer.exports.message_request import MessageExportRequest, Report
from indexer.messages.statistics import FLAT

_END = "\r\n"

_encode = Encoder().encode
_decode = Decoder(dict[str, int]).decode


def page_of(parts: Mapping[str, bytes]) -> bytes:
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

    def write(inner: IO[bytes], columns: Iterable[str], parts: Iterable[bytes]) -> None:
        if request.excel:
            inner.write(codecs.BOM_UTF8)
        inner.write(csv_part([",".join(columns)]))
        for part in parts:
            inner.write(part)
            tell()

    if request.is_of_several_files:
        with open_archive(target) as open_entry:
            for name in occurring_files(file):
                with open_entry(f"{name}.csv") as inner:
                    write(inner, columns_of_file(name, everything=request.everything), parts_of(file, name))
        return
    with open_packed(target, request.packed_as, request.entry_name) as inner:
        if request.report is Report.OVERVIEW:
            tallies = add_tallies(_told(parts_of(file, OVERVIEW), tell))
            write(inner, OVERVIEW_COLUMNS, [csv_part(overview_lines(tallies, request, waiting))])
        else:
            write(inner, columns_of_file(FLAT, everything=False), parts_of(file, FLAT))


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
