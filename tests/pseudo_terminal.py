"""A program on a terminal of its own."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests import forking


def on_a_terminal(
    command: Sequence[str], environment: Mapping[str, str] | None = None, columns: int = 80
) -> tuple[str, int]:
    """The output of a program to a terminal as its standard output and standard error, and its exit code."""
    leader, follower = _terminal(columns)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower, env=environment
    ) as program:
        written = _written(leader, follower)
    return written, program.returncode


def forked_on_a_terminal(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, int]:
    """The same of `indexer` with these arguments, without its imports."""
    leader, follower = _terminal(80)
    with Path(os.devnull).open("rb") as nothing:
        program = forking.start(arguments, environment, (nothing.fileno(), follower, follower))
    return _written(leader, follower), program.wait()


def _terminal(columns: int) -> tuple[int, int]:
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    return leader, follower


def _written(leader: int, follower: int) -> str:
    """All that a program writes, which has the other end too; closes both ends here."""
    os.close(follower)
    written = b""
    while True:
        try:
            more = os.read(leader, 65536)
        except OSError:  # Linux says so when the program has ended
            break
        if not more:
            break
        written += more
    os.close(leader)
    return written.decode()
