"""Redis as a process of our own; it saves nothing, as nothing that must last is in it."""

import os
import re
import signal
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from indexer.embedded import programs
from indexer.embedded.passwords import new_password
from indexer.embedded.processes import run_as
from indexer.embedded.service import Launch, ServiceKind
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.embedded.directories import Directories
    from indexer.settings import Settings


def prepare(_settings: "Settings", directories: "Directories", port: int) -> Launch:
    """Prepare Redis, with a new password each time: without one, anybody on the machine can have it write files as us.

    Clients of a dead Redis send the password to the program that has taken its port; the next Redis has another.
    """
    program = programs.redis_server(directories)
    folder = directories.service_folder("redis")
    data = directories.owned_folder("redis", "data")
    (folder / "password").unlink(missing_ok=True)  # from a release that kept it
    secret = new_password()
    configuration = {
        "bind": "127.0.0.1",
        "port": port,
        "requirepass": secret,
        "dir": f'"{data}"',
        "save": '""',
        "appendonly": "no",
        "daemonize": "no",
    }
    file = folder / "redis.conf"
    directories.write(file, "".join(f"{name} {value}\n" for name, value in configuration.items()))
    return Launch(
        command=[str(program), str(file)],
        environment={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C"},
        directory=data,
        log=folder / "redis.log",
        url=f"redis://:{secret}@127.0.0.1:{port}/0",
        version=_version(directories, program),
    )


def _version(directories: "Directories", program: "Path") -> str:
    done = run_as(directories.account, [str(program), "--version"], env={}, cwd="/", capture_output=True)
    found = re.search(r"v=(\S+)", done.stdout)
    if found is None:
        raise OperatorError(
            f"{program} does not run here: {(done.stderr or done.stdout).strip()[:300]}",
            "install Redis with the system's package manager, or set REDIS_URL",
        )
    return found[1]


def answers(url: str) -> bool:
    """Whether Redis answers a PING."""
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=2) as connection:
            connection.sendall(f"AUTH {address.password}\r\nPING\r\n".encode())
            reply = b""
            while reply.count(b"\r\n") < 2:
                chunk = connection.recv(100)
                if not chunk:
                    return False
                reply += chunk
            return reply == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False


def settle(url: str) -> None:
    """Return at once: nothing comes after the first answer."""


KIND = ServiceKind(prepare, answers, settle, signal.SIGTERM, patience=30)
