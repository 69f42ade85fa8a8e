"""An installation whose services fail, and what must be right with it afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import orjson
import psutil
from sqlalchemy.exc import DBAPIError

from indexer.datasets.conversations import CONVERSATIONS
from indexer.intake.importer import Imported as ImportCounts
from indexer.intake.importer import Placed, save_batch
from indexer.intake.save_options import Saving
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from tests import forking
from tests.faults.histories import Raw, ndjson
from tests.faults.services import ROOT
from tests.forking import Program
from tests.integration.installation import Installation

Note = Callable[[str, object], None]
"""Keeps a figure."""

SHORT = {
    "INDEXER_LEASE_SECONDS": "3",
    "INDEXER_SWEEP_SECONDS": "0.5",
    "INDEXER_DRAIN_BATCH": "100",
    # Nothing here may need a repair by the reconciler.
    "INDEXER_RECONCILE_SECONDS": "86400",
}
"""Settings with which waits are short."""

# The tests' own book of what was accepted, kept by the database: every row of the queue that is made or raised.
_BOOK = """
CREATE TABLE accepted (workspace_id text, entity_id text, revision bigint);
CREATE FUNCTION accept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accepted VALUES (NEW.workspace_id, NEW.entity_id, NEW.revision);
    RETURN NULL;
END $$;
CREATE TRIGGER accepted AFTER INSERT OR UPDATE OF revision ON changes FOR EACH ROW EXECUTE FUNCTION accept();
"""


class Imported(NamedTuple):
    """The counts that an import printed."""

    code: int
    accepted: int
    stderr: str


class Import:
    """A running `indexer import` of its standard input."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def feed(self, raws: Iterable[Raw]) -> None:
        """More of its input; there is more to come."""
        assert self._process.stdin is not None
        self._process.stdin.write(ndjson(raws))
        self._process.stdin.flush()

    def end(self, raws: Iterable[Raw] = ()) -> Imported:
        """The last of its input, and what came of all."""
        try:
            output, said = self._process.communicate(ndjson(raws), timeout=120)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise
        return _imported(self._process.returncode, output, said)


def _import(workspace: str) -> list[str]:
    return ["import", "-", "--workspace", workspace, "--format", "json"]


def _imported(code: int, output: bytes, said: bytes) -> Imported:
    counts = orjson.loads(output) if output else {"created": 0, "updated": 0}
    return Imported(code, counts["created"] + counts["updated"], said.decode())


class Worker:
    """A running `indexer worker` in a process group of its own, with its log."""

    def __init__(self, process: Program, log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """`kill -9` of the worker and all its processes at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def await_end(self) -> int:
        """Its exit code."""
        return self._process.wait(timeout=60)

    def children(self) -> list[psutil.Process]:
        """All its processes but the first."""
        return psutil.Process(self.pid).children(recursive=True)

    def pause(self) -> None:
        """SIGSTOP for all its processes."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)


class Faulty(Installation):
    """An installation with short waits, whose book of accepted writes is kept by the tests themselves."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        assert settings.database_url is not None
        super().__init__(settings, **SHORT)
        # These names win over the common ones, which a run with containers sets for its own.
        for name in ("DATABASE_URL", "ELASTICSEARCH_URL", "REDIS_URL"):
            self.environment[f"INDEXER_{name}"] = self.environment[name]
        self.directory = directory
        self.workers: list[Worker] = []
        self.store = open_store(settings.database_url)
        upgrade(self.store)
        with self.store.begin() as connection:
            connection.exec_driver_sql(_BOOK)

    def use(self, **settings: str) -> None:
        """Settings of the commands and workers from now on, by the names of their variables."""
        self.environment |= settings

    def through(self, elasticsearch_url: str) -> None:
        """From now on commands and workers reach Elasticsearch by this address."""
        for name in ("ELASTICSEARCH_URL", "INDEXER_ELASTICSEARCH_URL"):
            self.environment[name] = elasticsearch_url

    def worker(self, *arguments: str, script: Sequence[str] = ()) -> Worker:
        """Start a worker, by a script of the tests instead of `indexer` if it shall misbehave."""
        log = self.directory / f"worker-{len(self.workers)}.log"
        command = ["worker", "--log-level", "INFO", *arguments]
        with log.open("wb") as file, Path(os.devnull).open("rb") as nothing:
            if script:  # changes modules that a forked command would have imported already
                process: Program = subprocess.Popen(
                    [sys.executable, "-m", *script, *command],
                    env=self.environment,
                    start_new_session=True,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    cwd=ROOT,
                )
            else:
                process = forking.start(command, self.environment, (nothing.fileno(), file.fileno(), file.fileno()))
        worker = Worker(process, log)
        self.workers.append(worker)
        return worker

    def imports(self, raws: Iterable[Raw], workspace: str = "w", code: int = 0) -> int:
        """Import them; how many were accepted."""
        done = self.tries_to_import(raws, workspace)
        assert done.code == code, done.stderr
        return done.accepted

    def tries_to_import(self, raws: Iterable[Raw], workspace: str = "w") -> Imported:
        """Import them, whatever comes of it."""
        done = forking.run(_import(workspace), self.environment, ndjson(raws))
        return _imported(done.returncode, done.stdout, done.stderr)

    def saves(self, raws: Iterable[Raw], workspace: str = "w") -> int:
        """Save them as an import does, all at once, without waking workers; returns how many were accepted."""
        counts = ImportCounts()
        batch = [Placed("", CONVERSATIONS.incoming(orjson.dumps(raw))) for raw in raws]
        save_batch(Saving(self.store, workspace), batch, counts, CONVERSATIONS)
        return counts.created + counts.updated

    def begin_import(self, workspace: str = "w") -> Import:
        """An import that waits for its input."""
        command = [sys.executable, "-m", "indexer", *_import(workspace)]
        pipe = subprocess.PIPE
        return Import(subprocess.Popen(command, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe))

    def deletes(self, raws: Collection[Raw], workspace: str = "w") -> int:
        """Delete them with all their numbers; how many changes that makes."""
        ids = [raw["id"] for raw in raws]
        self.run("conversation", "delete", *ids, "--workspace", workspace, "--no-retain-metrics", "--yes")
        return len(ids)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.store.dispose()
        super().close()

    def left(self) -> int | None:
        """The changes in the queue; None while PostgreSQL does not say."""
        try:
            return self.count("changes")
        except DBAPIError:
            return None

    def drains(self, within: float = 120) -> float:
        """Wait until the queue is empty; the seconds that it took."""
        started = time.monotonic()
        while (left := self.left()) != 0:
            if time.monotonic() - started > within:
                logs = [f"--- {'alive' if one.lives else 'ended'}\n{one.log[-3_000:]}" for one in self.workers]
                raise AssertionError("\n".join([f"{left} changes are left", *logs]))
            time.sleep(0.05)
        return time.monotonic() - started

    def leased(self) -> int:
        """The changes that some worker holds, or held when it died."""
        return self.count("changes WHERE lease_id IS NOT NULL")

    def last_lease(self) -> float:
        """When the youngest lease ends, in epoch seconds; it grows whenever a worker takes something."""
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT extract(epoch FROM max(lease_until))::float8 FROM changes")
            return float(found.scalar_one() or 0)

    def accepted(self) -> int:
        """The writes that were accepted, by the tests' own book."""
        return self.count("accepted")

    def tallies(self) -> dict[str, int]:
        """What became of them, by the product's account."""
        with self.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT outcome, sum(changes)::bigint FROM tallies GROUP BY outcome")
            return {outcome: int(changes) for outcome, changes in rows}

    def in_quarantine(self) -> set[str]:
        """The conversations in quarantine."""
        with self.engine.connect() as connection:
            return set(connection.exec_driver_sql("SELECT entity_id FROM quarantine").scalars())


def alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that has ended and was not collected does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def everything_is_right(
    installation: Faulty,
    newest: Iterable[Raw],
    *,
    accepted: int | None = None,
    quarantined: Collection[str] = (),
    poisoned: bool = False,
    workspace: str = "w",
) -> float:
    """Wait without doing anything until all is well; returns the seconds until the queue was empty.

    The queue drains; the reconciler finds no difference; every document is what `indexer compute` makes of the newest
    version of its conversation; each accepted write has become one thing. `accepted` is what the imports said, where
    they lived to say it. Those `quarantined` are in quarantine, and nothing else is; nothing ever was, unless something
    was `poisoned`.
    """
    seconds = installation.drains()
    assert installation.in_quarantine() == set(quarantined)

    with ThreadPoolExecutor() as pool:
        computing = pool.submit(installation.run, "compute", "--workspace", workspace, stdin=ndjson(newest))
        found = installation.json("reconcile", "--deep")
    differences = {kind: found[kind] for kind in ("missing", "stale", "orphaned", "differing", "queued", "repaired")}
    assert not any(differences.values()), found
    assert found["quarantined"] == len(quarantined)

    computed = {str(one["conversation_id"]): one for one in map(orjson.loads, computing.result().splitlines())}
    documents = {one["conversation_id"]: one for one in installation.documents(workspace).values()}
    assert documents.keys() == computed.keys() - set(quarantined)
    for name, document in documents.items():
        assert document.pop("revision") > 0
        assert document == computed[name]

    tallies = installation.tallies()
    assert sum(tallies.values()) == installation.accepted(), tallies
    assert "quarantined" not in tallies or poisoned, tallies
    if accepted is not None:
        assert installation.accepted() == accepted
    return seconds
