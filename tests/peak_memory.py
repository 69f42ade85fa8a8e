"""The largest memory that a command needed, measured from a small process of its own.

What a process was before it became the command counts too: a child of pytest seems to need what pytest needs.
"""

import subprocess
import sys
from collections.abc import Iterable, Mapping

_MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_of(command: Iterable[str], environment: Mapping[str, str], given: Iterable[bytes] = ()) -> int:
    """The bytes that the command needed at most; what is given goes to its standard input."""
    measured = [sys.executable, "-c", _MEASURE, *command]
    pipe = subprocess.PIPE
    with subprocess.Popen(measured, env=environment, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for piece in given:
            process.stdin.write(piece)
        process.stdin.close()
        code, peak = map(int, process.stdout.read().split())
    assert code == 0
    return peak * (1 if sys.platform == "darwin" else 1024)
