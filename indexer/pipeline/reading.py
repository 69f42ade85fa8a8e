"""Conversations out of files: NDJSON or one JSON document, plain or gzip, or standard input.

Records are read one at a time, so memory does not grow with the file. What cannot be decoded is yielded as a
refusal in its place; the records beside it are not affected.
"""

import gzip
import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple, cast

import ijson
import orjson

from indexer.errors import OperatorError, Refused

_GZIP_MAGIC = b"\x1f\x8b"
_PEEK = 1 << 16


class Record(NamedTuple):
    """One decoded record and where it stands: `tickets.ndjson, line 12` or `page.json, item 3`.

    `value` is the decoded JSON, or the `Refused` that says why there is none.
    """

    place: str
    value: Any


def read_records(sources: Iterable[str]) -> Iterator[Record]:
    """The records of all files (`-` is standard input) in order.

    Raises `OperatorError` for a file that cannot be opened, before anything of it is read.
    """
    for source in sources:
        with _opened(source) as stream:
            name = "standard input" if source == "-" else source
            yield from _read_stream(stream, name)


@contextmanager
def _opened(source: str) -> Iterator[io.BufferedReader]:
    if source == "-":
        yield _unpacked(cast("io.BufferedReader", sys.stdin.buffer))
        return
    try:
        raw = io.FileIO(source)
    except OSError as error:
        raise OperatorError(f"{source}: {error.strerror}", "give the path of a file that can be read, or -") from error
    with io.BufferedReader(raw, _PEEK) as stream:
        yield _unpacked(stream)


def _unpacked(stream: io.BufferedReader) -> io.BufferedReader:
    if stream.peek(2)[:2] == _GZIP_MAGIC:
        return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=stream)), _PEEK)
    return stream


def _read_stream(stream: io.BufferedReader, name: str) -> Iterator[Record]:
    try:
        if _is_array(stream):
            yield from _read_array(stream, name)
        else:
            yield from _read_lines(stream, name)
    except (OSError, EOFError) as error:
        yield Record(name, Refused("", f"cannot be read any further: {error}"))


def _is_array(stream: io.BufferedReader) -> bool:
    return stream.peek(_PEEK).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["


def _read_array(stream: IO[bytes], name: str) -> Iterator[Record]:
    item = 0
    try:
        for item, value in enumerate(ijson.items(stream, "item", use_float=True), 1):
            yield from _unwrapped(Record(f"{name}, item {item}", value))
    except (ijson.JSONError, UnicodeDecodeError) as error:
        yield Record(f"{name}, after item {item}", Refused("", f"is not JSON: {error}"))


def _read_lines(stream: IO[bytes], name: str) -> Iterator[Record]:
    """Lines of NDJSON; if the first is not JSON by itself and the second neither, the whole is one document."""
    lines = enumerate(stream, 1)
    first = next(((number, line) for number, line in lines if line.strip()), None)
    if first is None:
        return
    number, line = first
    line = line.removeprefix(b"\xef\xbb\xbf")
    head = _decoded(line, f"{name}, line {number}")
    if isinstance(head.value, Refused):
        second = next(((number, line) for number, line in lines if line.strip()), None)
        if second is not None and isinstance(_decoded(second[1], "").value, Refused):
            yield from _read_document(line + second[1] + stream.read(), name)
            return
        yield head
        if second is not None:
            yield from _unwrapped(_decoded(second[1], f"{name}, line {second[0]}"))
    else:
        yield from _unwrapped(head)
    for number, line in lines:
        if line.strip():
            yield from _unwrapped(_decoded(line, f"{name}, line {number}"))


def _read_document(text: bytes, name: str) -> Iterator[Record]:
    yield from _unwrapped(_decoded(text, name))


def _decoded(text: bytes, place: str) -> Record:
    try:
        return Record(place, orjson.loads(text))
    except orjson.JSONDecodeError as error:
        return Record(place, Refused("", f"is not JSON: {error}"))


def _unwrapped(record: Record) -> Iterator[Record]:
    """The record itself, or the conversations of a `conversation.list` page."""
    value = record.value
    if isinstance(value, dict) and value.get("type") in {"conversation.list", "ticket.list"}:
        inside = value.get("conversations", value.get("tickets"))
        for item, one in enumerate(inside if isinstance(inside, list) else (), 1):
            yield Record(f"{record.place}, item {item}", one)
    else:
        yield record
