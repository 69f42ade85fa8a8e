"""Two operators, killed or standing still anywhere, a worker that stands still, and what readers see in the end.

Operators and the slow worker are threads that stop right before each of their effects and while they wait, until a
rule lets one of them go on to its next stop. `INDEXER_TEST_INTERLEAVINGS` is the number of examples (default 4).
"""

import math
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.exc import DBAPIError

from indexer import search
from indexer.datasets.conversations import CONVERSATIONS
from indexer.errors import OperatorError
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuild_steps import RebuildOptions, RebuildSteps, Watch
from indexer.indexing.rebuilder import Rebuilder
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.indexing.restore_refresh import restore_refreshes
from indexer.search import BulkWriter
from indexer.settings import Settings
from indexer.store.entities.deletes import delete_conversations
from indexer.store.jobs.backfills import State, open_backfills, set_state
from indexer.store.jobs.rebuild_lock import hold_rebuild
from indexer.store.jobs.rebuilds import Rebuild, Step, write_targets
from tests.indexing.store_and_index import W, run, save

pytestmark = pytest.mark.services

EXAMPLES = int(os.environ.get("INDEXER_TEST_INTERLEAVINGS", "4"))

WHOLE = RebuildOptions(deep_share=1)

IDS = st.lists(st.integers(1, 8), min_size=1, max_size=4, unique=True)

TARGETS: dict[Step | None, list[list[str]]] = {
    None: [[]],
    "create": [[]],
    "dual_write": [[], ["to"]],
    "backfill": [["to"]],
    "settle_in": [["to"]],
    "verify": [["to"]],
    "ready": [["to"]],
    "swap": [["to"], ["to", "from"], ["from"]],
    "grace": [["from"], []],
    "undo": [[], ["to"], ["to", "from"], ["from"], ["from", "to"]],
}
"""Which indices may be written beside the alias while nobody acts, by the step at which the rebuild was left."""

BEHIND: dict[Step | None, set[str]] = {"swap": {"from", "to"}, "undo": {"from", "to"}, "grace": {"to"}}
"""Where the alias may be then; at all other steps it is at the index that the rebuild began with."""


class Killed(BaseException):
    pass


class Actor:
    """A thread that goes from stop to stop when it is told to; `raised` is what has ended it."""

    def __init__(self, do: Callable[["Actor"], None]) -> None:
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._killed = False
        self.over = False
        self.raised: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(do,), daemon=True)
        self._thread.start()
        self._await()

    def _run(self, do: Callable[["Actor"], None]) -> None:
        try:
            do(self)
        except BaseException as error:  # an error in a thread would be lost
            self.raised = error
        self.over = True
        self._stopped.release()

    def _await(self) -> None:
        assert self._stopped.acquire(timeout=120), "it neither stops nor ends"

    def stop(self) -> None:
        """Called in the thread."""
        self._stopped.release()
        self._go.acquire()
        if self._killed:
            raise Killed

    def go_on(self) -> None:
        if not self.over:
            self._go.release()
            self._await()

    def kill(self) -> None:
        self._killed = True
        while not self.over:
            self.go_on()


class StoppingSteps(RebuildSteps):
    """Stops between each look and its effect, and whenever it waits."""

    def _guarded(self, rebuild: Rebuild) -> Elasticsearch:
        client = super()._guarded(rebuild)
        self.watch.on_wait()
        return client


class Stopping(Rebuilder):
    """A rebuilder that takes such steps."""

    @contextmanager
    def _acting(self, options: RebuildOptions = WHOLE) -> Iterator[RebuildSteps]:
        with hold_rebuild(self.site.store, self.site.dataset, patience_seconds=0.5) as lock:
            yield StoppingSteps(self.site, lock, self.watch, options)


class StoppingWriter(BulkWriter):
    """Stops before it writes to each index."""

    stop: Callable[[], None]

    def write(self, alias: str, writes: Any, until: float = math.inf) -> Any:
        self.stop()
        return super().write(alias, writes, until)


class Interleavings(RuleBasedStateMachine):
    def __init__(self, drain: Drain, prefix: str) -> None:
        super().__init__()
        self.drain, self.prefix = drain, prefix
        self.backfiller = Backfiller(drain.store, drain.search, BulkWriter(drain.search), batch=5)
        self.reconciler = Reconciler(drain.store, drain.search, drain.alias, dataset=CONVERSATIONS)
        site = RebuildSite(drain.store, drain.search, prefix, self.reconciler, dataset=CONVERSATIONS)
        self.rebuilder = Rebuilder(site, Watch(on_wait=self.work))
        self.clock = count(100)
        self.operators: list[Actor | None] = [None, None]
        self.worker: Actor | None = None
        run(drain, "TRUNCATE conversations, changes, quarantine, write_targets, rebuilds, backfills CASCADE")
        for one in search.status(drain.search, prefix, ["conversations"]):
            drain.search.indices.delete(index=one.index)
        search.ensure_dataset(drain.search, prefix, "conversations")

    @initialize(step=st.sampled_from([None, "create", "ready", "swap", "grace"]))
    def begin(self, step: Step | None) -> None:
        save(self.drain, *range(1, 9))
        self.drain.run()
        if step is not None:
            self.rebuilder.run(self.rebuilder.start(), until=step, options=WHOLE)

    @rule(ids=IDS)
    def save(self, ids: list[int]) -> None:
        save(self.drain, *ids, at=next(self.clock))

    @rule(id_=st.integers(1, 8))
    def delete(self, id_: int) -> None:
        with self.drain.store.begin() as connection:
            delete_conversations(connection, W, [str(id_)], next(self.clock))

    @rule()
    def work(self) -> None:
        """A worker that does whatever there is to do."""
        with self.drain.store.connect() as connection:
            found = open_backfills(connection)
        for backfill_id in found:
            self.backfiller.run(backfill_id)
        self.drain.run()

    @precondition(lambda self: self.worker is None)
    @rule(ids=IDS)
    def lease(self, ids: list[int]) -> None:
        """A worker that stands still before it writes to the first index."""
        save(self.drain, *ids, at=next(self.clock))

        def do(actor: Actor) -> None:
            writer = StoppingWriter(self.drain.search)
            writer.stop = actor.stop
            replace(self.drain, writer=writer).run()

        self.worker = Actor(do)

    @precondition(lambda self: self.worker is not None)
    @rule()
    def worker_goes_on(self) -> None:
        assert self.worker is not None
        self.worker.go_on()
        if self.worker.over:
            assert self.worker.raised is None
            self.worker = None

    @precondition(lambda self: self.worker is not None)
    @rule()
    def lease_ends(self) -> None:
        run(self.drain, "UPDATE changes SET lease_until = now() - interval '1 s' WHERE lease_id IS NOT NULL")

    @rule(who=st.sampled_from([0, 1]), command=st.sampled_from(["rebuild", "swap", "rollback", "prune"]))
    def operate(self, who: int, command: str) -> None:
        """An operator begins a command, if there is not one under way."""
        if self.operators[who] is not None:
            self.go_on(who, 3)
            return

        def do(actor: Actor) -> None:
            rebuilder = Stopping(self.rebuilder.site, Watch(on_wait=actor.stop))
            current = rebuilder.current()
            if command == "rollback":
                rebuilder.rollback()
            elif command == "rebuild":
                rebuilder.run(current or rebuilder.start(), until="ready", options=WHOLE)
            elif command == "prune" and (current is None or current.step == "grace"):
                rebuilder.prune(current, rebuilder.unread())
            elif command == "swap" and current is not None and current.step in ("ready", "swap"):
                rebuilder.run(current, until="grace", options=WHOLE)

        self.operators[who] = Actor(do)
        self._ended(who)

    @rule(who=st.sampled_from([0, 1]), stops=st.integers(1, 12))
    def go_on(self, who: int, stops: int) -> None:
        actor = self.operators[who]
        for _ in range(stops):
            if actor is not None and not actor.over:
                actor.go_on()
        self._ended(who)

    @rule(who=st.sampled_from([0, 1]))
    def kill(self, who: int) -> None:
        actor = self.operators[who]
        if actor is not None:
            self.lose_session()
            actor.kill()
            self._ended(who)

    @rule()
    def lose_session(self) -> None:
        """Whoever acts stands still, and when it goes on it has lost its lock without knowing."""
        run(
            self.drain,
            """
            SELECT pg_terminate_backend(pid, 10_000) FROM pg_locks JOIN pg_database ON database = pg_database.oid
            WHERE locktype = 'advisory' AND objsubid = 2 AND datname = current_database()
            """,
        )

    @rule(state=st.sampled_from(["paused", "running"]))
    def pause_or_resume(self, state: State) -> None:
        current = self.rebuilder.current()
        if current is not None and current.backfill_id is not None:
            with self.drain.store.begin() as connection:
                set_state(connection, current.backfill_id, state)

    def _ended(self, who: int) -> None:
        actor = self.operators[who]
        if actor is not None and actor.over:
            self.operators[who] = None
            assert actor.raised is None or isinstance(actor.raised, OperatorError | DBAPIError | Killed), actor.raised

    @invariant()
    def readers_find_one_index(self) -> None:
        assert self._behind() is not None

    @precondition(lambda self: self.worker is None and self.operators == [None, None])
    @rule()
    def look(self) -> None:
        """When nobody acts: alias and targets are those of the step, and all that was accepted is seen in each."""
        current = self.rebuilder.current()
        step = None if current is None else current.step
        names = {} if current is None else {current.from_index: "from", current.to_index: "to"}
        with self.drain.store.connect() as connection:
            beside = [one.alias.removesuffix("-writes") for one in write_targets(connection, CONVERSATIONS)]
        assert [names.get(index, index) for index in beside] in TARGETS[step]
        assert current is None or names[self._behind()] in BEHIND.get(step, {"from"})
        restore_refreshes(self.drain.store, self.drain.search, self.prefix)
        live = self.drain.search.indices.get_settings(index=self.drain.alias, flat_settings=True)
        assert live[self._behind()]["settings"]["index.refresh_interval"] == "1s"
        run(self.drain, "UPDATE changes SET lease_until = now() - interval '1 s' WHERE lease_id IS NOT NULL")
        self.drain.run()
        complete = beside if step in ("ready", "grace") else []
        for index in [self._behind(), *complete]:
            found = replace(self.reconciler, alias=index).run(options=ReconcileOptions(deep_share=1))
            assert (found.differences, found.queued, found.quarantined) == (0, 0, 0), (step, index, found)

    def _behind(self) -> str:
        index = search.index_behind(self.drain.search, self.drain.alias)
        assert index is not None
        return index

    def teardown(self) -> None:
        for actor in (self.worker, *self.operators):
            if actor is not None:
                self.lose_session()
                actor.kill()
        self.worker, self.operators = None, [None, None]
        self.look()
        if (current := self.rebuilder.current()) is not None:
            if current.backfill_id is not None:
                self.pause_or_resume("running")
            try:
                self.rebuilder.rollback()
            except OperatorError:  # a prune was killed after it had begun
                self.rebuilder.prune(current, [current.from_index])
            self.look()


def test_however_operators_and_workers_interleave_readers_see_all_that_was_accepted(
    drain: Drain, test_settings: Settings
) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Interleavings(drain, test_settings.index_prefix),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=15,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
