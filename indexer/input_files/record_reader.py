"""Reading conversations from files: NDJSON or one JSON document, plain or gzip, or standard input.

Records are read one at a time and none may be larger than `LARGEST`, so memory does not grow with the file. A record
that cannot be decoded is yielded as a refusal in its place; the records beside it are not affected. A record reads the
same in every kind of file.
"""

import io
from array import array
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from indexer.errors import Refused
from indexer.input_files.encodings import mended
from indexer.input_files.envelopes import Record, unwrapped
from indexer.input_files.gunzip import MAGIC
from indexer.input_files.json_values import Extent, Malformed, Oversized, elements, extent
from indexer.input_files.open_files import BOM, PEEK, OnBytes, name_of, opened, unpacked

if TYPE_CHECKING:
    from indexer.input_files.open_files import BinaryStream

__all__ = ["OnBytes", "Record", "read_records", "read_stream"]

LARGEST = 32 << 20
"""The most bytes of a line, an element of an array, or a document in a file: they are held in memory."""

_OVER = f"more than {LARGEST >> 20} MiB, which is too large for a record; write the records of a page one a line"
_PACKED = (
    (b"PK\x03\x04", "a zip archive"),
    (MAGIC, "packed with gzip twice"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ", "packed with xz"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd"),
)
PACKED = tuple(magic for magic, _ in _PACKED)
"""The first bytes of files that are packed in a way that is not read."""


def read_records(
    sources: Iterable[str], on_bytes: OnBytes | None = None, *, lists: tuple[str, ...]
) -> Iterator[Record]:
    """The records of all files (`-` is standard input) in order.

    `lists` are the names of the lists in pages of records; without any, no record counts as a page or a notification.
    Raises `OperatorError` if a file cannot be opened, before any of it is read.
    """
    for source in sources:
        with opened(source, on_bytes) as stream:
            for place, payload in read_stream(unpacked(stream), name_of(source)):
                if isinstance(payload, Refused):
                    yield Record(place, payload)
                elif lists:
                    yield from unwrapped(Record(place, mended(payload)), lists)
                else:
                    yield Record(place, mended(payload))


_Found = tuple[str, bytes | Refused]
"""A place in a file, and the JSON there or the reason why there is none."""


def read_stream(stream: "BinaryStream", name: str) -> Iterator[_Found]:
    """The records of a stream in UTF-8 as they are written, each with its place; damage is a refusal at the end."""
    try:
        start = stream.peek(PEEK)
        if packed := next((packed for magic, packed in _PACKED if start.startswith(magic)), None):
            yield (
                name,
                Refused("", f"is {packed}: unpack it first; only a plain file packed once with gzip can be read"),
            )
            return
        if start.startswith(BOM):
            stream.read(len(BOM))
        if stream.peek(PEEK).lstrip()[:1] == b"[":
            yield from _read_array(stream, name)
        else:
            yield from _read_lines(stream, name)
    except OSError as error:
        yield name, Refused("", f"cannot be read any further: {error}")


def _read_array(stream: "BinaryStream", name: str) -> Iterator[_Found]:
    item = 0
    try:
        for item, value in enumerate(elements(stream.read1, LARGEST), 1):
            yield f"{name}, item {item}", _refused_if_oversized(value)
    except Malformed as error:
        yield f"{name}, after item {item}", Refused("", f"is not JSON: {error}")


def _read_lines(stream: "BinaryStream", name: str) -> Iterator[_Found]:
    """The lines of NDJSON; if the first lines only make sense together, all lines are one document."""
    lines = _lines(stream)
    text, numbers, oversized = bytearray(), array("Q"), 0
    state, seen = Extent.FOLLOWED, 0
    # The first lines of a document over many lines are an unfinished document; NDJSON shows itself at once. Checking
    # again only after twice as many lines keeps this cheap for long documents.
    for number, line in lines:
        if isinstance(line, Oversized):
            oversized = number
            break
        text += line + b"\n"
        numbers.append(number)
        if len(text) >= 2 * seen:
            state, seen = _state_of(text), len(text)
            if state is not Extent.CUT_OFF:
                break
        if len(text) > LARGEST:
            break
    if seen < len(text):
        state = _state_of(text)
    if state is Extent.CUT_OFF and (oversized or len(text) > LARGEST):
        yield name, Refused("", f"is one document of {_OVER}")
        return
    if state is Extent.WHOLE and len(numbers) > 1:
        yield name, bytes(text.strip())
        if more := next(lines, None):
            yield f"{name}, line {more[0]}", Refused("", "follows the end of the document; write one record a line")
        return
    for number, line in zip(numbers, io.BytesIO(text), strict=True):
        yield f"{name}, line {number}", line.strip()
    if oversized:
        yield f"{name}, line {oversized}", _refused_if_oversized(Oversized())
    for number, line in lines:
        yield f"{name}, line {number}", _refused_if_oversized(line)


def _lines(stream: "BinaryStream") -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, without white space around them, and their numbers; `Oversized` for long ones."""
    number = 0
    while line := stream.readline(LARGEST + 1):
        number += 1
        if len(line) > LARGEST:
            while line and not line.endswith(b"\n"):
                line = stream.readline(PEEK)
            yield number, Oversized()
        elif not line.isspace():
            yield number, line.strip()


def _refused_if_oversized(value: bytes) -> bytes | Refused:
    return Refused("", f"is {_OVER}") if isinstance(value, Oversized) else value


def _state_of(text: bytearray) -> Extent:
    """Whether these lines are one document, begin one, or are lines of NDJSON."""
    joined = mended(bytes(text.strip()))
    fault = _fault(joined)
    if fault is None:
        return Extent.WHOLE
    if "truncated" in fault:
        return Extent.CUT_OFF
    # Lines that cannot be decoded may still be one document, and are then refused as one. But if a line of NDJSON was
    # cut off, the next one is an object.
    second = text[text.index(b"\n") + 1 :].partition(b"\n")[0]
    if not joined.startswith(b"{") or (second and _fault(mended(bytes(second))) is None):
        return Extent.FOLLOWED
    return extent(joined)


def _fault(written: bytes) -> str | None:
    """The reason why this is not JSON, None if it is."""
    try:
        msgspec.json.decode(written, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError) as error:
        return str(error)
    return None
