from typing import Any

import pytest
from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.store.queue.changes import Depth, depth, due_shards, mark_changed, mark_workspace_changed

pytestmark = pytest.mark.services


def test_marking_makes_stored_entities_due_and_names_the_unknown(store: Any, engine: Engine) -> None:
    store.save("1", "2")
    store.settle(store.lease())
    with engine.begin() as connection:
        marked = mark_changed(connection, CONVERSATIONS, "w", ["2", "nowhere", "1", "nowhere"])
    assert marked.unknown == ("nowhere",)
    assert marked.shards == {store.change("1").shard, store.change("2").shard}
    assert {lease.entity_id: lease.revision for lease in store.lease()} == {
        "1": store.revision("1"),
        "2": store.revision("2"),
    }


def test_marking_looks_only_at_the_workspace(store: Any, engine: Engine) -> None:
    store.save("1", workspace_id="other")
    with engine.begin() as connection:
        assert mark_changed(connection, CONVERSATIONS, "w", ["1"]).unknown == ("1",)


def test_marking_a_workspace_reaches_all_its_conversations_also_leased_ones(store: Any, engine: Engine) -> None:
    store.save("1", "2", "3")
    store.save("1", workspace_id="other")
    store.run("UPDATE conversations SET deleted = true WHERE conversation_id = '3'")
    for lease in store.lease():
        if lease.workspace_id == "other" or lease.entity_id != "1":
            store.settle([lease])
        else:
            held = lease
    with engine.begin() as connection:
        assert mark_workspace_changed(connection, "w") == 2
    assert store.settle([held]) == (0, 1, 0)
    assert {(lease.workspace_id, lease.entity_id) for lease in store.lease()} == {("w", "1"), ("w", "2")}


def test_depth_counts_each_state_once(store: Any, engine: Engine) -> None:
    def now() -> Depth:
        with engine.connect() as connection:
            return depth(connection, CONVERSATIONS)

    assert now() == Depth(due=0, leased=0, waiting=0, quarantined=0, oldest_age_seconds=0)
    store.save(*(str(number) for number in range(10)))
    store.run("UPDATE changes SET first_changed_at = now() - interval '100 seconds' WHERE entity_id = '9'")
    leases = store.lease(6)
    store.release(leases[0], delay=3600)
    store.quarantine(leases[1])
    store.settle(leases[2:3])
    store.run(
        "UPDATE changes SET lease_until = now() - interval '1 second' WHERE entity_id = %(id)s",
        id=leases[3].entity_id,
    )
    found = now()
    assert (found.due, found.leased, found.waiting, found.quarantined) == (4 + 1, 2, 1, 1)
    assert 100 <= found.oldest_age_seconds < 200


def test_due_shards_are_those_with_something_to_lease(store: Any, engine: Engine) -> None:
    def shards() -> list[int]:
        with engine.connect() as connection:
            return due_shards(connection, CONVERSATIONS)

    store.save("1", "2", "3", "4", "5")
    expected = {store.change(id_).shard for id_ in "12345"}
    assert shards() == sorted(expected)
    leases = store.lease()
    assert shards() == []
    store.end_leases()
    assert shards() == sorted(expected)
    for lease in leases:
        store.release(lease, delay=3600)
    assert shards() == []
