import pytest
from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.store.entities.key_scan import NOT_STORED, Standing, StoredKey, read_keys, read_standing, renew_entities
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.store.conftest import Store

pytestmark = pytest.mark.services


def keys(store: Store, after: tuple[str, str] | None, limit: int, workspace: str | None = None) -> list[StoredKey]:
    with store.engine.connect() as connection:
        return read_keys(connection, CONVERSATIONS, after, limit, workspace)


def standing(store: Store, *ids: str) -> list[Standing]:
    with store.engine.connect() as connection:
        found = read_standing(connection, [("w", id_) for id_ in ids], CONVERSATIONS)
    return [found["w", id_] for id_ in ids]


def renew(engine: Engine, *ids: str) -> list[int]:
    with engine.begin() as connection:
        return renew_entities(connection, "w", ids, CONVERSATIONS)


def test_keys_come_in_the_order_of_their_bytes_a_stretch_at_a_time(store: Store) -> None:
    workspaces = ("A", "a", "é", "\ufffd", "😀")  # UTF-16 would have the emoji before U+FFFD
    for workspace in reversed(workspaces):
        store.save("1", "10", "2", workspace_id=workspace)
    expected = [(workspace, id_) for workspace in workspaces for id_ in ("1", "10", "2")]
    found: list[tuple[str, str]] = []
    while stretch := keys(store, found[-1] if found else None, 4):
        found += [(row.workspace_id, row.conversation_id) for row in stretch]
    assert found == expected == sorted(expected)
    assert [row.conversation_id for row in keys(store, ("a", "1"), 100, "a")] == ["10", "2"]
    assert keys(store, None, 100, "nobody") == []


def test_the_revision_is_the_higher_of_conversation_and_workspace(store: Store) -> None:
    store.save("1")
    with store.engine.begin() as connection:
        saved = save_workspace(connection, Workspace("w", bot_admin_ids=("A",))).workspace
    store.save("2")
    assert [row.revision for row in keys(store, None, 10)] == [saved.revision, store.revision("2")]
    assert [one.revision for one in standing(store, "1", "2")] == [saved.revision, store.revision("2")]
    assert saved.revision > store.revision("1")


def test_deleted_conversations_are_walked_and_said_to_be_deleted(store: Store) -> None:
    store.save("1")
    store.run("UPDATE conversations SET deleted = true")
    assert [row.deleted for row in keys(store, None, 10)] == [True]
    assert standing(store, "1")[0].deleted


def test_a_conversation_stands_stored_queued_or_quarantined(store: Store) -> None:
    store.save("1", "2", "3")
    by_id = {lease.entity_id: lease for lease in store.lease()}
    store.settle([by_id["1"]])
    store.quarantine(by_id["2"])
    found = standing(store, "1", "2", "3", "nobody")
    assert [one.queued for one in found] == [False, False, True, False]
    assert [one.quarantined for one in found] == [False, True, False, False]
    assert found[3] == NOT_STORED


def test_renewing_gives_stored_entities_a_higher_revision_and_makes_them_due(store: Store) -> None:
    store.save("1", "2", "gone")
    store.run("UPDATE conversations SET deleted = true WHERE conversation_id = 'gone'")
    store.settle(store.lease())
    before = [store.revision("1"), store.revision("2")]
    assert len(renew(store.engine, "2", "1", "gone", "nobody")) == 2
    after = [store.revision("1"), store.revision("2")]
    assert min(after) > max(before)
    assert [store.change("1").revision, store.change("2").revision] == after
    assert store.change("gone") is None


def test_renewing_a_leased_entity_makes_it_due_again_afterwards(store: Store) -> None:
    store.save("1")
    leases = store.lease()
    renew(store.engine, "1")
    assert store.settle(leases).released == 1
    assert store.change("1").revision > leases[0].revision
