import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.store.queue.changes import SHARDS, forget_rested, read_write_tally
from indexer.store.queue.leased_change import Settle
from indexer.store.queue.leases import lease_changes, settle_changes
from indexer.store.queue.quarantine import Selection, replay

pytestmark = pytest.mark.services


def test_a_leased_change_is_not_leased_by_another_worker(store: Any) -> None:
    store.save("1", "2")
    [first] = store.lease(1)
    [second] = store.lease(5)
    assert {first.entity_id, second.entity_id} == {"1", "2"}
    assert store.lease() == []


def test_the_longest_due_of_a_shard_is_leased_first(store: Any) -> None:
    ids = [str(number) for number in range(200)]
    store.save(*ids)
    store.run("UPDATE changes SET due_at = due_at - make_interval(secs => entity_id::int)")
    leased = [lease.entity_id for _ in range(3) for lease in store.lease(1, shard=5)]
    in_shard = {row.entity_id for row in store.rows("SELECT entity_id FROM changes WHERE shard = 5")}
    assert leased == sorted(in_shard, key=int, reverse=True)[:3]


def test_the_shards_together_are_everything(store: Any) -> None:
    ids = {str(number) for number in range(200)}
    store.save(*ids)
    shares = [{lease.entity_id for lease in store.lease(200, shard=shard)} for shard in range(SHARDS)]
    assert sum(map(len, shares)) == 200
    assert set.union(*shares) == ids
    assert all(shares)


def test_a_settled_change_is_gone(store: Any) -> None:
    store.save("1", "2")
    assert store.settle(store.lease()) == (2, 0, 0)
    assert store.rows("SELECT FROM changes") == []


def test_a_change_written_during_the_lease_is_due_again(store: Any) -> None:
    store.save("1", "2")
    leases = store.lease()
    store.save("1", body="newer", updated_at=101)
    assert store.settle(leases) == (1, 1, 0)
    [again] = store.lease()
    assert (again.entity_id, again.attempts) == ("1", 1)
    assert again.revision >= store.revision()
    assert store.settle([again]) == (1, 0, 0)


def test_a_change_marked_during_the_lease_is_due_again_although_nothing_was_saved(store: Any) -> None:
    store.save("1")
    leases = store.lease()
    store.mark("1")
    assert store.settle(leases) == (0, 1, 0)


def test_a_lease_that_ended_is_taken_over_and_counted(store: Any) -> None:
    store.save("1")
    [first] = store.lease()
    store.end_leases()
    [second] = store.lease()
    assert (first.attempts, second.attempts) == (1, 2)
    assert second.lease_id != first.lease_id


def test_expired_leases_come_before_due_changes(store: Any) -> None:
    store.save("1")
    store.lease()
    store.end_leases()
    store.run("UPDATE changes SET due_at = now()")
    store.save(*(str(number) for number in range(2, 300)))
    shard = store.change("1").shard
    assert [lease.entity_id for lease in store.lease(1, shard=shard)] == ["1"]


def test_a_worker_that_lost_the_lease_changes_nothing(store: Any) -> None:
    store.save("1")
    [lost] = store.lease()
    store.end_leases()
    [held] = store.lease()
    before = store.change()[:-1]
    assert store.settle([lost]) == (0, 0, 1)
    assert store.release(lost) == (0, 0, 1)
    assert store.quarantine(lost) == (0, 0, 1)
    assert store.change()[:-1] == before
    assert store.rows("SELECT FROM quarantine") == []
    assert store.settle([held]) == (1, 0, 0)


def test_a_worker_that_lost_the_lease_does_not_end_that_of_a_later_change(store: Any) -> None:
    store.save("1")
    [lost] = store.lease()
    store.end_leases()
    store.settle(store.lease())
    store.save("1", body="newer", updated_at=101)
    store.lease()
    assert store.settle([lost]) == (0, 0, 1)
    assert store.change() is not None


def test_a_late_worker_still_settles_if_no_other_has_leased(store: Any) -> None:
    store.save("1")
    leases = store.lease()
    store.end_leases()
    assert store.settle(leases) == (1, 0, 0)


def test_a_released_change_waits_for_its_delay_with_its_error(store: Any) -> None:
    store.save("1")
    [lease] = store.lease()
    assert store.release(lease, delay=3600, error="429\0 too many requests") == (0, 1, 0)
    change = store.change()
    assert change.last_error == "429 too many requests"
    assert -3600 <= change.overdue < -3500
    assert store.lease() == []


def test_writes_do_not_shorten_the_wait(store: Any) -> None:
    store.save("1")
    [lease] = store.lease()
    store.release(lease, delay=3600)
    store.save("1", body="newer", updated_at=101)
    assert store.lease() == []


def test_retries_add_up_until_an_entity_is_indexed_and_are_not_attempts(store: Any) -> None:
    store.save("1")
    for retries in (0, 1, 2):
        [lease] = store.lease()
        assert (lease.retries, lease.attempts) == (retries, 1)
        store.release(lease)
    [lease] = store.lease()
    store.save("1", body="newer", updated_at=101)
    store.settle([lease])
    [lease] = store.lease()
    assert (lease.retries, lease.attempts) == (0, 1)
    assert store.change().last_error is None


def test_coming_back_from_a_try_ends_the_row_of_attempts_and_giving_back_untried_does_not(store: Any) -> None:
    store.save("1")
    for _ in range(3):
        store.lease()
        store.end_leases()
    [lease] = store.lease()
    store.release(lease, error=None)
    [lease] = store.lease()
    assert lease.attempts == 4
    store.release(lease, error="busy")
    assert store.lease()[0].attempts == 1


def test_a_change_given_back_untried_is_neither_an_attempt_nor_a_retry(store: Any) -> None:
    store.save("1")
    for _ in range(3):
        [lease] = store.lease()
        assert (lease.attempts, lease.retries) == (1, 0)
        store.release(lease, error=None)


def test_a_poisoned_change_moves_to_quarantine(store: Any) -> None:
    store.save("1")
    [lease] = store.lease()
    assert store.quarantine(lease, "x" * 5000) == (1, 0, 0)
    assert store.change() is None
    [kept] = store.rows("SELECT * FROM quarantine")
    assert (kept.dataset, kept.workspace_id, kept.entity_id) == ("conversations", "w", "1")
    assert (kept.revision, kept.reason, kept.payload, kept.attempts) == (lease.revision, "mapping", b"{}", 1)
    assert kept.error == "x" * 2000
    assert kept.first_at == kept.last_at


def test_a_change_written_meanwhile_is_retried_instead_of_quarantined(store: Any) -> None:
    store.save("1")
    [lease] = store.lease()
    store.save("1", body="mended", updated_at=101)
    assert store.quarantine(lease) == (0, 1, 0)
    assert store.rows("SELECT FROM quarantine") == []
    [again] = store.lease()
    assert again.attempts == 1


def test_quarantine_remembers_the_first_time_and_ends_when_it_is_indexed(store: Any) -> None:
    store.save("1", "2")
    for lease in store.lease():
        store.quarantine(lease)
    [first] = store.rows("SELECT * FROM quarantine WHERE entity_id = '1'")
    store.save("1", body="newer", updated_at=101)
    [lease] = store.lease()
    store.quarantine(lease)
    [second] = store.rows("SELECT * FROM quarantine WHERE entity_id = '1'")
    assert second.first_at == first.first_at < second.last_at
    assert second.revision > first.revision
    store.save("1", body="mended", updated_at=102)
    store.settle(store.lease())
    assert [row.entity_id for row in store.rows("SELECT entity_id FROM quarantine")] == ["2"]


def test_settling_no_leases_does_nothing(store: Any) -> None:
    assert store.settle([]) == (0, 0, 0)


def test_leases_at_the_same_time_never_overlap(store: Any) -> None:
    ids = [str(number) for number in range(600)]
    store.save(*ids)

    def drain() -> list[str]:
        taken: list[str] = []
        while leases := store.lease(7):
            taken += [lease.entity_id for lease in leases]
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [future.result() for future in [pool.submit(drain) for _ in range(4)]]
    assert sorted(chain.from_iterable(taken)) == sorted(ids)


def test_a_lease_passes_over_rows_that_are_being_leased(engine: Engine, store: Any) -> None:
    store.save("1", "2", "3")
    with engine.begin() as one, engine.begin() as other:
        first = lease_changes(one, CONVERSATIONS, None, 2, 60)
        second = lease_changes(other, CONVERSATIONS, None, 2, 60)
    assert len(first) == 2
    assert len(second) == 1
    assert {lease.entity_id for lease in first + second} == {"1", "2", "3"}


@pytest.mark.parametrize("ending", ["settle", "quarantine"])
def test_a_write_that_commits_while_a_lease_is_being_ended_is_not_lost(store: Any, engine: Engine, ending: str) -> None:
    """The statement began before the write was visible and finds out only when it gets the row's lock."""
    store.save("1")
    [lease] = store.lease()
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as writer:
            writer.exec_driver_sql("UPDATE changes SET revision = nextval('revision')")
            ended = pool.submit(store.settle, [lease]) if ending == "settle" else pool.submit(store.quarantine, lease)
            while not store.somebody_waits():
                assert not ended.done()
        assert ended.result() == (0, 1, 0)
    [again] = store.lease()
    assert again.revision > lease.revision


def test_settling_in_any_order_does_not_deadlock(store: Any, engine: Engine) -> None:
    ids = [str(number) for number in range(30)]
    start = threading.Barrier(2, timeout=20)

    def settle() -> None:
        for _ in range(30):
            leases = store.lease()
            start.wait()
            with engine.begin() as connection:
                settle_changes(connection, [Settle(lease, "indexed") for lease in leases[::-1]])
            start.wait()

    def write() -> None:
        for round_ in range(30):
            start.wait()
            store.save(*ids, body=str(round_), updated_at=1000 + round_)
            start.wait()

    store.save(*ids)
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(settle), pool.submit(write)]:
            future.result()
    store.settle(store.lease())
    assert store.rows("SELECT FROM changes") == []


def test_a_workspace_with_a_million_changes_does_not_starve_another_with_one(store: Any) -> None:
    store.save(*(str(number) for number in range(600)), workspace_id="large")
    for number in range(600, 700):
        store.save(str(number), workspace_id=f"small-{number % 3}")
    for shard in range(SHARDS):
        waiting = {
            row.workspace_id
            for row in store.rows("SELECT workspace_id FROM changes WHERE shard = %(shard)s", shard=shard)
        }
        leased = store.lease(8, shard=shard)
        assert {lease.workspace_id for lease in leased} == waiting
        assert len(leased) == 8


def test_the_rest_after_the_shares_goes_to_changes_that_are_due_longest(store: Any) -> None:
    store.save(*(str(number) for number in range(400)), workspace_id="large")
    store.save("1", workspace_id="small")
    shard = store.rows("SELECT shard FROM changes WHERE workspace_id = 'small'")[0].shard
    store.run("UPDATE changes SET due_at = due_at - make_interval(secs => entity_id::int)")
    leased = store.lease(10, shard=shard)
    oldest = sorted(
        (
            int(row.entity_id)
            for row in store.rows(
                "SELECT entity_id FROM changes WHERE workspace_id = 'large' AND shard = %(shard)s", shard=shard
            )
        ),
        reverse=True,
    )[:9]
    assert {(lease.workspace_id, int(lease.entity_id)) for lease in leased} == {
        ("small", 1),
        *(("large", id_) for id_ in oldest),
    }


def test_more_workspaces_than_a_batch_has_room_for_take_turns(store: Any) -> None:
    for number in range(300):
        store.save("1", "2", workspace_id=f"w{number}")
    shard = 3
    waiting = store.rows("SELECT workspace_id, entity_id FROM changes WHERE shard = 3")
    leased = [lease for _ in range(100) for lease in store.lease(4, shard=shard)]
    assert sorted((lease.workspace_id, lease.entity_id) for lease in leased) == sorted(map(tuple, waiting))


def test_an_entity_just_indexed_rests_and_a_quiet_one_is_due_at_once(store: Any) -> None:
    store.save("1")
    store.settle(store.lease(), rest=3600)
    saved = store.save("1", body="newer", updated_at=101)
    assert saved.shards == frozenset()
    assert -3600 <= store.change().overdue < -3500
    assert store.lease() == []
    assert store.save("2").shards == {store.change("2").shard}
    assert [lease.entity_id for lease in store.lease()] == ["2"]


def test_an_entity_written_during_the_lease_rests_too(store: Any) -> None:
    store.save("1")
    leases = store.lease()
    store.save("1", body="newer", updated_at=101)
    assert store.settle(leases, rest=3600) == (0, 1, 0)
    assert store.lease() == []


def test_a_mark_waits_for_the_rest_and_a_replay_does_not(store: Any) -> None:
    store.save("1", "2")
    for lease in store.lease():
        store.quarantine(lease) if lease.entity_id == "2" else store.settle([lease], rest=3600)
    store.mark("1")
    assert store.lease() == []
    with store.engine.begin() as connection:
        replay(connection, Selection(CONVERSATIONS, "w"))
    assert [lease.entity_id for lease in store.lease()] == ["2"]


def test_a_rest_that_is_over_is_forgotten(store: Any, engine: Engine) -> None:
    store.save("1", "2")
    first, second = store.lease()
    store.settle([first], rest=0.001)
    store.settle([second], rest=3600)
    with engine.begin() as connection:
        forget_rested(connection)
    assert [row.entity_id for row in store.rows("SELECT entity_id FROM recently_indexed")] == [second.entity_id]


def accounted(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: count for name, count in read_write_tally(connection, CONVERSATIONS)._asdict().items() if count}


def test_every_accepted_write_has_one_outcome(store: Any, engine: Engine) -> None:
    store.save("1", "2", "3", "4")
    store.save("1", body="newer", updated_at=101)
    assert accounted(engine) == {"written": 5, "queued": 5}
    leases = {lease.entity_id: lease for lease in store.lease()}
    with engine.begin() as connection:
        settle_changes(connection, [Settle(leases["1"], "indexed"), Settle(leases["2"], "superseded")])
    with engine.begin() as connection:
        settle_changes(connection, [Settle(leases["3"], "deleted")])
    store.quarantine(leases["4"])
    assert accounted(engine) == {"written": 5, "indexed": 2, "superseded": 1, "deleted": 1, "quarantined": 1}
    store.settle(leases.values())
    assert accounted(engine)["written"] == 5


def test_writes_during_a_lease_are_accounted_with_the_next(store: Any, engine: Engine) -> None:
    store.save("1")
    leases = store.lease()
    store.save("1", body="newer", updated_at=101)
    store.save("1", body="newest", updated_at=102)
    store.settle(leases)
    assert accounted(engine) == {"written": 3, "indexed": 1, "queued": 2}
    [lease] = store.lease()
    store.release(lease)
    [lease] = store.lease()
    store.save("1", body="mended", updated_at=103)
    store.quarantine(lease)
    assert accounted(engine) == {"written": 4, "indexed": 1, "queued": 3}
    store.settle(store.lease())
    assert accounted(engine) == {"written": 4, "indexed": 4}
