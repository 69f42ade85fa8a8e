"""Merged contacts: whose conversations they are, stored before the merge or after it."""

from typing import Any

import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.errors import Refused
from indexer.store.entities.contact_merges import MergedContact, merge_contacts
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.stored import read_stored

pytestmark = pytest.mark.services


def save(store: Any, id_: str, *contact_ids: str, workspace: str = "w") -> None:
    with store.engine.begin() as connection:
        save_conversations(connection, workspace, [Incoming(id_, b"{}", 1, 1, contact_ids)])


def merge(store: Any, from_id: str, into_id: str) -> MergedContact:
    with store.engine.begin() as connection:
        return merge_contacts(connection, "w", from_id, into_id)


def merged(store: Any, id_: str, workspace: str = "w") -> dict[str, str] | None:
    with store.engine.connect() as connection:
        [found] = read_stored(connection, CONVERSATIONS, [(workspace, id_)])
    return found.merged


def test_the_conversations_of_the_contact_are_due_with_a_new_revision(store: Any) -> None:
    save(store, "1", "lead", "friend")
    save(store, "2", "friend")
    before = store.revision("1"), store.revision("2")
    store.settle(store.lease())
    assert merge(store, "lead", "user") == ("user", 1, {store.change("1").shard}, True)
    assert [lease.entity_id for lease in store.lease()] == ["1"]
    assert store.revision("1") > max(before)
    assert store.revision("2") == before[1]
    assert (merged(store, "1"), merged(store, "2")) == ({"lead": "user"}, None)


def test_a_conversation_that_comes_later_under_the_old_id_is_the_other_contacts(store: Any) -> None:
    merge(store, "lead", "user")
    save(store, "1", "lead")
    assert merged(store, "1") == {"lead": "user"}


def test_merges_follow_each_other_in_either_order(store: Any) -> None:
    for id_, contact in ("1", "a"), ("2", "b"), ("3", "c"), ("4", "d"):
        save(store, id_, contact)
    merge(store, "a", "b")
    assert merge(store, "b", "c").conversations == 2
    assert merge(store, "d", "a").into_id == "c"
    assert [merged(store, id_) for id_ in "1234"] == [{"a": "c"}, {"b": "c"}, None, {"d": "c"}]


def test_a_merge_that_comes_twice_changes_nothing(store: Any) -> None:
    save(store, "1", "lead")
    merge(store, "lead", "user")
    revision = store.revision("1")
    assert merge(store, "lead", "user") == ("user", 0, frozenset(), False)
    assert store.revision("1") == revision


def test_a_merge_into_itself_or_into_another_contact_than_before_is_refused(store: Any) -> None:
    merge(store, "a", "b")
    for from_id, into_id in ("x", "x"), ("b", "a"), ("a", "c"):
        with pytest.raises(Refused):
            merge(store, from_id, into_id)


def test_a_conversation_saved_before_contacts_were_known_may_belong_to_any_contact(store: Any) -> None:
    save(store, "1", "lead")
    save(store, "2", "lead", workspace="other")
    store.run("UPDATE conversations SET contact_ids = NULL")
    assert merge(store, "lead", "user").conversations == 1
    assert (merged(store, "1"), merged(store, "2", "other")) == ({"lead": "user"}, None)


def test_deleted_conversations_have_no_contacts(store: Any) -> None:
    save(store, "1", "lead")
    store.run("UPDATE conversations SET deleted = true")
    assert merge(store, "lead", "user").conversations == 0


def test_a_contact_with_a_nul_in_its_id_does_not_keep_a_conversation_out(store: Any) -> None:
    save(store, "1", "a\0b", "lead")
    assert merge(store, "lead", "user").conversations == 1


@pytest.mark.parametrize("nobody", ["", " ", "\t\n", "\u00a0", "0", " 0 "])
def test_an_invalid_id_is_refused_on_either_side_before_anything_is_written(store: Any, nobody: str) -> None:
    save(store, "1", "lead")
    revision = store.revision("1")
    for from_id, into_id in (("lead", nobody), (nobody, "lead")):
        with store.engine.begin() as connection:
            with pytest.raises(Refused, match="is not the id of a contact"):
                merge_contacts(connection, "w", from_id, into_id)
            written = connection.exec_driver_sql("SELECT count(*) FROM contact_merges WHERE workspace_id = 'w'")
            assert written.scalar() == 0
    assert (merged(store, "1"), store.revision("1")) == (None, revision)
