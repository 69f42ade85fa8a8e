from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.store.queue.drain_stops import drain_stop, resume_drain, stop_drain
from indexer.store.queue.leased_change import Poisoned
from indexer.store.queue.leases import quarantine_changes
from indexer.store.queue.quarantine import (
    Selection,
    count_by_reason,
    list_entries,
    list_purges,
    purge,
    quarantined_among,
    refused_payload,
    replay,
)

pytestmark = pytest.mark.services

EVERYTHING = Selection(CONVERSATIONS)


def poison(store: Any, *ids: str, reason: str = "refused", error: str = "no such field", workspace: str = "w") -> None:
    """Save conversations and put them into quarantine."""
    store.save(*ids, workspace_id=workspace)
    again(store, reason, error)


def again(store: Any, reason: str = "refused", error: str = "no such field") -> None:
    """Put all that is due into quarantine."""
    leases = sorted(store.lease(), key=lambda lease: lease.entity_id)
    with store.engine.begin() as connection:
        quarantine_changes(connection, [Poisoned(lease, reason, error, b'{"id": 1}') for lease in leases])


def entries(engine: Engine, selection: Selection = EVERYTHING, limit: int | None = None) -> list[Any]:
    with engine.connect() as connection:
        return list_entries(connection, selection, limit)


def ids(engine: Engine, selection: Selection = EVERYTHING, limit: int | None = None) -> list[str]:
    return [entry.entity_id for entry in entries(engine, selection, limit)]


def replayed(engine: Engine, selection: Selection = EVERYTHING) -> Any:
    with engine.begin() as connection:
        return replay(connection, selection)


def purged(engine: Engine, selection: Selection = EVERYTHING) -> int:
    with engine.begin() as connection:
        return purge(connection, selection, "ada", "test data")


def test_entries_are_listed_newest_first_up_to_a_limit(store: Any, engine: Engine) -> None:
    for number in ("1", "3", "2"):
        poison(store, number)
    assert ids(engine) == ["2", "3", "1"]
    assert ids(engine, limit=2) == ["2", "3"]


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(CONVERSATIONS, "w"), {"1", "2", "3"}),
        (Selection(CONVERSATIONS, "other"), {"1"}),
        (Selection(CONVERSATIONS, "w", ("1", "9")), {"1"}),
        (Selection(CONVERSATIONS, "w", ()), set()),
        (Selection(CONVERSATIONS, reason="READ"), {"3"}),
        (Selection(CONVERSATIONS, "w", reason="refused"), {"1", "2"}),
        (Selection(CONVERSATIONS, reason="%"), set()),
    ],
)
def test_a_selection_means_what_it_says(store: Any, engine: Engine, selection: Selection, found: set[str]) -> None:
    poison(store, "1", "2")
    poison(store, "3", reason="cannot be read")
    poison(store, "1", workspace="other")
    assert set(ids(engine, selection)) == found
    assert len(entries(engine, selection)) == len(found)


def test_reasons_are_counted_commonest_first(store: Any, engine: Engine) -> None:
    poison(store, "3", reason="cannot be read")
    poison(store, "1", "2")
    with engine.connect() as connection:
        counted = count_by_reason(connection, EVERYTHING)
    assert [(reason.reason, reason.entries) for reason in counted] == [("refused", 2), ("cannot be read", 1)]


def test_an_entity_in_quarantine_is_found_among_others(store: Any, engine: Engine) -> None:
    poison(store, "1", "2")
    with engine.connect() as connection:
        found = quarantined_among(connection, [("w", "1"), ("other", "2"), ("w", "3")], CONVERSATIONS)
        assert quarantined_among(connection, [], CONVERSATIONS) == set()
    assert found == {("w", "1")}


def test_the_payload_is_kept_byte_by_byte(store: Any, engine: Engine) -> None:
    poison(store, "1")
    with engine.connect() as connection:
        assert refused_payload(connection, "w", "1", CONVERSATIONS) == b'{"id": 1}'
        assert refused_payload(connection, "w", "2", CONVERSATIONS) is None


def test_a_replayed_entry_is_due_and_stays_until_it_is_indexed(store: Any, engine: Engine) -> None:
    poison(store, "1", "2")
    done = replayed(engine, Selection(CONVERSATIONS, "w", ("1",)))
    [lease] = store.lease()
    assert (done.entries, lease.entity_id, lease.attempts) == (1, "1", 1)
    [waiting] = entries(engine, Selection(CONVERSATIONS, "w", ("1",)))
    assert waiting.replayed_at > waiting.last_at
    store.settle([lease])
    assert ids(engine) == ["2"]


def test_the_shards_of_a_replay_are_those_with_something_due(store: Any, engine: Engine) -> None:
    poison(store, *map(str, range(40)))
    done = replayed(engine)
    assert done.entries == 40
    assert done.shards == {row.shard for row in store.rows("SELECT shard FROM changes")}


def test_an_entry_that_fails_again_comes_back_with_its_first_time_and_its_new_error(store: Any, engine: Engine) -> None:
    poison(store, "1")
    [before] = entries(engine)
    replayed(engine)
    again(store, error="something else")
    [after] = entries(engine)
    assert (after.first_at, after.error) == (before.first_at, "something else")
    assert before.last_at < after.replayed_at < after.last_at
    assert after.revision > before.revision


def test_a_replay_of_a_leased_entity_makes_it_due_again_after_the_lease(store: Any, engine: Engine) -> None:
    poison(store, "1")
    store.save("1", body="corrected")
    leases = store.lease()
    assert replayed(engine).entries == 1
    assert store.settle(leases).released == 1
    assert len(store.lease()) == 1


def test_a_replay_keeps_the_place_of_a_waiting_change(store: Any, engine: Engine) -> None:
    poison(store, "1")
    store.save("1", body="corrected")
    [lease] = store.lease()
    store.release(lease, delay=1000)
    replayed(engine)
    assert store.lease() == []


def test_nothing_to_replay_is_nothing(store: Any, engine: Engine) -> None:
    assert replayed(engine) == (0, frozenset())


def test_a_purge_leaves_a_record_of_each_and_the_conversations(store: Any, engine: Engine) -> None:
    poison(store, "1", "2", error="immense term")
    [first] = entries(engine, Selection(CONVERSATIONS, "w", ("1",)))
    assert purged(engine, Selection(CONVERSATIONS, "w", ("1",))) == 1
    assert ids(engine) == ["2"]
    with engine.connect() as connection:
        [record] = list_purges(connection, EVERYTHING)
    assert record[:7] == (*first[:2], first.reason, first.error, first.attempts, first.first_at, first.last_at)
    assert (record.purged_by, record.because) == ("ada", "test data")
    assert record.purged_at > record.last_at
    assert store.revision("1") > 0


def test_an_entity_that_is_purged_twice_has_two_records(store: Any, engine: Engine) -> None:
    for body in ("a", "b"):
        store.save("1", body=body)
        again(store)
        assert purged(engine) == 1
    with engine.connect() as connection:
        assert len(list_purges(connection, Selection(CONVERSATIONS, "w"))) == 2
        assert len(list_purges(connection, EVERYTHING, limit=1)) == 1
        assert list_purges(connection, Selection(CONVERSATIONS, "other")) == []


def test_a_purge_waits_for_no_worker_and_skips_entries_whose_lease_is_ending(store: Any, engine: Engine) -> None:
    poison(store, "1", "2")
    with engine.begin() as worker:
        worker.exec_driver_sql("DELETE FROM quarantine WHERE entity_id = '1'")
        assert purged(engine) == 1
        worker.rollback()
    assert ids(engine) == ["1"]


def test_a_replay_that_waits_for_a_worker_holds_nothing_that_the_worker_needs(store: Any, engine: Engine) -> None:
    poison(store, "1", "2")
    replayed(engine)
    with ThreadPoolExecutor(1) as pool, engine.begin() as worker:
        worker.exec_driver_sql("SELECT FROM changes WHERE entity_id = '2' FOR UPDATE")
        replay_again = pool.submit(replayed, engine)
        while not store.somebody_waits():
            pass
        worker.exec_driver_sql("SELECT FROM quarantine WHERE entity_id = '2' FOR UPDATE NOWAIT")
        worker.exec_driver_sql("DELETE FROM quarantine WHERE entity_id = '2'")
        worker.exec_driver_sql("DELETE FROM changes WHERE entity_id = '2'")
        worker.commit()
        assert replay_again.result().entries == 2
    assert ids(engine) == ["1"]


def test_the_first_stop_of_several_is_on_record_until_an_operator_resumes(engine: Engine) -> None:
    with engine.begin() as connection:
        assert drain_stop(connection, CONVERSATIONS) is None
        first = stop_drain(connection, CONVERSATIONS, "25 of 40", "w 1: no such\0 field")
        assert first.error == "w 1: no such field"
    with engine.begin() as connection:
        assert stop_drain(connection, CONVERSATIONS, "30 of 30", "w 2") == first
        assert drain_stop(connection, CONVERSATIONS) == first
    with engine.begin() as connection:
        assert resume_drain(connection, CONVERSATIONS) == first
        assert resume_drain(connection, CONVERSATIONS) is None
        assert drain_stop(connection, CONVERSATIONS) is None
