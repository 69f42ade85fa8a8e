"""The steps of a rebuild, done by the process that holds the lock; each step can be done again.

Right before each effect in Elasticsearch, the process checks whether it still holds the lock and the rebuild is still
at its step.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

from elasticsearch import ApiError, Elasticsearch, TransportError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indexer import search
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.verify_rebuild import verify_rebuild
from indexer.search.drift import drift
from indexer.store.jobs.backfills import Selected, get_backfill, set_state, start_backfill
from indexer.store.jobs.rebuild_lock import RebuildLock
from indexer.store.jobs.rebuilds import (
    Rebuild,
    Step,
    await_leases,
    awaited,
    is_at_step,
    note_error,
    set_backfill,
    set_targets,
    step_on,
)

POLL_SECONDS = 0.25


class RebuildOptions(NamedTuple):
    """How a rebuild is run: history at up to `max_rate` conversations a second, None for as fast as workers can.

    `deep_share` (0 to 1) of the documents are verified field by field.
    """

    max_rate: float | None = None
    deep_share: float = 0.01


@dataclass(frozen=True, slots=True)
class Watch:
    """Follows a rebuild: `on_step` is called before every step, `on_wait` again and again while it waits."""

    on_step: Callable[[Rebuild], None] = lambda _: None
    on_wait: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class RebuildSteps:
    """The steps of a rebuild, as the holder of its lock does them."""

    site: RebuildSite
    lock: RebuildLock
    watch: Watch
    options: RebuildOptions

    def run(self, rebuild: Rebuild, until: Step) -> Rebuild:
        """Do step after step up to, but not including, `until`; records an error of a step, and raises it."""
        while rebuild.step != until and rebuild.ended_at is None:
            self.watch.on_step(rebuild)
            try:
                following = self._do(rebuild)
            except OperatorError as error:
                self._note(rebuild, error)
                raise
            except (ApiError, TransportError) as error:
                raise ServiceUnavailable(
                    f"step {rebuild.step}: {error.message}",
                    "when Elasticsearch answers again, continue: indexer index rebuild",
                ) from error
            rebuild = self.step_on(rebuild, following)
        return rebuild

    def step_on(self, rebuild: Rebuild, following: Step) -> Rebuild:
        """Record the next step."""
        with self._still(rebuild) as connection:
            return step_on(connection, rebuild.rebuild_id, following)

    @contextmanager
    def _still(self, rebuild: Rebuild) -> Iterator[Connection]:
        """A transaction under the lock; raises `OperatorError` if that is lost or the rebuild has left its step."""
        with self.lock.transaction() as connection:
            if not is_at_step(connection, rebuild.rebuild_id, rebuild.step):
                raise OperatorError("another process continued this rebuild", "see its progress: indexer index status")
            yield connection

    def _look(self, rebuild: Rebuild) -> None:
        with self._still(rebuild):
            pass

    def _guarded(self, rebuild: Rebuild) -> Elasticsearch:
        """Elasticsearch, for one effect there: raises `OperatorError` unless rebuild and indices are ours to act on."""
        self._look(rebuild)
        self.site.expect_own(rebuild.from_index, rebuild.to_index)
        return self.site.search

    def _note(self, rebuild: Rebuild, error: Exception) -> None:
        """Record the error of a step, if the rebuild is still ours; the error itself is raised either way."""
        with suppress(OperatorError, DBAPIError), self._still(rebuild) as connection:
            note_error(connection, rebuild.rebuild_id, str(error))

    def _do(self, rebuild: Rebuild) -> Step:
        """Do a step, again if it was begun before; returns the next one."""
        story: dict[Step, tuple[Callable[[Rebuild], None], Step]] = {
            "create": (self._create, "dual_write"),
            "dual_write": (self._dual_write, "backfill"),
            "backfill": (self._backfill, "settle_in"),
            "settle_in": (self._settle_in, "verify"),
            "verify": (self._verify, "ready"),
            "ready": (lambda _: None, "swap"),
            "swap": (self._swap, "grace"),
            "grace": (self._prune, "pruned"),
            "undo": (self._undo, "rolled_back"),
        }
        do, following = story[rebuild.step]
        do(rebuild)
        return following

    def _create(self, rebuild: Rebuild) -> None:
        search.create_for_bulk(self._guarded(rebuild), rebuild.to_index, self.site.spread, self.site.installation)

    def _dual_write(self, rebuild: Rebuild) -> None:
        self._write_also(rebuild, rebuild.to_index)

    def _settle_in(self, rebuild: Rebuild) -> None:
        search.restore_settings(self._guarded(rebuild), rebuild.to_index)
        self._guarded(rebuild).indices.refresh(index=rebuild.to_index)
        search.wait_until_healthy(self.site.search, rebuild.to_index)

    def _verify(self, rebuild: Rebuild) -> None:
        if found := drift(self.site.search, rebuild.to_index):
            raise OperatorError(
                f"the mapping of the new index is not the declared one: {', '.join(one.field for one in found)}",
                "find out what changed it, and give the rebuild up: indexer index rollback",
            )
        verify_rebuild(self.site, rebuild, self.options.deep_share).expect_equal()

    def _swap(self, rebuild: Rebuild) -> None:
        self._move_alias(rebuild, rebuild.from_index, rebuild.to_index)
        self._write_also(rebuild, rebuild.from_index)

    def _write_also(self, rebuild: Rebuild, *indices: str) -> None:
        """Let workers write these indices before the alias, in this order, and wait for leases from before that."""
        with self._still(rebuild) as connection:
            set_targets(connection, rebuild, [search.write_alias(index) for index in indices])
        with self._still(rebuild) as connection:
            await_leases(connection, rebuild)
        self._wait(rebuild, lambda: self._awaited(rebuild) == 0)

    def _awaited(self, rebuild: Rebuild) -> int:
        with self.site.store.connect() as connection:
            return awaited(connection, rebuild)

    def _wait(self, rebuild: Rebuild, over: Callable[[], bool]) -> None:
        while not over():
            self._look(rebuild)
            self.watch.on_wait()
            time.sleep(POLL_SECONDS)

    def _backfill(self, rebuild: Rebuild) -> None:
        backfill_id = rebuild.backfill_id
        if backfill_id is None:
            with self._still(rebuild) as connection:
                started = start_backfill(
                    connection,
                    search.write_alias(rebuild.to_index),
                    Selected(),
                    self.site.dataset,
                    self.options.max_rate,
                )
                set_backfill(connection, rebuild.rebuild_id, started.backfill_id)
            backfill_id = started.backfill_id

        def over() -> bool:
            with self.site.store.connect() as connection:
                found = get_backfill(connection, backfill_id)
            if found is None or found.state == "cancelled":
                raise OperatorError("the backfill was cancelled", "give the rebuild up: indexer index rollback")
            return found.state == "done"

        self._wait(rebuild, over)

    def _move_alias(self, rebuild: Rebuild, old: str, new: str) -> None:
        """Let readers see `new` instead of `old`, while both are written; nothing that they have seen gets older.

        `new` is written first: all that `old` shows when its refresh is switched off is in `new` too. A refresh of
        `old` that had begun before may still be under way then; the one that is asked for here waits for it.
        """
        if search.index_behind(self.site.search, self.site.alias) == new:
            search.restore_settings(self._guarded(rebuild), old)
            return
        search.add_write_alias(self._guarded(rebuild), old)
        self._write_also(rebuild, new, old)
        try:
            search.hold_refresh(self._guarded(rebuild), old)
            self._guarded(rebuild).indices.refresh(index=old)
            self._guarded(rebuild).indices.refresh(index=new)
            search.point_alias(self._guarded(rebuild), self.site.alias, new, instead_of=old, written=True)
        finally:
            # If the rebuild is no longer ours, the next process does it, or the sweep.
            with suppress(OperatorError, DBAPIError):
                search.restore_settings(self._guarded(rebuild), old)

    def _undo(self, rebuild: Rebuild) -> None:
        """Go back to the start: readers on the old index, no other index written, and the alias cannot move again."""
        if rebuild.backfill_id is not None:
            with self._still(rebuild) as connection:
                set_state(connection, rebuild.backfill_id, "cancelled")
        if search.index_behind(self.site.search, self.site.alias) == rebuild.to_index:
            self._move_alias(rebuild, rebuild.to_index, rebuild.from_index)
        self._write_also(rebuild)
        search.give_up(self._guarded(rebuild), self.site.alias, rebuild.to_index, rebuild.from_index)

    def _prune(self, rebuild: Rebuild) -> None:
        """Write only the new index, and delete the old one."""
        self._write_also(rebuild)
        search.delete_unread(self._guarded(rebuild), self.site.alias, rebuild.from_index)
