"""Stopping a worker: its processes are told to stop, and if they do not, the worker is killed."""

import contextlib
import mmap
import os
import signal
import threading
import time
from collections.abc import Callable

import structlog
from billiard.process import active_children

log = structlog.get_logger()

POLL_SECONDS = 0.2
COLLECT_SECONDS = 5.0


class Ending:
    """Whether this worker is to stop; made before its processes are forked, in memory that they share.

    Celery does not tell the processes: each would first finish its task, and does so where processes are not forked
    (macOS).
    """

    def __init__(self) -> None:
        """Begin with a worker that is not to stop."""
        self._flag = mmap.mmap(-1, 1)

    def begin(self) -> None:
        """Have long tasks stop after the step under way. Takes no lock: it is called from signal handlers."""
        self._flag[0] = 1

    @property
    def begun(self) -> bool:
        """Whether long tasks are to stop."""
        return self._flag[0] == 1

    def enforce(self, seconds: float, exit_code: Callable[[], int]) -> None:
        """From now on, end this process `seconds` after the stop has begun, if it still runs then.

        Celery waits for tasks and for brokers, some of which never answer. The processes of tasks are killed too; their
        leases expire by themselves.
        """

        def wait() -> None:
            while not self.begun:
                time.sleep(POLL_SECONDS)
            time.sleep(seconds)
            log.error("shutdown_forced", seconds=seconds)
            end_by_force(exit_code())

        threading.Thread(target=wait, name="ending", daemon=True).start()


def end_by_force(exit_code: int) -> None:
    """Kill this process and those that Celery has started from it, at once."""
    children = active_children()
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    for child in children:
        child.join(COLLECT_SECONDS)
    os._exit(exit_code)
