"""A dataset's index made anew beside the old one, while changes keep coming and readers notice nothing.

    create       an empty index of the newest mapping, to be filled fast
    dual_write   every change is written to it too, first there and then behind the alias
    backfill     history, range by range, by all workers
    settle_in    the settings for every day; refreshed, and healthy
    verify       compared with the store, revision by revision and some documents whole
    ready        nothing is done before somebody says so (`swap`), or at once
    swap         the alias moves, in one call
    grace        the old index is written too, so that going back loses nothing (`rollback`, `prune`)

The step stands in PostgreSQL and is stepped on only when it is done, and each can be done again: when a process is
killed, the next one goes on from there. Only one acts at a time, under the lock of `rebuild_lock`; right before
everything that it does in Elasticsearch it looks whether it still has the lock and the rebuild is still at its step.

A document is written to the other indices before it is written behind the alias, so what readers see is always in the
other index too: in whichever direction the alias moves, nothing gets older.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from elasticsearch import ApiError, Elasticsearch, TransportError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from indexer import search
from indexer.datasets.dataset import Dataset
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.indexing.reconciler import Reconciled, Reconciler
from indexer.search import ONE_SHARD, Owner, Spread
from indexer.search.drift import breaking, drift
from indexer.store.jobs.backfills import (
    Selected,
    count_selected,
    get_backfill,
    set_state,
    start_backfill,
    usual_rate,
)
from indexer.store.jobs.rebuild_lock import RebuildLock, hold_rebuild, holder_of_rebuild
from indexer.store.jobs.rebuilds import (
    Rebuild,
    Step,
    await_leases,
    awaited,
    current_rebuild,
    is_at_step,
    note_error,
    set_backfill,
    set_targets,
    start_rebuild,
    step_on,
    write_targets,
)

POLL_SECONDS = 0.25

_ROOM = 1.5
"""An index being filled takes up to so many times its final size."""

_SMALLEST = 0.9
"""Of the documents that readers have now, at least so many must be in what they get."""


ASSUMED_RATE = 2_000.0
"""Conversations a second to reckon with where no history has been written yet: less than two cores manage."""


class Plan(NamedTuple):
    """What a rebuild would do: documents to write, bytes of JSON to read, bytes of the index there is, free bytes.

    `seconds` is how long writing history may take, at `per_second`: what it went at the last time, `ASSUMED_RATE`
    before the first. `breaking` are the fields of the index there is that the new one would not have, or not as they
    are.
    """

    from_index: str
    to_index: str
    conversations: int
    source_bytes: int
    index_bytes: int
    free_bytes: int | None
    per_second: float
    seconds: float
    breaking: list[str]


class Verified(NamedTuple):
    """What a comparison of the new index with the store found, and how many documents both indices have."""

    found: Reconciled
    documents: int
    documents_before: int
    refused: int


@dataclass(frozen=True, slots=True)
class Rebuilder:
    """Where everything is. `on_step` hears of every step before it is done, `on_wait` again and again of waiting.

    Whatever changes something holds the lock on the dataset's rebuild meanwhile; while another process has it,
    `OperatorError` is raised, which names that process.
    """

    store: Engine
    search: Elasticsearch
    prefix: str
    reconciler: Reconciler
    spread: Spread = ONE_SHARD
    on_step: Callable[[Rebuild], None] = lambda _: None
    on_wait: Callable[[], None] = lambda: None
    max_rate: float | None = None
    accept_drift: bool = False
    deep_share: float = 0.01
    dataset: Dataset = field(kw_only=True)
    lock: RebuildLock | None = None
    owner: Owner | None = None

    @property
    def alias(self) -> str:
        """What readers use."""
        return search.alias_name(self.prefix, self.dataset.name)

    def current(self) -> Rebuild | None:
        """The rebuild that is going on."""
        with self.store.connect() as connection:
            return current_rebuild(connection, self.dataset)

    def holder(self) -> str | None:
        """Which process acts on the dataset's rebuild, None if none does."""
        with self.store.connect() as connection:
            return holder_of_rebuild(connection, self.dataset)

    def plan(self) -> Plan:
        """What `start` would begin; raises `OperatorError` for what stands in the way."""
        from_index = search.index_behind(self.search, self.alias)
        self._expect_own()
        if from_index is None:
            raise OperatorError(f"there is no alias {self.alias}", "create an index: indexer index create")
        to_index = search.unused_name(self.search, self.prefix, self.dataset.name, datetime.now(UTC))
        with self.store.connect() as connection:
            conversations, source_bytes = count_selected(connection, Selected(), self.dataset)
            per_second = usual_rate(connection) or ASSUMED_RATE
        per_second = min(per_second, self.max_rate or per_second)
        index_bytes = sum(
            one.size for one in search.status(self.search, self.prefix, [self.dataset.name]) if one.index == from_index
        )
        return Plan(
            from_index,
            to_index,
            conversations,
            source_bytes,
            index_bytes,
            search.free_bytes(self.search),
            per_second,
            conversations / per_second,
            breaking(self.search, from_index, to_index),
        )

    def start(self) -> Rebuild:
        """Begin a rebuild; raises `OperatorError` where one is going on, there is no room, or fields would break."""
        with self._alone() as acting:
            return acting._start()

    def _start(self) -> Rebuild:
        plan = self.plan()
        if plan.breaking and not self.accept_drift:
            raise OperatorError(
                f"{plan.from_index} has fields that the new index would lack or map differently: "
                f"{', '.join(plan.breaking)}",
                "list them: indexer index drift; declare them in a new version (make mapping), or rebuild "
                "without them: indexer index rebuild --accept-drift",
            )
        needed = int(_ROOM * plan.index_bytes)
        if plan.free_bytes is not None and plan.free_bytes < needed:
            raise OperatorError(
                f"Elasticsearch has {plan.free_bytes:,} bytes free, and a second index needs up to {needed:,}",
                "free disk space, or remove indices that readers do not use: indexer index prune",
            )
        with self._held().transaction() as connection:
            return start_rebuild(connection, self.dataset, plan.from_index, plan.to_index)

    def run(self, rebuild: Rebuild, until: Step) -> Rebuild:
        """Do step after step up to `until` (not itself) and return; raises what a step raises, which is then noted."""
        with self._alone() as acting:
            return acting._run(rebuild, until)

    def _run(self, rebuild: Rebuild, until: Step) -> Rebuild:
        while rebuild.step != until and rebuild.ended_at is None:
            self.on_step(rebuild)
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
            rebuild = self._step_on(rebuild, following)
        return rebuild

    def _expect_own(self, *indices: str) -> None:
        """Raise `OtherInstallation` if what readers use, or one of these, belongs to another installation."""
        if self.owner is not None:
            self.owner.expect(self.alias, *indices)

    @property
    def _installation(self) -> str | None:
        return None if self.owner is None else self.owner.installation

    @contextmanager
    def _alone(self) -> Iterator["Rebuilder"]:
        """This rebuilder, with the lock."""
        with hold_rebuild(self.store, self.dataset) as lock:
            yield replace(self, lock=lock)

    def _held(self) -> RebuildLock:
        if self.lock is None:
            raise RuntimeError("a rebuild is acted on without its lock")
        return self.lock

    def _step_on(self, rebuild: Rebuild, following: Step) -> Rebuild:
        with self._still(rebuild) as connection:
            return step_on(connection, rebuild.rebuild_id, following)

    @contextmanager
    def _still(self, rebuild: Rebuild) -> Iterator[Connection]:
        """A transaction under the lock; raises `OperatorError` if that is lost or the rebuild has left its step."""
        with self._held().transaction() as connection:
            if not is_at_step(connection, rebuild.rebuild_id, rebuild.step):
                raise OperatorError("another process continued this rebuild", "see its progress: indexer index status")
            yield connection

    def _look(self, rebuild: Rebuild) -> None:
        with self._still(rebuild):
            pass

    def _guarded(self, rebuild: Rebuild) -> Elasticsearch:
        """Elasticsearch, for one effect there: raises `OperatorError` unless rebuild and indices are ours to act on."""
        self._look(rebuild)
        self._expect_own(rebuild.from_index, rebuild.to_index)
        return self.search

    def _note(self, rebuild: Rebuild, error: Exception) -> None:
        """Keep why a step could not be done, if the rebuild is still ours; the error itself is raised either way."""
        with suppress(OperatorError, DBAPIError), self._still(rebuild) as connection:
            note_error(connection, rebuild.rebuild_id, str(error))

    def _do(self, rebuild: Rebuild) -> Step:
        """Do a step, again if it was begun before; which one is next."""
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
        search.create_for_bulk(self._guarded(rebuild), rebuild.to_index, self.spread, self._installation)

    def _dual_write(self, rebuild: Rebuild) -> None:
        self._write_also(rebuild, rebuild.to_index)

    def _settle_in(self, rebuild: Rebuild) -> None:
        search.restore_settings(self._guarded(rebuild), rebuild.to_index)
        self._guarded(rebuild).indices.refresh(index=rebuild.to_index)
        search.wait_until_healthy(self.search, rebuild.to_index)

    def _verify(self, rebuild: Rebuild) -> None:
        if found := drift(self.search, rebuild.to_index):
            raise OperatorError(
                f"the mapping of the new index is not the declared one: {', '.join(one.field for one in found)}",
                "find out what changed it, and give the rebuild up: indexer index rollback",
            )
        self._require(self.verify(rebuild))

    def _swap(self, rebuild: Rebuild) -> None:
        self._move_alias(rebuild, rebuild.from_index, rebuild.to_index)
        self._write_also(rebuild, rebuild.from_index)

    def _write_also(self, rebuild: Rebuild, *indices: str) -> None:
        """Have workers write these indices before the alias, in this order, and wait for who has not heard of it."""
        with self._still(rebuild) as connection:
            set_targets(connection, rebuild, [search.write_alias(index) for index in indices])
        with self._still(rebuild) as connection:
            await_leases(connection, rebuild)
        self._wait(rebuild, lambda: self._awaited(rebuild) == 0)

    def _awaited(self, rebuild: Rebuild) -> int:
        with self.store.connect() as connection:
            return awaited(connection, rebuild)

    def _wait(self, rebuild: Rebuild, over: Callable[[], bool]) -> None:
        while not over():
            self._look(rebuild)
            self.on_wait()
            time.sleep(POLL_SECONDS)

    def _backfill(self, rebuild: Rebuild) -> None:
        backfill_id = rebuild.backfill_id
        if backfill_id is None:
            with self._still(rebuild) as connection:
                started = start_backfill(
                    connection, search.write_alias(rebuild.to_index), Selected(), self.dataset, self.max_rate
                )
                set_backfill(connection, rebuild.rebuild_id, started.backfill_id)
            backfill_id = started.backfill_id

        def over() -> bool:
            with self.store.connect() as connection:
                found = get_backfill(connection, backfill_id)
            if found is None or found.state == "cancelled":
                raise OperatorError("the backfill was cancelled", "give the rebuild up: indexer index rollback")
            return found.state == "done"

        self._wait(rebuild, over)

    def verify(self, rebuild: Rebuild) -> Verified:
        """Compare the new index with the store, the whole by revisions and a share of it document by document."""
        self.search.indices.refresh(index=rebuild.from_index)
        before = int(self.search.count(index=rebuild.from_index)["count"])
        candidate = replace(
            self.reconciler, alias=rebuild.to_index, deep_share=self.deep_share, repair=False, most_samples=20
        )
        found = candidate.run()
        documents = int(self.search.count(index=rebuild.to_index)["count"])
        target = search.write_alias(rebuild.to_index)
        with self.store.connect() as connection:
            refused = sum(one.refused for one in write_targets(connection, self.dataset) if one.alias == target)
        return Verified(found, documents, before, refused)

    def _require(self, verified: Verified) -> None:
        found = verified.found
        if verified.documents < _SMALLEST * verified.documents_before:
            raise OperatorError(
                f"the new index has {verified.documents:,} documents, the old one {verified.documents_before:,}",
                "check whether DATABASE_URL is correct; to give the rebuild up: indexer index rollback",
            )
        if found.differences or verified.refused:
            first = ", ".join(f"{one.kind} {one.document}" for one in found.samples[:3])
            raise OperatorError(
                f"the new index does not match the store: {found.missing:,} missing, {found.stale:,} stale, "
                f"{found.orphaned:,} orphaned, {found.differing:,} differing, {verified.refused:,} refused"
                + (f"; first {first}" if first else ""),
                "see the differences: indexer index verify; to give the rebuild up: indexer index rollback",
            )

    def _move_alias(self, rebuild: Rebuild, old: str, new: str) -> None:
        """Let readers see `new` instead of `old`, both being written; nothing that they have seen gets older.

        `new` is written first: what `old` shows when its refresh is held, and be it of this moment, is in `new` too.
        """
        if search.index_behind(self.search, self.alias) == new:
            search.restore_settings(self._guarded(rebuild), old)
            return
        search.add_write_alias(self._guarded(rebuild), old)
        self._write_also(rebuild, new, old)
        try:
            search.hold_refresh(self._guarded(rebuild), old)
            self._guarded(rebuild).indices.refresh(index=new)
            search.point_alias(self._guarded(rebuild), self.alias, new, instead_of=old, written=True)
        finally:
            # If the rebuild is no longer ours, the next process does it, or the sweep.
            with suppress(OperatorError, DBAPIError):
                search.restore_settings(self._guarded(rebuild), old)

    def _undo(self, rebuild: Rebuild) -> None:
        """Back to where it began: readers on the old index, nothing written beside it, nor can the alias move again."""
        if rebuild.backfill_id is not None:
            with self._still(rebuild) as connection:
                set_state(connection, rebuild.backfill_id, "cancelled")
        if search.index_behind(self.search, self.alias) == rebuild.to_index:
            self._move_alias(rebuild, rebuild.to_index, rebuild.from_index)
        self._write_also(rebuild)
        search.give_up(self._guarded(rebuild), self.alias, rebuild.to_index, rebuild.from_index)

    def rollback(self) -> Rebuild:
        """Give up the rebuild that is going on, swapped or not; the old index is what readers see, with all changes.

        Raises `OperatorError` if a prune has begun: from then on the old index lacks what has changed.
        """
        with self._alone() as acting:
            rebuild = acting._expected()
            if rebuild.step == "grace" and not acting._writes_beside(rebuild.from_index):
                raise OperatorError(
                    f"a prune has begun, and {rebuild.from_index} lacks the changes since then",
                    "finish the prune: indexer index prune",
                )
            if rebuild.step != "undo":
                rebuild = acting._step_on(rebuild, "undo")
            return acting._run(rebuild, "rolled_back")

    def _writes_beside(self, index: str) -> bool:
        with self.store.connect() as connection:
            return search.write_alias(index) in [one.alias for one in write_targets(connection, self.dataset)]

    def _prune(self, rebuild: Rebuild) -> None:
        """Write the new index alone, and delete the old one."""
        self._write_also(rebuild)
        search.delete_unread(self._guarded(rebuild), self.alias, rebuild.from_index)

    def prune(self, rebuild: Rebuild | None, indices: Sequence[str]) -> list[str]:
        """End a rebuild that has swapped (None: none is going on), and delete those of `indices` that nobody reads.

        Returns what has been deleted. Raises `OperatorError` if the rebuild is another or at another step by now.
        """
        with self._alone() as acting:
            if rebuild is not None:
                acting._run(rebuild, "pruned")
            elif acting.current() is not None:
                raise OperatorError(f"a rebuild of {self.dataset} has begun", "see its progress: indexer index status")
            removed = [index for index in acting.unread() if index in indices]
            self._expect_own(*removed)
            for index in removed:
                search.delete_unread(self.search, self.alias, index)
        return removed if rebuild is None else [rebuild.from_index, *removed]

    def unread(self) -> list[str]:
        """The indices of the dataset that are not behind its alias; of a rebuild before its swap none."""
        current = self.current()
        if current is not None and current.step != "grace":
            return []
        return [one.index for one in search.status(self.search, self.prefix, [self.dataset.name]) if not one.alias]

    def _expected(self) -> Rebuild:
        rebuild = self.current()
        if rebuild is None:
            raise OperatorError(f"no rebuild of {self.dataset} is in progress", "start one: indexer index rebuild")
        return rebuild
