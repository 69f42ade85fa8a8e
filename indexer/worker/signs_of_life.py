"""Signs of life of this process, written to the store from a thread; the beat gives them only while its clock ticks.

If the store does not answer, the process still works: signs are missing meanwhile, and come back with the store.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from celery.beat import Scheduler
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from indexer.connections import store_at
from indexer.errors import OperatorError
from indexer.services import Service, service_urls
from indexer.settings import Settings, settings
from indexer.store.signs import EVERY_SECONDS, Process, Role, begin_signs, end_signs, give_sign

HOST = socket.gethostname()

_PATIENCE_SECONDS = 2.0
_HOPELESS_SECONDS = 60.0


class Signs:
    """The signs of this process in one role.

    Each sign has a connection of its own, so that processes forked from this one do not inherit it.
    """

    def __init__(self, used: Settings, role: Role, queues: Sequence[str] = (), processes: int = 0) -> None:
        """Make the signs; nothing is written before `begin` or `start`."""
        self._settings = used
        self._process = Process(role, HOST, os.getpid())
        self._queues = queues
        self._processes = processes
        self._ended = threading.Event()
        self._moved_at = time.monotonic()
        self._url: str | None = None
        self._has_begun = False

    def begin(self) -> None:
        """Give the first sign, and return."""
        self._write(self._give)

    def start(self) -> None:
        """Give further signs from a thread; to be called after processes are forked."""
        threading.Thread(target=self._go_on, name=f"signs-of-{self._process.role}", daemon=True).start()

    def move(self) -> None:
        """Record that the process has done something; without that, a beat gives no further signs."""
        self._moved_at = time.monotonic()

    def end(self) -> None:
        """Record that the process ends because it was told to; does not wait for a store that does not answer."""
        self._ended.set()
        if self._has_begun:
            self._within(_PATIENCE_SECONDS, self._end)

    def _go_on(self) -> None:
        while not self._ended.is_set():
            if self._process.role == "worker" or time.monotonic() - self._moved_at < EVERY_SECONDS:
                self._within(_HOPELESS_SECONDS, self._give)
            self._ended.wait(EVERY_SECONDS)

    def _give(self, connection: Connection) -> None:
        if not (self._has_begun and give_sign(connection, self._process)):
            begin_signs(connection, self._process, self._queues, self._processes)
            self._has_begun = True

    def _end(self, connection: Connection) -> None:
        end_signs(connection, self._process)

    def _within(self, seconds: float, write: Callable[[Connection], None]) -> None:
        # If a server accepts a connection and never answers, the thread that waits for it is abandoned.
        writing = threading.Thread(target=self._write, args=(write,), name="sign-of-life", daemon=True)
        writing.start()
        writing.join(seconds)

    def _write(self, write: Callable[[Connection], None]) -> None:
        with suppress(OperatorError, SQLAlchemyError):
            # Asked for once: asking again would start an embedded server that was stopped meanwhile.
            self._url = self._url or service_urls(self._settings, Service.POSTGRESQL).database
            with store_at(self._url) as store, store.begin() as connection:
                write(connection)


class BeatingScheduler(Scheduler):  # type: ignore[misc] # Celery has no types
    """Celery's scheduler, without a memory, that gives signs of life as long as it ticks."""

    _signs: Signs | None = None

    def tick(self, *arguments: Any, **options: Any) -> Any:
        """Send the tasks that are due; returns the seconds until the next tick."""
        if self._signs is None:  # not when it is made, which may be before a fork
            self._signs = Signs(settings(), "beat")
            self._signs.start()
        self._signs.move()
        return super().tick(*arguments, **options)

    def close(self) -> None:
        """End it."""
        if self._signs is not None:
            self._signs.end()
        super().close()
