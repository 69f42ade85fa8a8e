"""Files opened for reading, whose content is unpacked and in UTF-8; standard input is one of them."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from indexer.errors import OperatorError
from indexer.input_files.encodings import AsUtf8, wide_encoding
from indexer.input_files.gunzip import MAGIC, Gunzipped

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    BinaryStream = io.BufferedReader[Any]

OnBytes = Callable[[int], None]
"""Called with the number of bytes of each read."""

BOM = b"\xef\xbb\xbf"
PEEK = 1 << 16


class _ReportingFile(io.FileIO):
    """A file that reports the number of bytes of each read."""

    on_bytes: OnBytes | None = None

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        count = super().readinto(buffer) or 0
        if self.on_bytes is not None:
            self.on_bytes(count)
        return count


@contextmanager
def opened(source: str, on_bytes: OnBytes | None) -> Iterator["BinaryStream"]:
    """The content of a file as it is, or of standard input (`-`); raises `OperatorError` if it cannot be opened."""
    if source == "-":
        yield cast("BinaryStream", sys.stdin.buffer)
        return
    try:
        raw = _ReportingFile(source)
    except OSError as error:
        raise OperatorError(f"{source}: {error.strerror}", "give the path of a file that can be read, or -") from error
    raw.on_bytes = on_bytes
    with io.BufferedReader(raw, PEEK) as stream:
        yield stream


def unpacked(stream: "BinaryStream") -> "BinaryStream":
    """The content of a stream in UTF-8, out of gzip if it is packed so."""
    if stream.peek(2)[:2] == MAGIC:
        stream = io.BufferedReader(Gunzipped(cast("BinaryIO", stream)), PEEK)
    return in_utf8(stream)


def in_utf8(stream: "BinaryStream") -> "BinaryStream":
    """The content of a stream in UTF-8 if it is in UTF-16 or UTF-32, otherwise as it is."""
    try:
        encoding = wide_encoding(stream.peek(PEEK)[:4])
    except OSError:  # the next read reports it
        encoding = None
    return stream if encoding is None else io.BufferedReader(AsUtf8(cast("BinaryIO", stream), encoding), PEEK)


def name_of(source: str) -> str:
    """The file's name for places in it."""
    return "standard input" if source == "-" else source
