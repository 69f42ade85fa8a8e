"""Writing an export as it is, gzipped or in a ZIP archive, to anything that takes bytes: nothing is written twice."""

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from indexer.exports.request import Packing

# What is repeated in every line is found at any level; the higher ones take five times as long for a tenth less.
_LEVEL = 3


@contextmanager
def packed(file: IO[bytes], packing: Packing, name: str) -> Iterator[IO[bytes]]:
    """A file to write CSV to, which ends up in `file` in its packed form; `name` is the entry's in an archive.

    `file` need not be one that can be rewound: a pipe will do. It stays open.
    """
    match packing:
        case Packing.NONE:
            yield file
        case Packing.GZIP:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=_LEVEL, mtime=0) as inner:
                yield inner  # type: ignore[misc]
        case Packing.ZIP:
            with (
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
                # The size is not known before; without this an archive could not hold more than 2 GiB.
                archive.open(name, "w", force_zip64=True) as entry,
            ):
                yield entry
