"""Locks between processes, held by an open file: a process that dies lets go."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from indexer.embedded.notice import say
from indexer.errors import OperatorError

try:
    import fcntl
except ImportError as error:
    raise OperatorError(
        "the embedded services run on Linux and macOS only",
        "set ELASTICSEARCH_URL, DATABASE_URL and REDIS_URL; docker compose up starts servers for them",
    ) from error


@contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock file `path` alone; prints `waiting` if another process holds it.

    Raises `OperatorError` if the path is a symbolic link, which could lead to a file of another program.
    """
    with _opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _opened(path: Path) -> IO[bytes]:
    """Open the file for its owner alone: a file that another user can open is one that they can hold forever."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise OperatorError(f"the lock file {path} is a symbolic link", "remove the link, then try again") from error
    file = os.fdopen(descriptor, "r+b", buffering=0)
    if os.fstat(descriptor).st_uid == os.geteuid():
        os.fchmod(descriptor, 0o600)
    return file
