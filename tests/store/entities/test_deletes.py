"""Tombstones and hidden content: the parts that stay, and those that do not come back."""

from typing import Any

import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Stored
from indexer.store.entities.deletes import delete_conversations, lock_contents, replace_contents
from indexer.store.entities.stored import read_stored

pytestmark = pytest.mark.services


def stored(store: Any, id_: str = "1") -> Stored:
    with store.engine.connect() as connection:
        [found] = read_stored(connection, CONVERSATIONS, [("w", id_)])
    return found


def delete(store: Any, *ids: str, at: int = 200) -> dict[str, int]:
    with store.engine.begin() as connection:
        return delete_conversations(connection, "w", ids, at)


def hide(store: Any, id_: str = "1", at: int = 200) -> None:
    with store.engine.begin() as connection:
        assert lock_contents(connection, "w", [id_])[id_] is not None
        assert replace_contents(connection, "w", {id_: b"hidden"}, at).keys() == {id_}


def test_a_deleted_conversation_leaves_a_tombstone_that_is_newer_and_due(store: Any) -> None:
    store.save("1")
    before = store.revision()
    store.settle(store.lease())
    assert delete(store, "1") == {"1": store.change().shard}
    found = stored(store)
    assert (found.payload, found.deleted) == (b"", True)
    assert found.revision > before
    assert [lease.entity_id for lease in store.lease()] == ["1"]


@pytest.mark.parametrize(("updated_at", "taken"), [(199, 0), (200, 0), (201, 1)])
def test_a_change_from_before_the_deletion_does_not_bring_a_conversation_back(
    store: Any, updated_at: int, taken: int
) -> None:
    store.save("1")
    delete(store, "1", at=200)
    assert store.save("1", body="late", updated_at=updated_at).updated == taken
    assert stored(store).deleted is not bool(taken)


@pytest.mark.parametrize(("updated_at", "taken"), [(199, 0), (200, 0), (201, 1)])
def test_a_change_from_before_content_was_hidden_does_not_show_it_again(
    store: Any, updated_at: int, taken: int
) -> None:
    store.save("1")
    hide(store, at=200)
    assert store.save("1", body="late", updated_at=updated_at).updated == taken
    assert stored(store).payload == (b"late" if taken else b"hidden")


def test_a_deletion_that_claims_an_earlier_time_than_the_last_change_still_keeps_that_change_out(store: Any) -> None:
    store.save("1", updated_at=300)
    delete(store, "1", at=200)
    assert store.save("1", body="again", updated_at=300).updated == 0
    assert stored(store).deleted


def test_a_conversation_that_comes_after_its_deletion_is_not_taken(store: Any) -> None:
    assert delete(store, "1").keys() == {"1"}
    saved = store.save("1", updated_at=150)
    assert (saved.created, saved.updated, saved.older) == (0, 0, 1)
    assert stored(store).deleted


def test_deleting_twice_changes_nothing_the_second_time(store: Any) -> None:
    store.save("1")
    delete(store, "1")
    revision = store.revision()
    assert delete(store, "1") == {}
    assert store.revision() == revision


def test_hidden_content_is_newer_and_due_and_can_go_altogether(store: Any) -> None:
    store.save("1")
    before = store.revision()
    store.settle(store.lease())
    hide(store)
    expected = Stored("w", "1", b"hidden", store.revision(), deleted=False)
    assert stored(store)._replace(saved_at=None) == expected
    assert store.revision() > before
    with store.engine.begin() as connection:
        assert lock_contents(connection, "w", ["1", "2"]) == {"1": None}
    assert delete(store, "1").keys() == {"1"}
    assert stored(store).deleted


def test_deleting_looks_only_at_the_workspace(store: Any) -> None:
    store.save("1", workspace_id="other")
    delete(store, "1")
    assert store.rows("SELECT workspace_id FROM conversations WHERE deleted") == [("w",)]
