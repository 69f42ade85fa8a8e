"""Messages of commands that wait for workers: that there are none, and what continues after Ctrl-C."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_EVERY_SECONDS = 2.0


class Attendance:
    """Checks every now and then whether a worker takes from a queue, and reports once if none does, or again does."""

    def __init__(self, store: "Engine", queue: str) -> None:
        """Nothing is checked before `look`."""
        self._store = store
        self._queue = queue
        self._looked_at = 0.0
        self._absent = 0

    def look(self) -> None:
        """Check again; to be called repeatedly while waiting. Two looks must find no worker: one may be starting."""
        from indexer.store.signs import has_taker

        if time.monotonic() - self._looked_at < _EVERY_SECONDS:
            return
        self._looked_at = time.monotonic()
        with self._store.connect() as connection:
            taken = has_taker(connection, self._queue)
        if taken:
            if self._absent >= 2:
                typer.echo(f"a worker is now taking work from the queue {self._queue}", err=True)
            self._absent = 0
            return
        self._absent += 1
        if self._absent == 2:
            say_nobody_takes_from(self._queue)


def say_if_nobody_takes_from(connection: "Connection", queue: str) -> None:
    """Report if a queue with new work has no worker."""
    from indexer.store.signs import has_taker

    if not has_taker(connection, queue):
        say_nobody_takes_from(queue)


def say_nobody_takes_from(queue: str) -> None:
    """Report that a queue has no worker, and what to do about it."""
    typer.echo(f"no worker is taking work from the queue {queue}; start one: indexer worker", err=True)


@contextmanager
def left_to_workers(message: str) -> Iterator[None]:
    """Wrap a wait that Ctrl-C may end: `message` says what continues, how to watch it and how to stop it."""
    interrupted = False

    def interrupt(*_: object) -> NoReturn:
        nonlocal interrupted
        interrupted = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    except BaseException as error:
        # Libraries turn an interrupt in the middle of their work into other errors.
        if not interrupted:
            raise
        typer.echo(f"\n{message}", err=True)
        raise typer.Exit(130) from error
    finally:
        signal.signal(signal.SIGINT, before)
