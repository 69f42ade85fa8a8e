"""Walks: whole ones, slow ones, ones in steps, and ones beside writers and workers."""

# ruff: noqa: S608 - the statements are the tests' own

import threading
import tracemalloc
from typing import Any

import pytest
from redis import Redis
from structlog.testing import capture_logs

from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.drain import Drain
from indexer.indexing.reconcile_walk import Walk, load_walk, reconcile_step, save_walk
from indexer.indexing.reconciler import ReconcileCounts, Reconciled, ReconcileOptions, Reconciler
from tests.indexing.store_and_index import (
    W,
    counts,
    light_rows,
    make_stale,
    orphan,
    remove,
    run,
    save,
    saved,
    seen,
)

pytestmark = pytest.mark.services


def test_if_store_and_index_agree_nothing_is_found(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, *range(1, 8))
    for share in (0, 0.5, 1):
        found = reconciler.run(options=ReconcileOptions(deep_share=share))
        assert found == Reconciled(documents=7, indexed=7)


def test_an_empty_store_and_an_empty_index_are_equal(reconciler: Reconciler) -> None:
    assert reconciler.run() == Reconciled()


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_every_kind_is_found_whatever_the_length_of_the_steps(drain: Drain, reconciler: Reconciler, limit: int) -> None:
    saved(drain, *range(10, 20))
    remove(drain, 10)
    remove(drain, 19)
    make_stale(drain, 13)
    orphan(drain, ("a", "1"), (W, "145"), (W, "99"), ("x", "1"))
    drain.search.indices.refresh(index=drain.alias)
    found, cursor, steps = Reconciled(), reconciler.step(Reconciled(), None, 100), 0
    assert cursor is None
    while steps == 0 or cursor is not None:
        cursor = reconciler.step(found, cursor, limit)
        steps += 1
    assert (found.documents, counts(found)) == (14, {"missing": 2, "stale": 1, "orphaned": 4})
    assert len(set(seen(found))) == 7


def test_one_workspace_is_compared_without_the_others(drain: Drain, reconciler: Reconciler) -> None:
    for workspace in ("a", W, "z"):
        save(drain, 1, 2, workspace=workspace)
    drain.run()
    for name in ("a:1", "w:1", "z:1"):
        drain.search.delete(index=drain.alias, id=name)
    orphan(drain, (W, "9"), ("z", "9"))
    found = reconciler.run(W)
    assert (found.documents, seen(found)) == (3, [("orphaned", "w:9"), ("missing", "w:1")])


def test_orphans_that_are_most_of_the_index_are_only_deleted_if_asked_for(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1)
    orphan(drain, *(("x", str(number)) for number in range(150)))
    found = reconciler.run(options=ReconcileOptions(repair=True))
    assert (found.orphaned, found.spared, found.repaired) == (150, 150, 0)
    assert counts(reconciler.run()) == {"orphaned": 150}
    assert reconciler.run(options=ReconcileOptions(repair=True, delete_any=True)).repaired == 150
    assert counts(reconciler.run()) == {}


def test_as_many_differences_are_kept_as_asked_for(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, *range(10))
    for number in range(10):
        remove(drain, number)
    found = reconciler.run(options=ReconcileOptions(most_samples=3))
    assert (found.missing, len(found.samples)) == (10, 3)


def test_a_rate_makes_small_steps_with_a_pause_after_each(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, *range(10))
    pauses: list[float] = []
    told: list[int] = []
    reconciler.run(max_rate=4, wait=pauses.append, on_documents=told.append)
    assert told == [4, 8, 10]
    assert len(pauses) == 2
    assert pauses[1] <= 2


def test_no_false_difference_is_found_while_conversations_are_saved_deleted_and_indexed(
    drain: Drain, reconciler: Reconciler
) -> None:
    saved(drain, *range(40))
    over = threading.Event()
    failures: list[BaseException] = []

    def until_over(what: Any) -> threading.Thread:
        def loop() -> None:
            round_ = 0
            try:
                while not over.is_set():
                    round_ += 1
                    what(round_)
            except BaseException as error:
                failures.append(error)

        return threading.Thread(target=loop)

    def write_some(round_: int) -> None:
        # Every round saves anew what an earlier one deleted, and deletes others, each with its change.
        save(drain, *(number for number in range(60) if number % 7 == round_ % 7), at=100 + round_)
        run(
            drain,
            f"""
            WITH gone AS (
                UPDATE conversations SET deleted = true, revision = nextval('revision')
                WHERE workspace_id = 'w' AND mod(conversation_id::int, 5) = {round_ % 5} AND NOT deleted
                RETURNING conversation_id, revision
            )
            INSERT INTO changes (dataset, workspace_id, entity_id, revision, first_changed_at, due_at)
            SELECT 'conversations', 'w', conversation_id, revision, now(), now() FROM gone ORDER BY 2, 3
            ON CONFLICT (dataset, workspace_id, entity_id) DO UPDATE SET revision = nextval('revision')
            """,
        )

    threads = [until_over(write_some), until_over(lambda _: drain.run())]
    for thread in threads:
        thread.start()
    looked = 0
    try:
        for round_ in range(30):
            found = reconciler.run(options=ReconcileOptions(deep_share=round_ % 2))
            assert counts(found) == {}, found.samples
            looked += found.documents
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert looked > 0
    drain.run()
    found = reconciler.run(options=ReconcileOptions(deep_share=1))
    assert (counts(found), found.queued) == ({}, 0)


def test_steps_walk_everything_again_and_again(drain: Drain, reconciler: Reconciler, redis_url: str) -> None:
    saved(drain, *range(10, 20))
    remove(drain, 17)
    drain.search.indices.refresh(index=drain.alias)
    with Redis.from_url(redis_url) as redis, capture_logs() as logs:
        documents, missing, cursors, results = 0, 0, [], []
        for _ in range(8):
            step = reconcile_step(reconciler, load_walk(redis, CONVERSATIONS), 3, ReconcileOptions(repair=True))
            save_walk(redis, step.walk, CONVERSATIONS)
            cursors.append(None if step.walk.cursor is None else step.walk.cursor[1])
            documents += step.found.documents
            missing += step.found.missing
            results += [step.result] if step.result else []
        redis.flushdb()
        assert load_walk(redis, CONVERSATIONS) == Walk()
    assert cursors == ["12", "15", "18", None] * 2
    assert (documents, missing) == (20, 1)  # in the second round it waits in the queue
    first = ReconcileCounts(documents=10, missing=1, repaired=1)
    assert [one.counts for one in results] == [first, ReconcileCounts(documents=10, queued=1)]
    assert all(0 < one.began_at <= one.ended_at for one in results)
    assert [log["event"] for log in logs] == ["reconciled"] * 2 + ["differences"] + ["reconciled"] * 5
    assert (logs[2]["missing"], logs[2]["repaired"], logs[2]["first"]) == (1, 1, ["missing: w:17"])
    drain.run()
    assert counts(reconciler.run(options=ReconcileOptions(deep_share=1))) == {}


def test_orphans_that_are_most_of_a_walk_by_steps_are_spared_though_each_step_has_only_some(
    drain: Drain, reconciler: Reconciler, redis_url: str
) -> None:
    """As if the store were another installation's: between each two of its keys there are documents of this one."""
    saved(drain, *range(1_000, 1_010))
    orphan(drain, *[(W, f"{1_000 + place // 20}-{place:03}") for place in range(200)])
    drain.search.indices.refresh(index=drain.alias)
    repaired = spared = 0
    with Redis.from_url(redis_url) as redis:
        while True:
            step = reconcile_step(reconciler, load_walk(redis, CONVERSATIONS), 2, ReconcileOptions(repair=True))
            save_walk(redis, step.walk, CONVERSATIONS)
            repaired, spared = repaired + step.found.repaired, spared + step.found.spared
            if step.walk.cursor is None:
                break
    assert 0 < repaired <= 100
    assert repaired + spared == 200
    assert step.result is not None
    assert (step.result.counts.orphaned, step.result.counts.repaired) == (200, repaired)


def peak(reconciler: Reconciler) -> tuple[int, int]:
    """The most memory that Python had at once during a run, in bytes, and the documents of the run."""
    tracemalloc.start()
    found = reconciler.run()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, found.documents


def test_memory_does_not_grow_with_the_documents_or_their_differences(drain: Drain, reconciler: Reconciler) -> None:
    light_rows(drain, 1, 2_000)
    reconciler.run()
    small, documents = peak(reconciler)
    assert documents == 2_000
    light_rows(drain, 2_001, 20_000)
    large, documents = peak(reconciler)
    assert documents == 20_000
    assert large < 1.5 * small, f"{small:,} and {large:,} bytes"
