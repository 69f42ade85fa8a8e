"""Rebuilding an index: step by step, interrupted anywhere, while everything changes and readers look."""

import math
import os
import random
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch
from sqlalchemy.exc import OperationalError

from indexer import search
from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.errors import OperatorError
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.rebuild_plan import ASSUMED_RATE
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuild_steps import RebuildOptions, RebuildSteps, Watch
from indexer.indexing.rebuilder import Rebuilder
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.indexing.verify_rebuild import verify_rebuild
from indexer.search import BulkWriter
from indexer.settings import Settings
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.deletes import delete_conversations
from indexer.store.jobs.backfills import get_backfill
from indexer.store.jobs.rebuild_lock import hold_rebuild
from indexer.store.jobs.rebuilds import ENDED, Rebuild, Step, write_targets
from indexer.store.queue.leased_change import LeasedChange, Release
from indexer.store.queue.leases import lease_changes, release_changes
from tests.builders import conversation
from tests.indexing.store_and_index import W, run, save, workers_of

pytestmark = pytest.mark.services

STEPS: tuple[Step, ...] = ("create", "dual_write", "backfill", "settle_in", "verify", "ready", "swap", "grace")

WHOLE = RebuildOptions(deep_share=1)


@pytest.fixture
def rebuilder(drain: Drain, reconciler: Reconciler, test_settings: Settings) -> Rebuilder:
    """A rebuilder whose workers work whenever it waits."""
    backfiller = Backfiller(drain.store, drain.search, BulkWriter(drain.search), batch=50)
    site = RebuildSite(drain.store, drain.search, test_settings.index_prefix, reconciler, dataset=CONVERSATIONS)
    return Rebuilder(site, Watch(on_wait=workers_of(drain, backfiller)))


def behind(drain: Drain) -> str:
    index = search.index_behind(drain.search, drain.alias)
    assert index is not None
    return index


def beside(drain: Drain) -> list[str]:
    with drain.store.connect() as connection:
        return [target.alias.removesuffix("-writes") for target in write_targets(connection, CONVERSATIONS)]


def documents(drain: Drain, index: str) -> dict[str, int]:
    drain.search.indices.refresh(index=index)
    hits = drain.search.search(index=index, size=10_000, source=["revision"])["hits"]["hits"]
    return {hit["_id"]: hit["_source"]["revision"] for hit in hits}


def right(drain: Drain, reconciler: Reconciler, index: str) -> bool:
    drain.run()
    found = replace(reconciler, alias=index).run(options=ReconcileOptions(deep_share=1))
    return (found.differences, found.queued, found.quarantined) == (0, 0, 0)


def indices(drain: Drain) -> set[str]:
    return {one.index for one in search.status(drain.search, drain.alias.split("-")[0], ["conversations"])}


def test_a_rebuild_ends_in_an_index_that_equals_the_old_one(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler
) -> None:
    save(drain, *range(1, 201))
    drain.run()
    old = behind(drain)
    steps: list[str] = []
    watch = replace(rebuilder.watch, on_step=lambda rebuild: steps.append(rebuild.step))
    rebuilder = replace(rebuilder, watch=watch)
    rebuild = rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)
    assert steps == list(STEPS[:-1])
    assert behind(drain) == rebuild.to_index != old
    assert beside(drain) == [old]
    assert documents(drain, old) == documents(drain, rebuild.to_index)
    save(drain, 1, at=100)
    save(drain, 201)
    assert right(drain, reconciler, rebuild.to_index)
    assert right(drain, reconciler, old)
    assert rebuilder.run(rebuild, until="pruned", options=WHOLE).ended_at is not None
    assert indices(drain) == {rebuild.to_index}
    assert beside(drain) == []
    assert right(drain, reconciler, drain.alias)


def test_the_new_index_has_the_settings_of_its_version_again(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, 1)
    rebuild = rebuilder.run(rebuilder.start(), until="ready", options=WHOLE)
    live = drain.search.indices.get_settings(index=rebuild.to_index)[rebuild.to_index]["settings"]["index"]
    assert (live["refresh_interval"], live["auto_expand_replicas"]) == ("1s", "0-1")
    [status] = [
        one
        for one in search.status(drain.search, rebuilder.site.prefix, ["conversations"])
        if one.index == rebuild.to_index
    ]
    assert (status.drift, status.alias, status.documents) == (False, False, 1)


@pytest.mark.parametrize("step", [*STEPS, "swapped"])
def test_after_a_rollback_at_any_step_the_old_index_has_everything(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler, step: Step
) -> None:
    save(drain, *range(1, 31))
    drain.run()
    old = behind(drain)
    rebuild = rebuilder.run(rebuilder.start(), until="grace" if step == "swapped" else step, options=WHOLE)
    save(drain, *range(20, 41), at=100)
    with drain.store.begin() as connection:
        delete_conversations(connection, W, ["1"], 9)
    drain.run()
    assert rebuilder.rollback().step == "rolled_back"
    assert behind(drain) == old
    assert beside(drain) == []
    assert len(documents(drain, old)) == 39
    assert right(drain, reconciler, drain.alias)
    assert rebuilder.current() is None
    assert rebuild.to_index != old


class Killed(BaseException):
    pass


def interrupted(rebuilder: Rebuilder, rebuild: Rebuild, after: str) -> None:
    """Everything that the step does is done, and the process dies before it can say so."""

    class Dying(RebuildSteps):
        def step_on(self, rebuild: Rebuild, following: Step) -> Rebuild:
            if rebuild.step == after:
                raise Killed
            return super().step_on(rebuild, following)

    with hold_rebuild(rebuilder.site.store, CONVERSATIONS) as lock, pytest.raises(Killed):
        Dying(rebuilder.site, lock, rebuilder.watch, WHOLE).run(rebuild, until="grace")


@pytest.mark.parametrize("step", STEPS[:-1])
def test_who_goes_on_after_a_kill_does_the_step_again(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler, step: Step
) -> None:
    save(drain, *range(1, 31))
    drain.run()
    interrupted(rebuilder, rebuilder.start(), step)
    found = rebuilder.current()
    assert found is not None
    assert found.step == step
    save(drain, *range(20, 41), at=100)
    rebuild = rebuilder.run(found, until="grace", options=WHOLE)
    assert behind(drain) == rebuild.to_index
    assert beside(drain) == [rebuild.from_index]
    assert right(drain, reconciler, rebuild.to_index)
    assert right(drain, reconciler, rebuild.from_index)
    assert indices(drain) == {rebuild.from_index, rebuild.to_index}


def test_a_second_rebuild_is_refused_while_one_is_going_on(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, 1)
    rebuilder.start()
    with pytest.raises(OperatorError, match="another rebuild"):
        rebuilder.start()
    rebuilder.rollback()
    assert rebuilder.start().step == "create"


def test_a_new_index_that_is_not_what_the_store_says_is_not_swapped_in(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, *range(1, 31))
    drain.run()
    old = behind(drain)
    rebuild = rebuilder.run(rebuilder.start(), until="verify", options=WHOLE)
    drain.search.delete(index=rebuild.to_index, id="w:7", refresh=True)
    with pytest.raises(OperatorError, match=r"1 missing.*missing w:7"):
        rebuilder.run(rebuild, until="grace", options=WHOLE)
    found = rebuilder.current()
    assert found is not None
    assert (found.step, behind(drain)) == ("verify", old)
    assert "1 missing" in (found.last_error or "")


def test_an_index_that_is_too_small_is_not_swapped_in(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, *range(1, 31))
    drain.run()
    run(drain, "DELETE FROM conversations WHERE conversation_id::int > 5")
    with pytest.raises(OperatorError, match="the new index has 5 documents, the old one 30"):
        rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)


def test_without_room_on_the_disks_nothing_is_begun(
    drain: Drain, rebuilder: Rebuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(drain, 1)
    drain.run()
    monkeypatch.setattr(search, "free_bytes", lambda _: 1)
    with pytest.raises(OperatorError, match="1 bytes free"):
        rebuilder.start()
    assert rebuilder.current() is None


def test_a_document_that_only_the_new_index_refuses_holds_nobody_up_and_stops_the_swap(
    drain: Drain, rebuilder: Rebuilder
) -> None:
    save(drain, *range(1, 31))
    drain.run()
    rebuild = rebuilder.run(rebuilder.start(), until="backfill", options=WHOLE)
    drain.search.indices.delete(index=rebuild.to_index)
    mappings = dict(search.definition("conversations").mappings)
    mappings["properties"] = {name: field for name, field in mappings["properties"].items() if name != "title"}
    drain.search.indices.create(
        index=rebuild.to_index,
        mappings=mappings,
        aliases={search.write_alias(rebuild.to_index): {}},
    )
    titled = CONVERSATIONS.incoming(orjson.dumps(conversation(id="31", at=1, title="a title")))
    with drain.store.begin() as connection:
        save_conversations(connection, W, [titled])
    assert drain.run() == {"indexed": 1}
    rebuild = rebuilder.run(rebuild, until="verify", options=WHOLE)
    verified = verify_rebuild(rebuilder.site, rebuild, deep_share=1)
    assert (verified.refused, verified.found.missing) == (1, 1)
    assert [one.document for one in verified.found.samples] == ["w:31"]
    with pytest.raises(OperatorError, match="not the declared one: <_meta>, title"):
        rebuilder.run(rebuild, until="grace", options=WHOLE)


def test_a_new_index_that_somebody_has_deleted_holds_nobody_up(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, 1)
    drain.run()
    rebuild = rebuilder.run(rebuilder.start(), until="settle_in", options=WHOLE)
    drain.search.indices.delete(index=rebuild.to_index)
    save(drain, 2)
    assert drain.run() == {"indexed": 1}
    assert not drain.search.indices.exists(index=rebuild.to_index)
    rebuilder.rollback()


class Crowd:
    """A writer at full speed, workers, and a reader that remembers what it has seen."""

    def __init__(self, drain: Drain, settings: Settings) -> None:
        self.drain = drain
        self.settings = settings
        self.over = threading.Event()
        self.faults: list[str] = []
        self.looks = 0
        self.threads = [
            threading.Thread(target=self._guarded, args=(one,)) for one in (self.write, self.work, self.read)
        ]

    def __enter__(self) -> "Crowd":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _guarded(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:  # an error in a thread would be lost
            self.faults.append(repr(error))
            self.over.set()

    def write(self) -> None:
        draw = random.Random(7)
        for time in range(100, 100_000):
            if self.over.is_set():
                return
            save(self.drain, *{draw.randrange(1, 400) for _ in range(5)}, at=time)
            if time % 10 == 0:
                with self.drain.store.begin() as connection:
                    delete_conversations(connection, W, [str(draw.randrange(400, 500))], time)
                save(self.drain, draw.randrange(400, 500), at=time + 1)

    def work(self) -> None:
        while not self.over.wait(0.01):
            self.drain.run()

    def read(self) -> None:
        """Conversations below 200 are never deleted and were there before: each must be seen once, in every look."""
        assert self.settings.elasticsearch_url is not None
        seen: dict[str, int] = {}
        with Elasticsearch(self.settings.elasticsearch_url) as client:
            while not self.over.is_set():
                found = client.search(
                    index=self.drain.alias, size=1_000, source=["revision"], allow_partial_search_results=False
                )["hits"]["hits"]
                names = [hit["_id"] for hit in found]
                revisions = {hit["_id"]: hit["_source"]["revision"] for hit in found}
                if len(set(names)) < len(names):
                    self.faults.append("a conversation was seen twice")
                for id_ in range(1, 200):
                    if f"{W}:{id_}" not in revisions:
                        self.faults.append(f"{id_} is missing")
                older = [name for name, revision in revisions.items() if revision < seen.get(name, 0)]
                if older:
                    self.faults.append(f"older than seen: {older}")
                seen.update(revisions)
                self.looks += 1


@pytest.fixture
def crowd(drain: Drain, test_settings: Settings) -> Iterator[Crowd]:
    save(drain, *range(1, 450))
    drain.run()
    drain.search.indices.refresh(index=drain.alias)
    with Crowd(drain, test_settings) as crowd:
        yield crowd


def test_readers_notice_nothing_of_swaps_and_rollbacks_while_everything_changes(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler, crowd: Crowd
) -> None:
    for _ in range(2):
        rebuild = rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)
        looks: Any = crowd.looks
        while crowd.looks < looks + 20 and not crowd.faults:
            pass
        rebuilder.rollback()
        drain.search.indices.delete(index=rebuild.to_index)
    rebuild = rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)
    crowd.__exit__()
    assert crowd.faults == []
    assert crowd.looks > 50
    assert right(drain, reconciler, rebuild.to_index)
    assert right(drain, reconciler, rebuild.from_index)
    assert rebuild.step not in ENDED


def test_a_rebuild_spreads_the_documents_anew(drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler) -> None:
    save(drain, *range(1, 101))
    drain.run()
    rebuilder = replace(rebuilder, site=replace(rebuilder.site, spread=search.Spread(4, 3)))
    rebuild = rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)
    live = drain.search.indices.get_settings(index=rebuild.to_index)[rebuild.to_index]["settings"]["index"]
    assert (live["number_of_shards"], live["routing_partition_size"]) == ("4", "3")
    save(drain, *range(50, 121), at=100)
    assert right(drain, reconciler, rebuild.to_index)
    assert right(drain, reconciler, rebuild.from_index)
    assert documents(drain, rebuild.from_index) == documents(drain, rebuild.to_index)


def test_fields_that_the_new_index_would_not_have_stop_a_rebuild_before_it_begins(
    drain: Drain, rebuilder: Rebuilder
) -> None:
    save(drain, 1)
    drain.run()
    drain.search.indices.put_mapping(index=behind(drain), properties={"mood": {"type": "keyword"}})
    with pytest.raises(OperatorError, match="would lack or map differently: mood"):
        rebuilder.start()
    assert rebuilder.current() is None
    assert rebuilder.plan().breaking == ["mood"]
    assert rebuilder.run(rebuilder.start(accept_drift=True), until="grace", options=WHOLE).step == "grace"


def test_a_new_index_whose_mapping_somebody_changed_is_not_swapped_to(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, 1)
    drain.run()
    old = behind(drain)
    rebuild = rebuilder.run(rebuilder.start(), until="settle_in", options=WHOLE)
    drain.search.indices.put_mapping(index=rebuild.to_index, properties={"mood": {"type": "keyword"}})
    with pytest.raises(OperatorError, match="not the declared one: mood"):
        rebuilder.run(rebuild, until="grace", options=WHOLE)
    assert behind(drain) == old


def test_a_plan_reckons_with_the_rate_of_the_last_backfill(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, *range(1, 1_001))
    drain.run()
    first = rebuilder.plan()
    assert (first.conversations, first.per_second, first.seconds) == (1_000, ASSUMED_RATE, 1_000 / ASSUMED_RATE)
    assert rebuilder.plan(max_rate=10).seconds == 100
    rebuild = rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)
    with drain.store.connect() as connection:
        backfill = get_backfill(connection, rebuild.backfill_id or 0)
    assert backfill is not None
    assert backfill.ended_at is not None
    took = (backfill.ended_at - backfill.started_at).total_seconds()
    assert rebuilder.plan().seconds == pytest.approx(took, rel=1e-3)


def test_a_write_that_is_only_half_done_at_the_swap_makes_nothing_older(
    drain: Drain, rebuilder: Rebuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(drain, 1)
    drain.run()
    rebuild = rebuilder.run(rebuilder.start(), until="swap", options=WHOLE)
    first_is_written, swapped = threading.Event(), threading.Event()

    class HalfWay(BulkWriter):
        """Writes to the first index and waits for the swap before it writes to the second."""

        def write(self, alias: str, writes: Any, until: float = math.inf) -> Any:
            if first_is_written.is_set():
                swapped.wait(60)
            settled = super().write(alias, writes, until)
            first_is_written.set()
            return settled

    worker = threading.Thread(target=replace(drain, writer=HalfWay(drain.search)).run)
    hold = search.hold_refresh

    def hold_in_the_middle_of_a_write(client: Elasticsearch, index: str) -> None:
        save(drain, 1, at=1_000)
        worker.start()
        first_is_written.wait(60)
        client.indices.refresh(index=index)
        seen.update(documents(drain, drain.alias))
        hold(client, index)

    seen: dict[str, int] = {}
    monkeypatch.setattr(search, "hold_refresh", hold_in_the_middle_of_a_write)
    with hold_rebuild(drain.store, CONVERSATIONS) as lock:
        RebuildSteps(rebuilder.site, lock, rebuilder.watch, WHOLE)._move_alias(
            rebuild, rebuild.from_index, rebuild.to_index
        )
    now = drain.search.search(index=drain.alias, source=["revision"])["hits"]["hits"]
    swapped.set()
    worker.join()
    assert [hit["_id"] for hit in now] == list(seen) == ["w:1"]
    assert now[0]["_source"]["revision"] >= seen["w:1"]


def held_up_before_its_swap(drain: Drain, rebuilder: Rebuilder) -> tuple[str, Rebuild, list[LeasedChange]]:
    """The index behind the alias, a rebuild whose swap is next, and the lease of a change for which it has to wait."""
    save(drain, 1)
    drain.run()
    old = behind(drain)
    rebuild = rebuilder.run(rebuilder.start(), until="swap", options=WHOLE)
    save(drain, 1, at=1_000)
    with drain.store.begin() as connection:
        leases = lease_changes(connection, CONVERSATIONS, None, 10, 3_600)
    assert len(leases) == 1
    return old, rebuild, leases


def let_go(drain: Drain, leases: list[LeasedChange]) -> None:
    with drain.store.begin() as connection:
        release_changes(connection, [Release(lease, 0, None) for lease in leases])


def test_while_a_swap_waits_nobody_else_can_act_and_is_told_who_does(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler
) -> None:
    old, rebuild, leases = held_up_before_its_swap(drain, rebuilder)
    refusals: list[str] = []

    def others_try() -> None:
        assert rebuilder.holder() == f"pid {os.getpid()} on {socket.gethostname()}"
        tries: list[Callable[[], object]] = [
            rebuilder.start,
            rebuilder.rollback,
            lambda: rebuilder.run(rebuild, until="grace", options=WHOLE),
            lambda: rebuilder.prune(None, [old]),
        ]
        for attempt in tries:
            with pytest.raises(OperatorError) as refused:
                attempt()
            refusals.append(str(refused.value))
        let_go(drain, leases)
        drain.run()

    done = replace(rebuilder, watch=Watch(on_wait=others_try)).run(rebuild, until="grace", options=WHOLE)
    said = f"pid {os.getpid()} on {socket.gethostname()} is at work on the rebuild of conversations"
    assert refusals == [said] * 4
    assert rebuilder.holder() is None
    assert (done.step, behind(drain), beside(drain)) == ("grace", done.to_index, [old])
    assert right(drain, reconciler, old)
    assert right(drain, reconciler, done.to_index)


def test_a_swap_that_waits_stops_when_the_rebuild_is_given_up(drain: Drain, rebuilder: Rebuilder) -> None:
    old, rebuild, _ = held_up_before_its_swap(drain, rebuilder)
    polls: list[None] = []

    def give_up() -> None:
        polls.append(None)
        run(drain, "UPDATE rebuilds SET step = 'undo'")

    with pytest.raises(OperatorError, match="another process continued"):
        replace(rebuilder, watch=Watch(on_wait=give_up)).run(rebuild, until="grace", options=WHOLE)
    assert (len(polls), behind(drain)) == (1, old)


def end_session_with_the_lock(drain: Drain) -> None:
    """As an administrator, a restart of PostgreSQL or a broken network does it."""
    run(
        drain,
        """
        SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON database = pg_database.oid
        WHERE locktype = 'advisory' AND objsubid = 2 AND datname = current_database()
        """,
    )


def test_a_swap_whose_lock_is_lost_moves_nothing_after_a_rollback(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler
) -> None:
    old, rebuild, leases = held_up_before_its_swap(drain, rebuilder)

    def lose_the_lock() -> None:
        end_session_with_the_lock(drain)
        replace(rebuilder, watch=Watch(on_wait=lambda: let_go(drain, leases))).rollback()

    with pytest.raises(OperationalError):
        replace(rebuilder, watch=Watch(on_wait=lose_the_lock)).run(rebuild, until="grace", options=WHOLE)
    assert rebuilder.current() is None
    assert (behind(drain), beside(drain)) == (old, [])
    live = drain.search.indices.get_settings(index=old)[old]["settings"]["index"]
    assert live["refresh_interval"] == "1s"
    assert right(drain, reconciler, old)


def test_a_session_that_was_connected_anew_has_no_lock(drain: Drain) -> None:
    with hold_rebuild(drain.store, CONVERSATIONS) as lock:
        with lock.transaction():
            pass
        end_session_with_the_lock(drain)
        with pytest.raises(OperationalError), lock.transaction():
            pass
        with (
            hold_rebuild(drain.store, CONVERSATIONS),
            pytest.raises(OperatorError, match="broke"),
            lock.transaction(),
        ):
            pass
    with hold_rebuild(drain.store, CONVERSATIONS), hold_rebuild(drain.store, CALLS):
        pass


def test_an_index_that_readers_use_is_not_deleted(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, 1)
    drain.run()
    old = behind(drain)
    rebuild = rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)
    with pytest.raises(OperatorError, match="is behind the alias"):
        search.delete_unread(drain.search, drain.alias, rebuild.to_index)
    assert rebuilder.prune(rebuild, [old, rebuild.to_index]) == [old]
    assert indices(drain) == {rebuild.to_index}
    search.delete_unread(drain.search, drain.alias, old)
    assert behind(drain) == rebuild.to_index


def test_a_rebuild_that_began_after_somebody_was_asked_is_not_pruned(drain: Drain, rebuilder: Rebuilder) -> None:
    save(drain, 1)
    drain.run()
    given_up = rebuilder.run(rebuilder.start(), until="ready", options=WHOLE).to_index
    rebuilder.rollback()
    unread = rebuilder.unread()
    assert unread == [given_up]
    rebuild = rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)
    with pytest.raises(OperatorError, match="has begun"):
        rebuilder.prune(None, unread)
    assert indices(drain) == {given_up, rebuild.from_index, rebuild.to_index}


def overtaken_before(drain: Drain, monkeypatch: pytest.MonkeyPatch, effect: str, overtake: Callable[[], Any]) -> None:
    """Suspend a process right before its next effect in Elasticsearch, so that it loses its lock and is overtaken."""
    do = getattr(search, effect)

    def late(*arguments: Any, **more: Any) -> None:
        monkeypatch.setattr(search, effect, do)
        end_session_with_the_lock(drain)
        overtake()
        do(*arguments, **more)

    monkeypatch.setattr(search, effect, late)


def test_an_alias_that_would_move_too_late_stays_where_it_is(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(drain, 1)
    drain.run()
    old = behind(drain)
    rebuild = rebuilder.run(rebuilder.start(), until="swap", options=WHOLE)
    overtaken_before(drain, monkeypatch, "point_alias", rebuilder.rollback)
    with pytest.raises(OperatorError, match="was not moved"):
        rebuilder.run(rebuild, until="grace", options=WHOLE)
    assert rebuilder.current() is None
    assert (behind(drain), beside(drain)) == (old, [])
    save(drain, 2)
    assert right(drain, reconciler, drain.alias)


def swapped(drain: Drain, rebuilder: Rebuilder) -> tuple[str, Rebuild]:
    """A rebuild that readers have been moved by, and the index that they were moved from."""
    save(drain, 1)
    drain.run()
    old = behind(drain)
    return old, rebuilder.run(rebuilder.start(), until="grace", options=WHOLE)


def test_an_index_that_would_be_deleted_too_late_stays(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, rebuild = swapped(drain, rebuilder)

    def by_hand() -> None:
        search.point_alias(drain.search, drain.alias, old, instead_of=rebuild.to_index)

    overtaken_before(drain, monkeypatch, "delete_unread", by_hand)
    with pytest.raises(OperatorError, match="is behind the alias"):
        rebuilder.run(rebuild, until="pruned", options=WHOLE)
    assert (behind(drain), beside(drain)) == (old, [])
    assert right(drain, reconciler, drain.alias)


def test_a_rebuild_whose_prune_was_killed_cannot_be_rolled_back_to_an_index_that_lacks_changes(
    drain: Drain, rebuilder: Rebuilder, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, rebuild = swapped(drain, rebuilder)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(search, "delete_unread", killed)
        with pytest.raises(Killed):
            rebuilder.prune(rebuild, [old])
    save(drain, 2)
    drain.run()
    with pytest.raises(OperatorError, match="a prune has begun"):
        rebuilder.rollback()
    assert behind(drain) == rebuild.to_index
    assert rebuilder.prune(rebuild, [old]) == [old]
    assert right(drain, reconciler, drain.alias)
