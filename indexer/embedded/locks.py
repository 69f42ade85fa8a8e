"""Locks between processes, held by an open file: a process that dies lets go."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """Hold the lock file `path` alone; says `waiting` if somebody else holds it."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
