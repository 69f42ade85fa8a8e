"""The workers that use the services of a home, for whoever stops these to know of: a file each, named by its pid."""

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.embedded.processes import is_alive, started_at
from indexer.embedded.service import Service, explicit_url

if TYPE_CHECKING:
    from indexer.settings import Settings


def sign_in(settings: "Settings") -> None:
    """Make it known that this process uses embedded services, if it uses any; its end needs no sign.

    A home that cannot be written to is no reason not to work.
    """
    if all(explicit_url(settings, service) for service in Service):
        return
    with contextlib.suppress(OSError):
        directory = _directory(settings)
        directory.mkdir(exist_ok=True)
        (directory / str(os.getpid())).write_text(str(started_at(os.getpid())))


def signed_in(settings: "Settings") -> list[int]:
    """The pids of those that still run, lowest first; the files of the others are removed."""
    found = []
    with contextlib.suppress(OSError):
        for file in _directory(settings).iterdir():
            pid = int(file.name)
            if is_alive(pid, float(file.read_text() or 0)):
                found.append(pid)
            else:
                file.unlink()
    return sorted(found)


def _directory(settings: "Settings") -> Path:
    return settings.home.absolute() / "workers"
