"""Signs of life of this process, written to the store from a thread; the beat gives one only while its clock goes on.

A store that does not answer keeps nobody from working: the signs are then missing, and come back with it.
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

from indexer.errors import OperatorError
from indexer.services import Service, service_urls
from indexer.settings import Settings, settings
from indexer.store.database import open_store
from indexer.store.signs import EVERY_SECONDS, Process, Role, begin_signs, end_signs, give_sign

HOST = socket.gethostname()

_PATIENCE_SECONDS = 2.0
_HOPELESS_SECONDS = 60.0


class Signs:
    """The signs of this process in one role.

    They are given over a connection that is opened for each, so that no process forked from this one has it.
    """

    def __init__(self, used: Settings, role: Role, queues: Sequence[str] = (), processes: int = 0) -> None:
        """Nothing is written before `start`."""
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
        """Go on giving signs, from a thread: where processes are forked, after that."""
        threading.Thread(target=self._go_on, name=f"signs-of-{self._process.role}", daemon=True).start()

    def move(self) -> None:
        """Say that the process has done something; without that a beat gives no further signs."""
        self._moved_at = time.monotonic()

    def end(self) -> None:
        """Say that the process ends as it was told to; a store that does not answer is not waited for."""
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
        # A server that takes a connection and never answers is given up with the thread that waits for it.
        writing = threading.Thread(target=self._write, args=(write,), name="sign-of-life", daemon=True)
        writing.start()
        writing.join(seconds)

    def _write(self, write: Callable[[Connection], None]) -> None:
        with suppress(OperatorError, SQLAlchemyError):
            # Asked for once: asking again would start an embedded server that somebody has stopped.
            self._url = self._url or service_urls(self._settings, Service.POSTGRESQL).database
            store = open_store(self._url)
            try:
                with store.begin() as connection:
                    write(connection)
            finally:
                store.dispose()


class BeatingScheduler(Scheduler):  # type: ignore[misc] # Celery has no types
    """The scheduler of Celery, without a memory, that gives signs of life as long as it ticks."""

    _signs: Signs | None = None

    def tick(self, *arguments: Any, **options: Any) -> Any:
        """Send what is due; gives the seconds until the next look."""
        if self._signs is None:  # not where it is made: that may be before a fork
            self._signs = Signs(settings(), "beat")
            self._signs.start()
        self._signs.move()
        return super().tick(*arguments, **options)

    def close(self) -> None:
        """End it."""
        if self._signs is not None:
            self._signs.end()
        super().close()
