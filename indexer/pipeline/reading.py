"""Conversations out of files: NDJSON or one JSON document, plain or gzip, or standard input.

Records are read one at a time, so memory does not grow with the file. What cannot be decoded is yielded as a refusal
in its place; the records beside it are not affected.
"""

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

import ijson
import msgspec

from indexer.errors import OperatorError, Refused
from indexer.pipeline.gunzip import MAGIC, Gunzipped

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    BinaryStream = io.BufferedReader[Any]

OnBytes = Callable[[int], None]
"""Told how many bytes of the files each reading took."""

_BOM = b"\xef\xbb\xbf"
_PEEK = 1 << 16
CONVERSATION_LISTS = ("conversations", "tickets")
"""The names under which the vendor's pages of conversations have them."""


class Record(NamedTuple):
    """One record and where it stands: `tickets.ndjson, line 12` or `page.json, item 3`.

    `payload` is its JSON (only a single line of NDJSON may turn out to be none), or why there is none.
    """

    place: str
    payload: bytes | Refused


def read_records(
    sources: Iterable[str], on_bytes: OnBytes | None = None, lists: tuple[str, ...] = CONVERSATION_LISTS
) -> Iterator[Record]:
    """The records of all files (`-` is standard input) in order; `lists` are names of lists in pages of records.

    Raises `OperatorError` for a file that cannot be opened, before anything of it is read.
    """
    for source in sources:
        with _opened(source, on_bytes) as stream:
            for record in _read_stream(stream, "standard input" if source == "-" else source):
                yield from _unwrapped(record, lists)


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
        return io.BufferedReader(Gunzipped(cast("BinaryIO", stream)), _PEEK)
    return stream


def _read_stream(stream: "BinaryStream", name: str) -> Iterator[Record]:
    try:
        if stream.peek(_PEEK).startswith(_BOM):
            stream.read(len(_BOM))
        if stream.peek(_PEEK).lstrip()[:1] == b"[":
            yield from _read_array(stream, name)
        else:
            yield from _read_lines(stream, name)
    except OSError as error:
        yield Record(name, Refused("", f"cannot be read any further: {error}"))


def _read_array(stream: "BinaryStream", name: str) -> Iterator[Record]:
    item = 0
    try:
        for item, value in enumerate(ijson.items(stream, "item"), 1):
            # The standard library's: numbers may be longer than orjson takes.
            payload = json.dumps(value, default=float, ensure_ascii=False).encode()
            yield Record(f"{name}, item {item}", payload)
    except (ijson.JSONError, UnicodeError) as error:
        reason = str(error).splitlines()[0]
        yield Record(f"{name}, after item {item}", Refused("", f"is not JSON: {reason}"))


def _read_lines(stream: "BinaryStream", name: str) -> Iterator[Record]:
    """Lines of NDJSON, unless they only make sense together: then all of them are one document."""
    lines = ((number, line.strip()) for number, line in enumerate(stream, 1) if not line.isspace())
    begun = list(islice(lines, 1))
    # A document over many lines is cut off wherever one stops before its end; NDJSON is wrong at once. Looking again
    # only when there are twice as many lines keeps this cheap for long documents.
    while begun and (state := _state_of(begun)) is _Json.CUT_OFF:
        more = list(islice(lines, len(begun)))
        begun += more
        if not more:
            break
    if len(begun) > 1 and state is _Json.WHOLE:
        yield Record(name, _joined(begun))
        return
    for number, line in chain(begun, lines):
        yield Record(f"{name}, line {number}", line)


class _Json(Enum):
    WHOLE = "whole"
    CUT_OFF = "cut off"
    WRONG = "wrong"


def _state_of(lines: list[tuple[int, bytes]]) -> _Json:
    try:
        msgspec.json.decode(_joined(lines), type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return _Json.CUT_OFF if "truncated" in str(error) else _Json.WRONG
    except (UnicodeDecodeError, RecursionError):
        return _Json.WRONG
    return _Json.WHOLE


def _joined(lines: list[tuple[int, bytes]]) -> bytes:
    return b"\n".join(line for _, line in lines)


def _unwrapped(record: Record, lists: tuple[str, ...]) -> Iterator[Record]:
    """The record itself, or the records of a page of them."""
    payload = record.payload
    for name in lists:
        if (
            isinstance(payload, bytes)
            and f'"{name}"'.encode() in payload
            and (page := _page(payload, name)) is not None
        ):
            for item, one in enumerate(page, 1):
                yield Record(f"{record.place}, item {item}", bytes(one))
            return
    yield record


def _page(payload: bytes, name: str) -> list[msgspec.Raw] | None:
    """The JSON of the records, if this is a page of the vendor's lists and not a record."""
    try:
        page = msgspec.json.decode(payload, type=dict[str, msgspec.Raw])
        if "id" in page or name not in page:
            return None
        return msgspec.json.decode(page[name], type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
