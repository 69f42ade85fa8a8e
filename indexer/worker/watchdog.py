"""Watches whether a worker still takes messages, and restarts a stuck one.

After a broken connection, a worker of Celery may be alive and silently take no more messages, for ever; or it may end
because of an error of its own. So each worker watches itself: docs/decisions/0010.
"""

import contextlib
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import structlog
from billiard.process import active_children
from celery.platforms import EX_FAILURE
from celery.signals import worker_init, worker_ready
from celery.worker import WorkController, state
from redis import Redis
from redis.exceptions import RedisError

from indexer.clients import embedded_addresses
from indexer.errors import OperatorError
from indexer.settings import Settings
from indexer.worker.shutdown import Ending, end_by_force

log = structlog.get_logger()

POLL_SECONDS = 1.0

_CHILDREN = "INDEXER_LEFT_CHILDREN"


class Look(NamedTuple):
    """The state of a worker at one moment.

    `waiting` counts the messages in its queues, 0 if Redis does not answer; `begun` the tasks that its processes
    have begun so far; `busy` says whether one of them is at work; `beating` whether its beat lives, if it has one.
    """

    waiting: int
    begun: int
    busy: bool
    beating: bool


class Progress:
    """Finds out by one look a second whether a worker is stuck.

    It is stuck if messages have waited in all looks of `patience` seconds while none of its processes began a task.
    If processes are at work, or have yet to begin their first task, they have `task_seconds` more, in which every task
    ends or is killed. A worker whose beat is dead is stuck too. Looks are counted instead of seconds, in which the
    machine may have slept.
    """

    def __init__(self, patience: float, task_seconds: float) -> None:
        """Both arguments are in seconds."""
        self._patience = patience
        self._task_seconds = task_seconds
        self._begun = 0
        self._looks = 0

    def stuck(self, look: Look) -> bool:
        """Whether the worker is stuck, by this look and those before it."""
        moving = look.begun != self._begun or not look.waiting
        self._begun = look.begun
        self._looks = 0 if moving and look.beating else self._looks + 1
        longer = look.beating and (look.busy or not look.begun)
        limit = self._patience + (self._task_seconds if longer else 0)
        return self._looks >= math.ceil(limit / POLL_SECONDS)


class Watchdog:
    """Watches the worker of this process from a thread, and restarts it if it is stuck."""

    def __init__(
        self, redis: Redis, queues: Sequence[str], ending: Ending, used: Settings, *, task_seconds: float
    ) -> None:
        """Only the watchdog uses `redis`; `task_seconds` is the longest time of a task."""
        self._settings = used
        self._addresses = embedded_addresses(used)
        self._redis = redis
        self._queues = queues
        self._ending = ending
        self._progress = Progress(used.stall_seconds, task_seconds)
        self._worker: WorkController | None = None
        self._was_ready = False

    def start(self) -> None:
        """Watch from now on."""
        worker_init.connect(self._meet, weak=False)
        worker_ready.connect(self._see_it_ready, weak=False)
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _meet(self, sender: WorkController, **_: object) -> None:
        self._worker = sender

    def _see_it_ready(self, **_: object) -> None:
        self._was_ready = True

    def gave_up(self) -> bool:
        """Whether Celery has ended the worker although it was not told to stop; Celery has logged why."""
        # A worker that was stopped by remote control has a text here.
        return not self._ending.begun and getattr(self._worker, "exitcode", None) in (None, EX_FAILURE)

    def was_ready(self) -> bool:
        """Whether the worker was ever ready for work."""
        return self._was_ready

    def _watch(self) -> None:
        while not self._ending.begun:
            time.sleep(POLL_SECONDS)
            if (moved := self._moved()) and not self._ending.begun:
                log.warning("services_moved", services=moved)
                restart_command()
            look = self._look()
            if self._progress.stuck(look) and not self._ending.begun:
                log.error("worker_stuck", **look._asdict())
                restart_command()

    def _moved(self) -> list[str]:
        """The embedded services that were started again at another address, because another program has their port."""
        try:
            now = embedded_addresses(self._settings)
        except OperatorError:
            return []
        before = self._addresses
        return sorted(service.value for service in before.keys() & now.keys() if before[service] != now[service])

    def _look(self) -> Look:
        try:
            waiting = sum(self._redis.llen(queue) for queue in self._queues)
        except RedisError:
            waiting = 0
        beat = getattr(self._worker, "beat", None)
        return Look(
            waiting=waiting,
            begun=state.all_total_count[0],
            busy=len(state.active_requests) > 0,
            beating=beat is None or beat.exitcode is None,
        )


def restart_command() -> None:
    """Replace this process by a new one with the same command line, pid and environment.

    Other programs need not notice, and no supervisor is needed. `kill_left_children` kills the processes that Celery
    has started: if they were killed here, a Celery that is still alive would replace them at once.
    """
    os.environ[_CHILDREN] = ",".join(str(child.pid) for child in active_children())
    sys.stdout.flush()
    try:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the command that we are
    except OSError:
        log.exception("cannot_begin_again")
        end_by_force(1)


def kill_left_children() -> bool:
    """Kill the processes left by the process that this one has replaced; returns whether there was one.

    To be called before anything is started. A pid is only trusted if it is that of a child of this process.
    """
    left = os.environ.pop(_CHILDREN, None)
    for pid in map(int, left.split(",") if left else ()):
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    return left is not None
