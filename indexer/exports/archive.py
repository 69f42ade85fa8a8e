"""Writing an export as it is, gzipped or in a ZIP archive, in one pass to any file of bytes."""

import gzip
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO

from indexer.exports.request import Packing

# Any level finds the repetitions in every line; the higher ones take five times as long and save a tenth.
_LEVEL = 3

OpenEntry = Callable[[str], AbstractContextManager[IO[bytes]]]


@contextmanager
def open_packed(file: IO[bytes], packing: Packing, name: str) -> Iterator[IO[bytes]]:
    """A file to write CSV to, which is packed into `file`; `name` is that of the entry in an archive.

    `file` need not be seekable: it may be a pipe. It stays open.
    """
    match packing:
        case Packing.NONE:
            yield file
        case Packing.GZIP:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=_LEVEL, mtime=0) as inner:
                yield inner  # type: ignore[misc]  # a file of bytes that typeshed does not declare as one
        case Packing.ZIP:
            with open_archive(file) as open_entry, open_entry(name) as inner:
                yield inner


@contextmanager
def open_archive(file: IO[bytes]) -> Iterator[OpenEntry]:
    """A function that opens an entry by its name, to be written before the next is opened, in an archive in `file`."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        # The size is not known in advance; without force_zip64 an entry could not hold more than 2 GiB.
        yield lambda name: archive.open(name, "w", force_zip64=True)
