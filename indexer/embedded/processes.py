"""Processes that outlive the command that started them, known by pid and start time."""

import contextlib
import errno
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import psutil

from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.embedded.directories import OsUser
    from indexer.embedded.service import Launch

Identity: TypeAlias = tuple[int, float]
"""A pid and the result of `started_at` for it."""

# The shell puts the service into the background and ends. So the service is not our child and needs no parent to
# collect it, and it is in a session of its own, which Ctrl-C in a terminal does not reach.
_INTO_BACKGROUND = '"$@" >&2 & echo $!'
# Redis's advice about the machine, which is never the reason why it ended.
_NOISE = re.compile(r"\s+(at |\.\.\. )|NOTE: Picked up |\s*$|.*# WARNING ")


def start(launch: "Launch", account: "OsUser | None") -> int:
    """Start a detached process; returns its pid. Its output goes to the log, the earlier log to `<log>.1`."""
    if launch.log.exists():
        launch.log.replace(launch.log.with_suffix(".log.1"))
    with launch.log.open("wb") as log:
        launch.log.chmod(0o600)
        done = run_as(
            account,
            ["/bin/sh", "-c", _INTO_BACKGROUND, "sh", *launch.command],
            env=dict(launch.environment),
            cwd=launch.directory,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    return int(done.stdout)


def run_as(account: "OsUser | None", command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """`subprocess.run` as the account; raises `OperatorError` if we may not run it, or not as the account."""
    if account is not None:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, text=True, umask=0o077, check=False, **options)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EACCES, errno.EINVAL):
            raise
        raise OperatorError(
            f"cannot run {command[0]} as user id {account.uid if account else os.geteuid()}: {error}",
            "run as a plain user, or set ELASTICSEARCH_URL, DATABASE_URL and REDIS_URL",
        ) from error


def started_at(pid: int) -> float | None:
    """When the process started, in seconds of a clock that is only compared with itself; None if it has ended.

    Linux counts from the boot: that number never changes, while a time of day moves whenever the clock is
    set or the machine wakes from a snapshot.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        fields = []
    if fields:
        return None if fields[0] in "ZX" else float(fields[19])
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else round(process.create_time(), 2)
    except psutil.NoSuchProcess:
        return None


def is_alive(pid: int, started: float) -> bool:
    """Whether the process of that pid is still the one that started then."""
    return started_at(pid) == started


def stop(running: Iterable[tuple[Identity, signal.Signals]], patience: float = 30.0) -> set[Identity]:
    """Stop processes and their children: all get their signal at once, and are killed after `patience` seconds.

    Returns those that were killed. Raises `OperatorError` if one belongs to another user.
    """
    family: list[Identity] = []
    for (pid, started), polite in running:
        if is_alive(pid, started):
            family += [(pid, started), *_children(pid)]
            _signal(pid, polite)
    killed = _left_after(family, patience)
    for pid, _ in killed:
        _signal(pid, signal.SIGKILL)
    _left_after(family, patience)
    return set(killed)


def _children(pid: int) -> list[Identity]:
    with contextlib.suppress(psutil.NoSuchProcess):
        children = [(child.pid, started_at(child.pid)) for child in psutil.Process(pid).children(recursive=True)]
        return [(child, started) for child, started in children if started is not None]
    return []


def _left_after(family: Iterable[Identity], patience: float) -> list[Identity]:
    """Those still alive after `patience` seconds; returns none as soon as all have ended.

    A process that ended but was not collected counts as gone: in a container it may never be collected.
    """
    deadline = time.monotonic() + patience
    while left := [each for each in family if is_alive(*each)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return left


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError as error:
        raise OperatorError(
            f"no permission to stop the process {pid}, which belongs to another user", "run as the user who started it"
        ) from error


def last_lines(log: Path, count: int = 6) -> list[str]:
    """The end of a log, for people: without blank lines, the frames of Java's stack traces and its notes."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 50_000))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [line[:300] for line in lines if not _NOISE.match(line)][-count:]
