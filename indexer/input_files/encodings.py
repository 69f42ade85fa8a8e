"""Text that is not quite JSON's: encodings other than UTF-8, and halves of surrogate pairs."""

import codecs
import io
import re
from typing import BinaryIO

import msgspec

_STEP = 1 << 16
_PAIR_OR_HALF = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# JSON begins with an ASCII character, whose other bytes are zero in wide encodings.
_ZEROS = {
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False): "utf-16-be",
    (False, True): "utf-16-le",
}


def wide_encoding(start: bytes) -> str | None:
    """The encoding of a text that begins like this, if its characters are of two or four bytes."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    zeros = tuple(byte == 0 for byte in start[:4])
    return _ZEROS.get(zeros) or _ZEROS.get(zeros[:2])


class AsUtf8(io.RawIOBase):
    """The text of a stream in another encoding as UTF-8, without its byte order mark.

    Bytes that are not a character become U+FFFD.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        """`stream` stands at the start of the text."""
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._started = self._ended = False
        self._text = memoryview(b"")

    def readable(self) -> bool:
        """Return true: this stream can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what a BufferedReader hands in
        """Fill the buffer with the result of one step; returns its length, 0 at the end."""
        while not self._text and not self._ended:
            read = self._stream.read(_STEP)
            self._ended = not read
            text = self._decoder.decode(read, final=self._ended)
            if text and not self._started:
                self._started, text = True, text.removeprefix("\ufeff")
            self._text = memoryview(text.encode())
        count = min(len(buffer), len(self._text))
        buffer[:count] = self._text[:count]
        self._text = self._text[count:]
        return count


def mended(written: bytes) -> bytes:
    r"""JSON without halves of surrogate pairs, which are in texts that were cut in the middle of an emoji.

    Each half becomes U+FFFD. A text without any (`\ud83d\ude00` is a whole pair) stays as it is.
    """
    if b"\\ud" not in written and b"\\uD" not in written:
        return written
    try:
        msgspec.json.decode(written, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return _PAIR_OR_HALF.sub(lambda found: b"\\ufffd" if found[1] else found[0], written)
    return written
