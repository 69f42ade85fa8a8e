"""Unpacking gzip files: gives all readable content of a damaged file before it reports the damage.

The standard library's reader drops the bytes it has unpacked if the end of a file is damaged.
"""

import io
import zlib
from typing import BinaryIO

MAGIC = b"\x1f\x8b"
_STEP = 1 << 16
_MOST = 1 << 20
"""The number of bytes unpacked at once: a few packed bytes can hold a thousand times as many."""


class Gunzipped(io.RawIOBase):
    """The unpacked bytes of a gzip stream of one or more members; raises `OSError` where the stream is damaged."""

    def __init__(self, packed: BinaryIO) -> None:
        """`packed` stands at the start of the first member."""
        self._packed = packed
        self._member = zlib.decompressobj(wbits=31)
        self._unpacked = memoryview(b"")
        self._is_full = False
        self._fault: str | None = None
        self._ended = False

    def readable(self) -> bool:
        """Return true: this stream can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what a BufferedReader hands in
        """Fill the buffer with the result of one step; returns its length, 0 at the end."""
        while not self._unpacked and not self._ended:
            if self._fault is not None:
                raise OSError(self._fault)
            self._step()
        count = min(len(buffer), len(self._unpacked))
        buffer[:count] = self._unpacked[:count]
        self._unpacked = self._unpacked[count:]
        return count

    def _step(self) -> None:
        if self._member.unconsumed_tail or self._is_full:
            self._unpacked = memoryview(self._unpack(self._member.unconsumed_tail))
            return
        packed = self._member.unused_data.lstrip(b"\0") if self._member.eof else b""
        packed = packed or self._packed.read(_STEP)
        if self._member.eof:
            packed = packed.lstrip(b"\0")
            if packed and not MAGIC.startswith(packed[:2]):
                self._fault = "the bytes after the end of the gzip data are not gzip data"
                return
            if packed:
                self._member = zlib.decompressobj(wbits=31)
        if not packed:
            self._ended = self._member.eof
            self._fault = None if self._ended else "the gzip data breaks off"
            return
        self._unpacked = memoryview(self._unpack(packed))

    def _unpack(self, packed: bytes) -> bytes:
        before = self._member.copy()
        try:
            unpacked = self._member.decompress(packed, _MOST)
            self._is_full = len(unpacked) == _MOST
            return unpacked
        except zlib.error as error:
            self._fault = f"the gzip data is damaged: {error}"
            self._is_full = False
        # Byte by byte, everything before the damage is unpacked; this happens once per file.
        good = bytearray()
        try:
            for place in range(len(packed)):
                good += before.decompress(packed[place : place + 1])
        except zlib.error:
            pass
        return bytes(good)
