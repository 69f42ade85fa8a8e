"""Conversations out of files: NDJSON or one JSON document, plain or gzip, or standard input.

Records are read one at a time, so memory does not grow with the file. What cannot be decoded is yielded as a refusal
in its place; the records beside it are not affected. A record reads the same in every kind of file.
"""

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import msgspec

from indexer.errors import OperatorError, Refused
from indexer.pipeline.gunzip import MAGIC, Gunzipped
from indexer.pipeline.splitting import Extent, Malformed, elements, extent
from indexer.pipeline.texts import AsUtf8, mended, wide_encoding
from indexer.pipeline.unwrapping import Excerpt, Record, unwrapped

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    BinaryStream = io.BufferedReader[Any]

__all__ = ["CONVERSATION_LISTS", "Excerpt", "OnBytes", "Record", "read_records"]

OnBytes = Callable[[int], None]
"""Told how many bytes of the files each reading took."""

_BOM = b"\xef\xbb\xbf"
_PEEK = 1 << 16
CONVERSATION_LISTS = ("conversations", "tickets", "data")
"""The names under which pages of conversations have them."""


def read_records(
    sources: Iterable[str], on_bytes: OnBytes | None = None, lists: tuple[str, ...] = CONVERSATION_LISTS
) -> Iterator[Record]:
    """The records of all files (`-` is standard input) in order.

    `lists` are the names of the lists in pages of records; without any, nothing is taken for a page or a notification.
    Raises `OperatorError` for a file that cannot be opened, before anything of it is read.
    """
    for source in sources:
        with _opened(source, on_bytes) as stream:
            for place, payload in _read_stream(stream, "standard input" if source == "-" else source):
                if isinstance(payload, Refused):
                    yield Record(place, payload)
                elif lists:
                    yield from unwrapped(Record(place, mended(payload)), lists)
                else:
                    yield Record(place, mended(payload))


_Found = tuple[str, bytes | Refused]
"""A place in a file, and the JSON there or why there is none."""


class _ReportingFile(io.FileIO):
    """A file that says how many bytes each reading took."""

    on_bytes: OnBytes | None = None

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        count = super().readinto(buffer) or 0
        if self.on_bytes is not None:
            self.on_bytes(count)
        return count


@contextmanager
def _opened(source: str, on_bytes: OnBytes | None) -> Iterator["BinaryStream"]:
    if source == "-":
        yield _unpacked(cast("BinaryStream", sys.stdin.buffer))
        return
    try:
        raw = _ReportingFile(source)
    except OSError as error:
        raise OperatorError(f"{source}: {error.strerror}", "give the path of a file that can be read, or -") from error
    raw.on_bytes = on_bytes
    with io.BufferedReader(raw, _PEEK) as stream:
        yield _unpacked(stream)


def _unpacked(stream: "BinaryStream") -> "BinaryStream":
    if stream.peek(2)[:2] == MAGIC:
        stream = io.BufferedReader(Gunzipped(cast("BinaryIO", stream)), _PEEK)
    try:
        encoding = wide_encoding(stream.peek(_PEEK)[:4])
    except OSError:  # whoever reads on is told
        encoding = None
    return stream if encoding is None else io.BufferedReader(AsUtf8(cast("BinaryIO", stream), encoding), _PEEK)


def _read_stream(stream: "BinaryStream", name: str) -> Iterator[_Found]:
    try:
        if stream.peek(_PEEK).startswith(_BOM):
            stream.read(len(_BOM))
        if stream.peek(_PEEK).lstrip()[:1] == b"[":
            yield from _read_array(stream, name)
        else:
            yield from _read_lines(stream, name)
    except OSError as error:
        yield name, Refused("", f"cannot be read any further: {error}")


def _read_array(stream: "BinaryStream", name: str) -> Iterator[_Found]:
    item = 0
    try:
        for item, value in enumerate(elements(stream.read1), 1):
            yield f"{name}, item {item}", value
    except Malformed as error:
        yield f"{name}, after item {item}", Refused("", f"is not JSON: {error}")


def _read_lines(stream: "BinaryStream", name: str) -> Iterator[_Found]:
    """Lines of NDJSON, unless they only make sense together: then all of them are one document."""
    lines = ((number, line.strip()) for number, line in enumerate(stream, 1) if not line.isspace())
    begun = list(islice(lines, 1))
    # A document over many lines is cut off wherever one stops before its end; NDJSON is wrong at once. Looking again
    # only when there are twice as many lines keeps this cheap for long documents.
    while begun and (state := _state_of(begun)) is Extent.CUT_OFF:
        more = list(islice(lines, len(begun)))
        begun += more
        if not more:
            break
    if len(begun) > 1 and state is Extent.WHOLE:
        yield name, _joined(begun)
        return
    for number, line in chain(begun, lines):
        yield f"{name}, line {number}", line


def _state_of(lines: list[tuple[int, bytes]]) -> Extent:
    """Whether these lines are one document, begin one, or are lines of NDJSON."""
    joined = mended(_joined(lines))
    fault = _fault(joined)
    if fault is None:
        return Extent.WHOLE
    if "truncated" in fault:
        return Extent.CUT_OFF
    # What decodes nowhere may be one document all the same, and is then refused as one. But where a line of NDJSON was
    # cut off, the next one is an object.
    if not joined.startswith(b"{") or (len(lines) > 1 and _fault(mended(lines[1][1])) is None):
        return Extent.FOLLOWED
    return extent(joined)


def _fault(written: bytes) -> str | None:
    """Why this is not JSON, None if it is."""
    try:
        msgspec.json.decode(written, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError) as error:
        return str(error)
    return None


def _joined(lines: list[tuple[int, bytes]]) -> bytes:
    return b"\n".join(line for _, line in lines)
