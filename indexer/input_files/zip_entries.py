"""The files in a ZIP archive, read without unpacking it to a disk; an entry that may do harm is refused."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from indexer.errors import Refused
from indexer.input_files.open_files import PEEK, in_utf8
from indexer.plain_text import printable

if TYPE_CHECKING:
    from indexer.input_files.open_files import BinaryStream

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
"""The first bytes of an archive, and of an empty one."""

MOST_ENTRIES = 10_000
LARGEST = 64 << 30
"""The most bytes of all entries together, unpacked: more than ten million receipts with long titles have."""

HIGHEST_RATIO = 200
ALWAYS_FINE = 64 << 20
"""An entry that unpacks to more bytes than this may not be more than so many times its packed size."""

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
"""The errors by which the standard library says that a file or an entry cannot be read any further."""

_DAMAGED_HEAD = (*DAMAGE, ValueError, OverflowError, struct.error)

_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_METHOD_NAMES = {zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "lzma"}
_DRIVE = re.compile(r"[A-Za-z]:")


def entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries that are files, in their order; raises `Refused` if there are too many, or they are too large."""
    found = [info for info in archive.infolist() if not info.is_dir()]
    if len(found) > MOST_ENTRIES:
        raise Refused("", f"has {len(found):,} files; at most {MOST_ENTRIES:,} are read")
    size = sum(info.file_size for info in found)
    if size > LARGEST:
        raise Refused("", f"unpacks to {size >> 30:,} GiB; at most {LARGEST >> 30} GiB are read")
    return found


def shown_name(info: zipfile.ZipInfo) -> str:
    """The name of an entry for messages."""
    return printable(info.orig_filename)[:200]


def is_of_the_system(info: zipfile.ZipInfo) -> bool:
    """Whether an operating system added this entry, for itself."""
    parts = info.filename.split("/")
    return parts[0] == "__MACOSX" or parts[-1].startswith("._") or parts[-1] in {".DS_Store", "Thumbs.db"}


def refuse_harmful(info: zipfile.ZipInfo) -> None:
    """Raise `Refused` for an entry that cannot be read, or ought not to be."""
    name = info.orig_filename
    if name.startswith(("/", "\\")) or _DRIVE.match(name) or ".." in re.split(r"[/\\]", name) or "\0" in name:
        raise Refused("", "has a name that leads out of the archive")
    if info.flag_bits & _ENCRYPTED:
        raise Refused("", "is encrypted")
    if info.compress_type not in _METHODS:
        method = _METHOD_NAMES.get(info.compress_type, f"number {info.compress_type}")
        raise Refused("", f"is packed by another method than deflate: {method}")
    if info.file_size > max(ALWAYS_FINE, HIGHEST_RATIO * info.compress_size):
        raise Refused(
            "",
            f"unpacks to {info.file_size:,} bytes from {info.compress_size:,}; at most {HIGHEST_RATIO} times as many "
            f"are read above {ALWAYS_FINE >> 20} MiB",
        )


@contextmanager
def entry_stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator["BinaryStream"]:
    """The content of an entry in UTF-8; no more than its size in the directory is read.

    Raises `Refused` for an entry that is damaged at its head; reading raises one of `DAMAGE`.
    """
    try:
        entry = archive.open(info)
    except _DAMAGED_HEAD as error:
        raise Refused("", f"is damaged: {error}") from None
    with io.BufferedReader(cast("io.RawIOBase", entry), PEEK) as stream:
        try:
            text = in_utf8(stream)
        except DAMAGE as error:
            raise Refused("", f"is damaged: {error}") from None
        yield text


def open_archive(stream: "BinaryStream") -> zipfile.ZipFile:
    """The archive in a stream that can be sought; raises `Refused` if it is none that can be read."""
    try:
        return zipfile.ZipFile(cast("BinaryIO", stream))
    except _DAMAGED_HEAD as error:
        raise Refused("", f"is a damaged ZIP archive: {error}") from None
