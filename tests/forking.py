"""Runs commands without their imports: each is forked from a process that has imported what commands need.

The imports of `python -m indexer` take up to two seconds of processor time. A forked command is a process of its own
all the same: it has its own arguments, environment, input, output and exit code.
"""

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

_ROOT = Path(__file__).parents[1]
_MOST_BYTES = 1 << 17
_OF_THE_INTERPRETER = ("INDEXER_NATIVE", "LANG", "LC_", "LD_", "PYTHON", "TZ")
"""Prefixes of the variables that Python reads when it starts, or the package when it is imported."""
_ENVIRONMENT = dict(os.environ)
"""The environment of the process that forks."""


def run(
    arguments: Sequence[str], environment: Mapping[str, str], stdin: bytes = b"", module: str = "indexer"
) -> subprocess.CompletedProcess[bytes]:
    """Run `indexer` with these arguments, as `subprocess.run` does with its output captured.

    `module` is the one whose `__main__` is run: the package, or a program of the tests around it.
    """
    if _read_at_start(environment) != _read_at_start(_ENVIRONMENT):
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(command, env=environment, input=stdin, capture_output=True, check=False)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        streams = given.fileno(), out.fileno(), err.fileno()
        code = _forked(arguments, environment, streams, module).wait()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def run_text(
    arguments: Sequence[str], environment: Mapping[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `indexer` as `run` does; input and output are text."""
    done = run(arguments, environment, stdin.encode())
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


class Forked:
    """A forked command that runs, in a process group of its own; used as a `subprocess.Popen`."""

    def __init__(self, end: int) -> None:
        self._end = end
        """A pipe: the pid, a space, and the exit code, which comes last."""
        self.returncode: int | None = None
        told = b""
        while not told.endswith(b" "):
            byte = os.read(end, 1)
            assert byte, "the process that forks has ended"
            told += byte
        self.pid = int(told)

    def poll(self) -> int | None:
        """The exit code; None if the command still runs."""
        if self.returncode is None and select.select([self._end], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def terminate(self) -> None:
        """Ask the command to end."""
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, when the command has ended."""
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(["indexer"], timeout or 0)
            told = b""
            while more := os.read(self._end, 16):
                told += more
            os.close(self._end)
            self.returncode = int(told)
        return self.returncode


Program = Forked | subprocess.Popen[bytes]
"""A program that runs, forked or started."""

Streams = tuple[int, int, int]
"""The files that become standard input, output and error."""


def start(
    arguments: Sequence[str], environment: Mapping[str, str], streams: Streams, module: str = "indexer"
) -> Program:
    """Start a command as `run` does, in a process group of its own, and let it run."""
    if _read_at_start(environment) == _read_at_start(_ENVIRONMENT):
        return _forked(arguments, environment, streams, module)
    command = [sys.executable, "-m", module, *arguments]
    stdin, stdout, stderr = streams
    return subprocess.Popen(command, env=environment, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True)


def _forked(arguments: Sequence[str], environment: Mapping[str, str], streams: Streams, module: str) -> Forked:
    end, tells = os.pipe()
    request = json.dumps([module, list(arguments), dict(environment), str(Path.cwd())]).encode()
    try:
        socket.send_fds(_server(), [request], [*streams, tells])
    finally:
        os.close(tells)
    return Forked(end)


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_OF_THE_INTERPRETER)}


@cache
def _server() -> socket.socket:
    """A socket to the process that forks. That process ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.forking", str(theirs.fileno())],
            env=_ENVIRONMENT,
            cwd=_ROOT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    atexit.register(_end, server, ours)
    return ours


def _end(server: subprocess.Popen[bytes], requests: socket.socket) -> None:
    requests.close()
    server.wait()


def _serve(requests: socket.socket) -> str:
    """Fork for each request; in the process that is to be the command, return its module."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, files, _, _ = socket.recv_fds(requests, _MOST_BYTES, 4)
        if not request:
            sys.exit()
        if os.fork() == 0:
            break
        for file in files:
            os.close(file)
    requests.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, tells = files
    command = os.fork()
    if command:
        _tell_the_end(command, tells)
    os.setsid()
    os.write(tells, b"%d " % os.getpid())
    os.close(tells)
    module, *command_line = json.loads(request)
    sys.orig_argv = [sys.executable, "-m", str(module), *command_line[0]]  # a worker starts its own command again
    _become(streams, *command_line)
    return str(module)


def _tell_the_end(command: int, tells: int) -> NoReturn:
    _, status = os.waitpid(command, 0)
    os.write(tells, b"%d" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(streams: Sequence[int], arguments: Sequence[str], environment: Mapping[str, str], directory: str) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    time.tzset()
    sys.argv = ["indexer", *arguments]


def _import_what_commands_import() -> None:
    import celery.apps.worker  # noqa: F401 - all of them are for the forked ones
    import kombu.transport.redis  # noqa: F401
    import psycopg  # noqa: F401
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401

    import indexer.cli
    import indexer.connections  # noqa: F401


if __name__ == "__main__":
    _import_what_commands_import()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        module = _serve(channel)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
