"""The files of exports: their names, which have the lease in them, and their content on the disk."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import UUID

from indexer.errors import OperatorError
from indexer.exports.orders import request_of
from indexer.store.jobs.exports import Export

CHUNK = 1 << 20
_GIB = 1 << 30


def file_of(directory: Path, export: Export) -> Path:
    """The finished file."""
    return path_of(directory, export.export_id, export.lease_id, request_of(export).packed_as.suffix)


def path_of(directory: Path, export_id: str, lease_id: UUID | None, suffix: str) -> Path:
    """A file written under a lease, or left by a worker that has ended its lease (None)."""
    return directory / (f"{export_id}{suffix}" if lease_id is None else f"{export_id}.{lease_id}{suffix}")


def sync(file: IO[bytes]) -> None:
    """Force the written content of a file to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_directory(directory: Path) -> None:
    """Force the names of new files to the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def go_to(file: IO[bytes], export: Export) -> tuple[list[object] | None, int]:
    """Cut the file to its good part and go to its end; start from the beginning if the file is shorter than that."""
    if file.seek(0, os.SEEK_END) < export.size:
        file.truncate(0)
        file.seek(0)
        return None, 0
    file.truncate(export.size)
    file.seek(export.size)
    return export.place, export.rows


def expect_room(directory: Path, gib: float) -> None:
    """Raise `OSError` if all files of exports together take more than `gib`, or the disk has less than 1 GiB left.

    PostgreSQL and Elasticsearch may be on the same disk, and Elasticsearch stops writing long before it is full.
    """
    used = 0.0
    with os.scandir(directory) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # removed by another worker
                used += entry.stat().st_size / _GIB
    if used > gib:
        raise OSError(
            errno.ENOSPC, f"the files of exports take {used:,.1f} GiB, and INDEXER_EXPORTS_GIB allows {gib:g}"
        )
    if (free := shutil.disk_usage(directory).free) < _GIB:
        raise OSError(errno.ENOSPC, f"the disk has {free / _GIB:.1f} GiB left, and 1 GiB of it is not for exports")


def check_readable(path: Path, export: Export) -> None:
    """Raise `OperatorError` if the file may not be read by this process."""
    if not os.access(path, os.R_OK):
        raise OperatorError(
            f"the file of export {export.export_id} belongs to another user and cannot be read",
            "run the HTTP server and `indexer export fetch` as the user of the workers",
        )


def copy_file(directory: Path, export: Export, target: IO[bytes]) -> None:
    """Copy the finished file; raises `OperatorError` if it does not exist or cannot be read."""
    path = file_of(directory, export)
    try:
        if path.exists():
            check_readable(path, export)
        with path.open("rb") as file:
            shutil.copyfileobj(file, target, CHUNK)
    except FileNotFoundError as error:
        raise OperatorError(
            f"the file of export {export.export_id} is not in {directory}",
            "set INDEXER_EXPORTS_DIR to one directory that all hosts share",
        ) from error
