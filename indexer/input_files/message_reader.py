"""Reading files of messages: NDJSON or JSON, CSV, and ZIP archives of CSV files, told apart by their content."""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, cast
from zoneinfo import ZoneInfo

from indexer.errors import Refused
from indexer.input_files.encodings import mended
from indexer.input_files.message_tables import Found, OnLeft, Table, Unknown, read_table, table_of
from indexer.input_files.open_files import BOM, PEEK, OnBytes, name_of, opened, unpacked
from indexer.input_files.ordinals import Ordinals
from indexer.input_files.record_reader import PACKED, read_stream
from indexer.input_files.zip_entries import (
    DAMAGE,
    MAGICS,
    entries,
    entry_stream,
    is_of_the_system,
    open_archive,
    refuse_harmful,
    shown_name,
)
from indexer.messages.part_reader import parts_of_line
from indexer.messages.statistics import CHECKPOINT, FLAT, RECEIPT
from indexer.records.raw import object_from

if TYPE_CHECKING:
    from indexer.input_files.open_files import BinaryStream

_LINE_OF_JSON = re.compile(rb'\n[ \t]{0,9}\{"[^"]')
"""In CSV, a quote within quotes is doubled."""

_ORDER = {RECEIPT: 0, FLAT: 0, CHECKPOINT: 1}
"""Receipts are read first, so that their events find them; the order of other files is that of the archive."""


def read_messages(
    sources: Iterable[str], zone: ZoneInfo, on_left: OnLeft, on_bytes: OnBytes | None = None
) -> Iterator[Found]:
    """What all files say (`-` is standard input), one after another; `zone` is that of times without an offset.

    `on_left` gets the files of an archive and the columns that are not read. Raises `OperatorError` if a file cannot be
    opened, before any of it is read, and if the disk has no space for the temporary files.
    """
    for source in sources:
        with opened(source, on_bytes) as stream:
            yield from _read(stream, source, zone, on_left)


def _read(stream: "BinaryStream", source: str, zone: ZoneInfo, on_left: OnLeft) -> Iterator[Found]:
    place = name_of(source)
    try:
        if stream.peek(PEEK).startswith(MAGICS):
            with _sought(stream) as whole:
                yield from _of_archive(whole, place, zone, on_left)
            return
        stream = unpacked(stream)
        start = stream.peek(PEEK)
    except OSError as error:
        yield Found(place, Refused("", f"cannot be read: {error}"))
        return
    if _is_json(start):
        yield from _of_lines(stream, place, zone)
    else:
        yield from _of_table(stream, place, PurePath(source).name, zone, on_left)


def _is_json(start: bytes) -> bool:
    """Whether a file that begins so has lines of JSON or a document, perhaps after lines that are broken."""
    first = start.removeprefix(BOM).lstrip()[:1]
    return first in (b"{", b"[", b"") or start.startswith(PACKED) or _LINE_OF_JSON.search(start) is not None


def _of_lines(stream: "BinaryStream", name: str, zone: ZoneInfo) -> Iterator[Found]:
    for place, payload in read_stream(stream, name):
        try:
            if isinstance(payload, Refused):
                raise payload
            for part in parts_of_line(object_from(mended(payload)), zone):
                yield Found(place, part)
        except Refused as refused:
            yield Found(place, refused)


def _of_table(stream: "BinaryStream", place: str, file_name: str, zone: ZoneInfo, on_left: OnLeft) -> Iterator[Found]:
    try:
        table = table_of(stream, file_name)
    except Unknown as error:
        yield Found(place, Refused("", f"is neither JSON nor a CSV file of messages: it {error}"))
        return
    except Refused as refused:
        yield Found(place, refused)
        return
    except DAMAGE as error:
        yield Found(place, Refused("", f"cannot be read: {error}"))
        return
    with Ordinals() as ordinals:
        yield from read_table(table, place, zone, ordinals, on_left)


class _Entry(NamedTuple):
    info: zipfile.ZipInfo
    place: str
    shape: str


def _of_archive(stream: "BinaryStream", place: str, zone: ZoneInfo, on_left: OnLeft) -> Iterator[Found]:
    try:
        archive = open_archive(stream)
        files = entries(archive)
    except Refused as refused:
        yield Found(place, refused)
        return
    with archive, Ordinals() as ordinals:
        known: list[_Entry] = []
        for info in files:
            here = f"{place}, {shown_name(info)}"
            try:
                with _table(archive, info) as table:
                    known.append(_Entry(info, here, table.shape))
            except Unknown as error:
                on_left(here, str(error))
            except Refused as refused:
                yield Found(here, refused)
        for entry in sorted(known, key=lambda entry: _ORDER.get(entry.shape, 2)):
            with _table(archive, entry.info) as table:
                yield from read_table(table, entry.place, zone, ordinals, on_left)


@contextmanager
def _table(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[Table]:
    """The table in an entry; raises `Unknown` and `Refused` if there is none that can be read."""
    if is_of_the_system(info):
        raise Unknown("is of an operating system")
    refuse_harmful(info)
    with entry_stream(archive, info) as stream:
        try:
            table = table_of(stream, info.filename.rpartition("/")[2])
        except DAMAGE as error:
            raise Refused("", f"is damaged: {error}") from None
        yield table


@contextmanager
def _sought(stream: "BinaryStream") -> Iterator["BinaryStream"]:
    """The same stream, or a copy in a temporary file if it is a pipe: the directory of an archive is at its end."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        yield cast("BinaryStream", copy)
