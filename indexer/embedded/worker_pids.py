"""The processes that use the services of a home and stop with them: a file for each, named by its pid."""

import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from indexer.embedded import processes
from indexer.embedded.service import Service, explicit_url
from indexer.embedded.services_file import expect_our_home
from indexer.private_files import replace_private

if TYPE_CHECKING:
    from indexer.settings import Settings

Role: TypeAlias = Literal["worker", "beat", "server"]


@dataclass(frozen=True, slots=True)
class User:
    """A process that uses services; `started` tells it from a later one of the same pid."""

    role: Role
    pid: int
    started: float

    def __str__(self) -> str:
        """The words that name it in messages."""
        return f"{self.role} (pid {self.pid})"


def sign_in(settings: "Settings", role: Role) -> None:
    """Record that this process uses embedded services, if it uses any; its end needs no record.

    If the home cannot be written to, the process works all the same.
    """
    if all(explicit_url(settings, service) for service in Service):
        return
    with contextlib.suppress(OSError):
        directory = _directory(settings)
        directory.mkdir(mode=0o700, exist_ok=True)
        # Written as a whole: a process that reads a partial file would take it for a damaged one, and remove it.
        replace_private(directory / str(os.getpid()), f"{processes.started_at(os.getpid())} {role}")


def signed_in(settings: "Settings") -> list[User]:
    """The recorded processes that still run, lowest pid first; removes the files of the others.

    Raises `OperatorError` if another user could have written them.
    """
    expect_our_home(settings.home.absolute())
    found = []
    with contextlib.suppress(OSError):
        for file in _directory(settings).glob("[!.]*"):
            user = _read(file)
            if user is not None and processes.is_alive(user.pid, user.started):
                found.append(user)
            else:
                file.unlink()
    return sorted(found, key=lambda user: user.pid)


def end(users: Sequence[User], patience: float) -> list[User]:
    """Stop processes with their children; returns those killed because they still ran after `patience` seconds.

    Each is asked first, so that it finishes its work in progress. A new process with the pid of one is left alone.
    """
    killed = processes.stop((((user.pid, user.started), signal.SIGTERM) for user in users), patience)
    return [user for user in users if (user.pid, user.started) in killed]


def _read(file: Path) -> User | None:
    """The process that a file names; None if the file is damaged."""
    try:
        started, role = file.read_text().split()
        # That the text is one of the roles is known to `get_args` alone, not to the type checker.
        return User(role, int(file.name), float(started)) if role in get_args(Role) else None  # type: ignore[arg-type]
    except ValueError:
        return None


def _directory(settings: "Settings") -> Path:
    return settings.home.absolute() / "workers"
