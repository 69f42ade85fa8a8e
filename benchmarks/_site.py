"""Where a benchmark takes place: services, workspaces with the sample's office hours, and workers."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil

from benchmarks._conversations import ten_part_conversations
from benchmarks._harness import Progress
from benchmarks._services import services
from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.embedded.processes import last_lines
from indexer.errors import OperatorError
from indexer.sample import office_hours, workspace
from indexer.search import ensure_dataset
from indexer.settings import settings
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.queue.changes import depth
from indexer.tasks import app
from indexer.worker.wakeups import wake

BATCH = 500
"""Conversations saved in one transaction, as an import does."""

PROCESSES = 2
"""Of every worker."""

POLL_SECONDS = 0.02
"""How exactly the end of something is known."""

LONG_POLL_SECONDS = 0.25
"""The same where it takes seconds: each look costs processor time that the others do not get."""

_PATIENCE = 300.0
_ROOT = Path(__file__).parents[1]


class Site:
    """The services as the benchmark's own process uses them, and the workers that it has started."""

    def __init__(self, home: Path) -> None:
        """`home` is the directory for logs; the environment says where the services are."""
        self.here = Connections(settings())
        self._home = home
        self._workers: list[tuple[subprocess.Popen[bytes], Path]] = []

    @property
    def elasticsearch_url(self) -> str:
        """For clients of other kinds than ours."""
        return self.here.settings.elasticsearch_url or ""

    def make_workspace(self, name: str) -> None:
        """A workspace with the sample's office hours and bots."""
        bots = tuple(workspace()["bot_admin_ids"])
        with self.here.store.begin() as connection:
            save_workspace(connection, Workspace(name, office_hours=office_hours(), bot_admin_ids=bots))

    def save(self, name: str, batch: Sequence[Incoming]) -> None:
        """Save a batch in a transaction of its own, and wake the workers."""
        with self.here.store.begin() as connection:
            saved = save_conversations(connection, name, batch)
        wake(app, self.here.redis, saved.shards, CONVERSATIONS)

    @contextmanager
    def indexer_worker(self, **environment: str) -> Iterator[None]:
        """`indexer worker` of two processes, ready: it has indexed a conversation."""
        ensure_dataset(self.here.search, self.here.settings.index_prefix, "conversations")
        with self._worker("indexer", "worker", "--processes", str(PROCESSES), **environment):
            self.save(
                f"ready_{secrets.token_hex(4)}",
                [CONVERSATIONS.incoming(payload) for payload in ten_part_conversations(1)],
            )
            self.wait_until_indexed()
            yield

    @contextmanager
    def celery_worker(self, application: str) -> Iterator[None]:
        """A plain Celery worker of as many processes for an application; it may still be starting."""
        options = ("--loglevel", "WARNING", "--concurrency", str(PROCESSES), "--without-mingle", "--without-gossip")
        with self._worker("celery", "--app", application, "--quiet", "worker", *options):
            yield

    @contextmanager
    def server(self) -> Iterator[tuple[str, int]]:
        """`indexer serve` on one core, as soon as it answers: its address, and the id of its process."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with self._worker("benchmarks._one_core", "indexer", "serve", "--port", str(port)):
            self.wait_until(partial(_answers, port), "the server to answer")
            yield f"http://127.0.0.1:{port}", self._workers[-1][0].pid

    @contextmanager
    def _worker(self, *command: str, **environment: str) -> Iterator[None]:
        log = self._home / f"worker-{secrets.token_hex(4)}.log"
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=os.environ | {"PYTHONPATH": path} | environment,
                cwd=self._home,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._workers.append((process, log))
        try:
            yield
        finally:
            self._workers.remove((process, log))
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def worker_processes(self) -> list[psutil.Process]:
        """The processes of the worker that was started first, it itself included."""
        first = psutil.Process(self._workers[0][0].pid)
        return [first, *first.children(recursive=True)]

    def wait_until_indexed(self) -> None:
        """Return when the queue is empty; raises `OperatorError` if something went to quarantine."""
        self.wait_until(lambda: self._count_changes() == 0, "the queue of changes to become empty")
        with self.here.store.connect() as connection:
            quarantined = depth(connection, CONVERSATIONS).quarantined
        if quarantined:
            raise OperatorError(f"{quarantined} conversations went to quarantine", "mend the indexer first")

    def wait_until(self, done: Callable[[], bool], what: str) -> None:
        """Return when it is done; raises `OperatorError` if a worker ends meanwhile, or after minutes."""
        until = time.monotonic() + _PATIENCE
        while not done():
            for process, log in self._workers:
                if process.poll() is not None:
                    raise OperatorError("\n".join(["a worker has ended:", *last_lines(log, 20)]))
            if time.monotonic() > until:
                raise OperatorError(f"waited {_PATIENCE:.0f} s for {what}")
            time.sleep(POLL_SECONDS)

    def _count_changes(self) -> int:
        with self.here.store.connect() as connection:
            found: int = connection.exec_driver_sql("SELECT count(*) FROM changes").scalar_one()
            return found

    def count_documents(self, alias: str, query: dict[str, object]) -> int:
        """How many documents behind the alias match, of all that have been written."""
        self.here.search.indices.refresh(index=alias)
        return int(self.here.search.count(index=alias, query=query)["count"])

    def close(self) -> None:
        """Close the connections."""
        self.here.store.dispose()
        self.here.search.close()
        self.here.redis.close()


def peak_of(process: subprocess.Popen[bytes]) -> float:
    """MiB of a process at its peak; returns when it has ended."""
    peak = 0.0
    while process.poll() is None:  # what the system says of a process that has ended holds that of its parent too
        with suppress(OSError, ValueError):
            peak = max(peak, high_water(process.pid))
        time.sleep(POLL_SECONDS)
    return peak


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def high_water(pid: int) -> float:
    """MiB of a process at its peak so far; raises `OSError` or `ValueError` for one that has ended."""
    status = Path(f"/proc/{pid}/status").read_text()
    (kibibytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kibibytes) / 1024


@contextmanager
def site(progress: Progress) -> Iterator[Site]:
    """A site that exists as long as it is needed."""
    with services(progress) as home:
        found = Site(home)
        try:
            yield found
        finally:
            found.close()
