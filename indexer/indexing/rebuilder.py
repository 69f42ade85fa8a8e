"""Rebuilding a dataset's index beside the old one, while changes keep coming and readers notice nothing.

    create       an empty index of the newest mapping, to be filled fast
    dual_write   every change is written to it too, first there and then through the alias
    backfill     history, range by range, by all workers
    settle_in    the usual settings; refreshed, and healthy
    verify       compared with the store, revision by revision and some documents whole
    ready        waits for an operator (`swap`), or continues at once
    swap         the alias moves, in one call
    grace        the old index is written too, so that going back loses nothing (`rollback`, `prune`)

The step is in PostgreSQL and changes only when it is done, and each step can be done again: if a process is killed,
the next one continues from there. Only one process acts at a time, under the lock of `rebuild_lock`; right before each
effect in Elasticsearch it checks whether it still has the lock and the rebuild is still at its step.

A document is written to the other indices before it is written through the alias, so the other index always has what
readers see: in whichever direction the alias moves, nothing gets older.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from indexer import search
from indexer.errors import OperatorError
from indexer.indexing.rebuild_plan import Plan, plan_rebuild
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuild_steps import RebuildOptions, RebuildSteps, Watch
from indexer.store.jobs.rebuild_lock import hold_rebuild, holder_of_rebuild
from indexer.store.jobs.rebuilds import Rebuild, Step, current_rebuild, start_rebuild, write_targets

_UNWATCHED = Watch()
_AS_USUAL = RebuildOptions()


@dataclass(frozen=True, slots=True)
class Rebuilder:
    """Starts a rebuild, takes it from step to step, gives it up or ends it.

    Every method that changes something holds the lock on the dataset's rebuild meanwhile; if another process has it,
    it raises `OperatorError`, which names that process.
    """

    site: RebuildSite
    watch: Watch = _UNWATCHED

    def current(self) -> Rebuild | None:
        """The rebuild in progress; None if there is none."""
        with self.site.store.connect() as connection:
            return current_rebuild(connection, self.site.dataset)

    def expected(self) -> Rebuild:
        """The rebuild in progress; raises `OperatorError` if there is none."""
        rebuild = self.current()
        if rebuild is None:
            raise OperatorError(f"no rebuild of {self.site.dataset} is going on", "start one: indexer index rebuild")
        return rebuild

    def expected_to_swap(self) -> Rebuild:
        """The rebuild in progress; raises `OperatorError` unless its new index is verified and not yet swapped to."""
        rebuild = self.expected()
        if rebuild.step == "grace":
            raise OperatorError(
                f"the rebuild has swapped: readers see {rebuild.to_index}, and {rebuild.from_index} is still written",
                "end it: indexer index prune; or go back: indexer index rollback",
            )
        if rebuild.step not in ("ready", "swap"):
            raise OperatorError(
                f"the rebuild is at step {rebuild.step}", "continue it: indexer index rebuild --no-swap"
            )
        return rebuild

    def holder(self) -> str | None:
        """The process that acts on the dataset's rebuild, None if none does."""
        with self.site.store.connect() as connection:
            return holder_of_rebuild(connection, self.site.dataset)

    def plan(self, max_rate: float | None = None) -> Plan:
        """Plan the rebuild that `start` would begin, at up to `max_rate`; raises `OperatorError` if impossible."""
        return plan_rebuild(self.site, max_rate)

    def start(self, *, accept_drift: bool = False) -> Rebuild:
        """Begin a rebuild.

        Raises `OperatorError` if one is in progress, if there is no room, or if fields would break and `accept_drift`
        does not say that they may.
        """
        with self._acting() as acting:
            plan = self.plan()
            plan.expect_usable(accept_drift=accept_drift)
            with acting.lock.transaction() as connection:
                return start_rebuild(connection, self.site.dataset, plan.from_index, plan.to_index)

    def run(self, rebuild: Rebuild, until: Step, options: RebuildOptions = _AS_USUAL) -> Rebuild:
        """Do step after step up to, but not including, `until`; records an error of a step, and raises it."""
        with self._acting(options) as acting:
            return acting.run(rebuild, until)

    @contextmanager
    def _acting(self, options: RebuildOptions = _AS_USUAL) -> Iterator[RebuildSteps]:
        """The steps, with the lock."""
        with hold_rebuild(self.site.store, self.site.dataset) as lock:
            yield RebuildSteps(self.site, lock, self.watch, options)

    def rollback(self) -> Rebuild:
        """Give up the rebuild in progress, swapped or not; readers then see the old index, with all changes.

        Raises `OperatorError` if a prune has begun: from then on the old index lacks later changes.
        """
        with self._acting() as acting:
            rebuild = self.expected()
            if rebuild.step == "grace" and not self._writes_beside(rebuild.from_index):
                raise OperatorError(
                    f"a prune has begun, and {rebuild.from_index} lacks the changes since then",
                    "finish the prune: indexer index prune",
                )
            if rebuild.step != "undo":
                rebuild = acting.step_on(rebuild, "undo")
            return acting.run(rebuild, "rolled_back")

    def prune(self, rebuild: Rebuild | None, indices: Sequence[str]) -> list[str]:
        """End a rebuild that has swapped (None: none is in progress), and delete those of `indices` that are not read.

        Returns the deleted indices. Raises `OperatorError` if the rebuild is another or at another step by now.
        """
        with self._acting() as acting:
            if rebuild is not None:
                acting.run(rebuild, "pruned")
            elif self.current() is not None:
                raise OperatorError(
                    f"a rebuild of {self.site.dataset} has begun", "see its progress: indexer index status"
                )
            removed = [index for index in self.unread() if index in indices]
            self.site.expect_own(*removed)
            for index in removed:
                search.delete_unread(self.site.search, self.site.alias, index)
        return removed if rebuild is None else [rebuild.from_index, *removed]

    def unread(self) -> list[str]:
        """The indices of the dataset that are not behind its alias; none while a rebuild has not swapped."""
        current = self.current()
        if current is not None and current.step != "grace":
            return []
        return [
            one.index
            for one in search.status(self.site.search, self.site.prefix, [self.site.dataset.name])
            if not one.alias
        ]

    def _writes_beside(self, index: str) -> bool:
        with self.site.store.connect() as connection:
            return search.write_alias(index) in [one.alias for one in write_targets(connection, self.site.dataset)]
