"""A program on a terminal of its own."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence


def on_a_terminal(
    command: Sequence[str], environment: Mapping[str, str] | None = None, columns: int = 80
) -> tuple[str, int]:
    """The output of a program to a terminal as its standard output and standard error, and its exit code."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower, env=environment
    ) as program:
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
    return written.decode(), program.returncode
