"""The lines of a worker on standard output: its purpose, a line a minute while it works, and the work it has done.

Its log is separate, and goes to standard error.
"""

import sys
import threading
import time
from collections.abc import Sequence

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from indexer.calendar.durations import duration
from indexer.operations.work_done import Work, look
from indexer.terminal import progress_bar

EVERY_SECONDS = 60.0
"""How often a worker prints its progress."""

_BAR_SECONDS = 0.5
_PATIENCE_SECONDS = 2.0
"""How long a worker that stops waits for a store that does not answer."""


class WorkerLines:
    """The lines of one worker; counts are those of all workers of the installation together."""

    def __init__(self, database_url: str, every: float = EVERY_SECONDS) -> None:
        """Nothing is printed before `begin`."""
        self._database_url = database_url
        self._every = every
        self._ended = threading.Event()
        self._began_at = time.monotonic()
        self._before: Work | None = None

    def begin(self, processes: int, queues: Sequence[str], *, until_idle: bool, is_said: bool = False) -> None:
        """Print the purpose of this worker and how much waits, unless that was printed already."""
        self._before = look(self._database_url)
        if is_said:
            return
        plural = "process" if processes == 1 else "processes"
        waits = "" if self._before is None else f"; {self._before.due:,} due"
        said = f"{processes} {plural}, queues {', '.join(queues)}{waits}"
        _say(said if until_idle else f"{said} (Ctrl-C ends it)")

    def start(self, *, shows_bar: bool) -> None:
        """Print the progress from a thread: a bar, or a line every now and then."""
        threading.Thread(
            target=self._show_bar if shows_bar else self._say_lines, name="worker-lines", daemon=True
        ).start()

    def end(self) -> None:
        """Print the work done since the beginning, and the work left."""
        self._ended.set()
        last = threading.Thread(target=self._sum_up, daemon=True)
        last.start()
        last.join(_PATIENCE_SECONDS)

    def _sum_up(self) -> None:
        now = look(self._database_url)
        if now is not None and self._before is not None:
            seconds = time.monotonic() - self._began_at
            _say(f"ended after {duration(round(seconds))}: {_done(now.since(self._before), seconds)}; {_left(now)}")

    def _say_lines(self) -> None:
        before, at = self._before, self._began_at
        while not self._ended.wait(self._every):
            now, moment = look(self._database_url), time.monotonic()
            if now is not None and before is not None:
                done = now.since(before)
                if done.changes or done.history or now.due:
                    _say(f"{_done(done, moment - at)} in the last {duration(round(moment - at))}; {_left(now)}")
            if now is not None:
                before, at = now, moment

    def _show_bar(self) -> None:
        text = TextColumn("{task.description}", markup=False)
        with progress_bar(text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), transient=True) as progress:
            task = progress.add_task("indexing", total=self._before.waiting if self._before else None)
            while not self._ended.wait(_BAR_SECONDS):
                now = look(self._database_url)
                if now is not None and self._before is not None:
                    done = now.since(self._before).changes
                    progress.update(task, completed=done, total=done + now.waiting)


def _done(work: Work, seconds: float) -> str:
    rate = f" ({work.changes / seconds:,.0f} a second)" if work.changes and seconds > 1 else ""
    history = f", {work.history:,} of history" if work.history else ""
    changes = "1 change" if work.changes == 1 else f"{work.changes:,} changes"
    return f"{changes} indexed{rate}{history}"


def _left(work: Work) -> str:
    if not work.waiting:
        return "nothing is left to do"
    later = work.waiting - work.due
    return f"{work.due:,} due" + (f", {later:,} under way or put off" if later else "")


def _say(line: str) -> None:
    # If the reader has gone, the worker still works.
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        return
