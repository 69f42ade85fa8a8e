"""Short words for tests that start and kill services."""

import contextlib
import os
import signal
import time
from pathlib import Path

import psutil

from indexer.embedded import supervisor
from indexer.embedded.service import Service
from indexer.embedded.services_file import Record
from indexer.settings import Settings


def up(settings: Settings, *services: Service) -> list[Record]:
    return [found.record for found in supervisor.ensure(settings, services)]


def kill(record: Record) -> None:
    os.kill(record.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while record.alive:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def running_under(home: Path) -> set[int]:
    """The processes of a home's services, whatever started them and whatever is recorded."""
    found = set()
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.name() in ("java", "postgres", "redis-server") and str(home) in process.cwd():
                found.add(process.pid)
    return found
