"""Conversations out of files: NDJSON or one JSON document, plain or gzip, or standard input.

Records are read one at a time, so memory does not grow with the file. What cannot be decoded is yielded as a refusal
in its place; the records beside it are not affected.
"""

import gzip
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import ijson
import orjson

from indexer.errors import OperatorError, Refused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    BinaryStream = io.BufferedReader[Any]

OnBytes = Callable[[int], None]
"""Told how many bytes of the files each reading took."""

_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_PEEK = 1 << 16
_PAGES = {"conversation.list": "conversations", "ticket.list": "tickets"}


class Record(NamedTuple):
    """One record and where it stands: `tickets.ndjson, line 12` or `page.json, item 3`.

    `payload` is its JSON (only a single line of NDJSON may turn out to be none), or why there is none.
    """

    place: str
    payload: bytes | Refused


def read_records(sources: Iterable[str], on_bytes: OnBytes | None = None) -> Iterator[Record]:
    """The records of all files (`-` is standard input) in order.

    Raises `OperatorError` for a file that cannot be opened, before anything of it is read.
    """
    for source in sources:
        with _opened(source, on_bytes) as stream:
            yield from _read_stream(stream, "standard input" if source == "-" else source)


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
    if stream.peek(2)[:2] == _GZIP_MAGIC:
        return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=stream)), _PEEK)
    return stream


def _read_stream(stream: "BinaryStream", name: str) -> Iterator[Record]:
    try:
        if stream.peek(_PEEK).removeprefix(_BOM).lstrip()[:1] == b"[":
            yield from _read_array(stream, name)
        else:
            yield from _read_lines(stream, name)
    except (OSError, EOFError) as error:
        yield Record(name, Refused("", f"cannot be read any further: {error}"))


def _read_array(stream: "BinaryStream", name: str) -> Iterator[Record]:
    item = 0
    try:
        for item, value in enumerate(ijson.items(stream, "item", use_float=True), 1):
            yield from _unwrapped(Record(f"{name}, item {item}", orjson.dumps(value)))
    except (ijson.JSONError, UnicodeDecodeError, orjson.JSONEncodeError) as error:
        reason = str(error).splitlines()[0]
        yield Record(f"{name}, after item {item}", Refused("", f"is not JSON: {reason}"))


def _read_lines(stream: "BinaryStream", name: str) -> Iterator[Record]:
    """Lines of NDJSON; where neither the first nor the second is JSON by itself, the whole is one document."""
    lines = ((number, line.strip()) for number, line in enumerate(stream, 1) if not line.isspace())
    first = next(lines, None)
    if first is None:
        return
    number, head = first[0], first[1].removeprefix(_BOM)
    second = next(lines, None)
    if second is not None and not _is_json(head) and not _is_json(second[1]):
        yield from _unwrapped(Record(name, b"\n".join((head, second[1], stream.read()))))
        return
    yield from _unwrapped(Record(f"{name}, line {number}", head))
    if second is not None:
        yield from _unwrapped(Record(f"{name}, line {second[0]}", second[1]))
    for number, line in lines:
        yield from _unwrapped(Record(f"{name}, line {number}", line))


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _unwrapped(record: Record) -> Iterator[Record]:
    """The record itself, or the conversations of a page of them."""
    payload = record.payload
    if isinstance(payload, bytes) and any(page.encode() in payload for page in _PAGES) and _is_json(payload):
        page = orjson.loads(payload)
        if isinstance(page, dict) and (name := _PAGES.get(str(page.get("type")))):
            inside = page.get(name)
            for item, one in enumerate(inside if isinstance(inside, list) else (), 1):
                yield Record(f"{record.place}, item {item}", orjson.dumps(one))
            return
    yield record
