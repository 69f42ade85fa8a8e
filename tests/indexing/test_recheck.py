"""Each kind of difference, made for real behind the system's back, is found as that kind and no other."""

from typing import Any

import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.differences.fields import differing_fields
from indexer.indexing import recheck
from indexer.indexing.drain import Drain
from indexer.indexing.recheck import Difference, DifferenceKind, Examination, Suspect
from indexer.indexing.reconciler import Reconciled, ReconcileOptions, Reconciler
from indexer.search import Write, bulk_write
from indexer.search.key_scan import read_documents
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.indexing.store_and_index import (
    W,
    counts,
    document,
    light_rows,
    make_stale,
    orphan,
    remove,
    repaired,
    run,
    save,
    saved,
    seen,
    write,
)

pytestmark = pytest.mark.services


def test_a_removed_document_is_missing(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1, 2, 3)
    remove(drain, 2)
    found = reconciler.run()
    version, _ = document(drain, 1)
    assert (found.documents, counts(found)) == (3, {"missing": 1})
    assert found.samples[0] == Difference(
        DifferenceKind.MISSING, "w:2", W, "2", (), found.samples[0].store_revision, None
    )
    assert found.samples[0].store_revision == version + 1


def test_a_removed_document_comes_back_though_elasticsearch_remembers_its_removal(
    drain: Drain, reconciler: Reconciler
) -> None:
    saved(drain, 1, 2, 3)
    remove(drain, 2)
    version, _ = document(drain, 1)
    assert bulk_write(drain.search, drain.alias, [Write("w:2", version + 1, b"{}")])[0].outcome.value == "superseded"
    found = repaired(drain, reconciler)
    assert (counts(found), found.repaired, len(found.shards)) == ({"missing": 1}, 1, 1)
    assert document(drain, 2)[1]["first_response_time"] == 60


def test_a_document_of_an_older_revision_is_stale(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1, 2, 3)
    version = make_stale(drain, 2)
    found = reconciler.run()
    assert (counts(found), seen(found)) == ({"stale": 1}, [("stale", "w:2")])
    assert found.samples[0].index_revision == version < (found.samples[0].store_revision or 0)
    assert repaired(drain, reconciler).repaired == 1


def test_documents_of_older_settings_of_the_workspace_are_stale(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1, 2)
    with drain.store.begin() as connection:
        save_workspace(connection, Workspace(W, bot_admin_ids=("A",)))
        connection.exec_driver_sql("DELETE FROM changes")
    assert counts(reconciler.run()) == {"stale": 2}
    assert repaired(drain, reconciler).repaired == 2
    assert "first_response_at" not in document(drain, 1)[1]


def test_a_document_that_was_never_stored_is_orphaned(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1, 3)
    orphan(drain, (W, "2"), ("x", "1"))
    found = reconciler.run()
    assert (found.documents, counts(found)) == (4, {"orphaned": 2})
    assert seen(found) == [("orphaned", "w:2"), ("orphaned", "x:1")]
    assert repaired(drain, reconciler).repaired == 2


def test_a_document_of_a_deleted_conversation_is_orphaned(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1, 2)
    run(drain, "UPDATE conversations SET deleted = true, revision = nextval('revision') WHERE conversation_id = '2'")
    found = reconciler.run()
    assert (counts(found), seen(found)) == ({"orphaned": 1}, [("orphaned", "w:2")])
    assert repaired(drain, reconciler).repaired == 1
    assert reconciler.run().documents == 1


def test_deleting_an_orphan_leaves_room_for_a_conversation_that_is_saved_later(
    drain: Drain, reconciler: Reconciler
) -> None:
    saved(drain, 1)
    orphan(drain, (W, "2"))
    save(drain, 5)  # takes a number before the repair, and is indexed after it
    repaired_orphan = reconciler.run(options=ReconcileOptions(repair=True))
    assert (repaired_orphan.orphaned, repaired_orphan.queued, repaired_orphan.repaired) == (1, 1, 1)
    save(drain, 2)
    drain.run()
    assert counts(reconciler.run(options=ReconcileOptions(deep_share=1))) == {}
    assert document(drain, 2)[1]["first_response_time"] == 60


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"workspace_id": W},
        {"workspace_id": W, "conversation_id": "1"},
        {"workspace_id": "\0", "conversation_id": "1"},
    ],
    ids=["no key", "half a key", "another's key", "an impossible key"],
)
def test_a_document_under_no_conversations_id_is_orphaned(
    drain: Drain, reconciler: Reconciler, content: dict[str, Any]
) -> None:
    saved(drain, 1, 2)
    write(drain, "scribble", 1, content)
    found = reconciler.run()
    assert (counts(found), seen(found)) == ({"orphaned": 1}, [("orphaned", "scribble")])
    assert repaired(drain, reconciler).repaired == 1
    assert document(drain, 1)[1]["first_response_time"] == 60


def test_an_altered_field_is_found_by_a_deep_comparison_alone(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1, 2, 3)
    version, content = document(drain, 2)
    content["statistics"]["count_reopens"] = 9
    del content["first_response_time"]
    content["country"] = None  # a missing value may be null as well
    write(drain, "w:2", version, content)
    assert counts(reconciler.run()) == {}
    found = reconciler.run(options=ReconcileOptions(deep_share=1))
    assert (found.documents, counts(found)) == (3, {"differing": 1})
    assert found.samples[0].fields == ("first_response_time", "statistics.count_reopens")
    assert found.samples[0].store_revision == found.samples[0].index_revision == version
    assert repaired(drain, reconciler, deep_share=1).repaired == 1


def test_a_share_of_the_documents_is_compared_whole(drain: Drain, reconciler: Reconciler) -> None:
    light_rows(drain, 1, 200)
    assert 0 < reconciler.run(options=ReconcileOptions(deep_share=0.5)).differing < 180
    assert reconciler.run(options=ReconcileOptions(deep_share=1)).differing == 180


def test_a_document_ahead_of_the_store_differs_and_is_brought_back_by_a_new_revision(
    drain: Drain, reconciler: Reconciler
) -> None:
    saved(drain, 1, 2)
    version, content = document(drain, 1)
    write(drain, "w:1", version + 1_000, content | {"revision": version + 1_000})
    found = reconciler.run()
    assert (counts(found), found.samples[0].fields) == ({"differing": 1}, ("revision",))
    run(drain, f"SELECT setval('revision', {version + 2_000})")
    assert repaired(drain, reconciler).repaired == 1


def test_a_document_that_cannot_be_computed_now_differs_as_a_whole(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1, 2)
    run(drain, "UPDATE conversations SET payload = '{\"id\": \"2\"}' WHERE conversation_id = '2'")
    found = reconciler.run(options=ReconcileOptions(deep_share=1, repair=True))
    assert (counts(found), found.samples[0].fields) == ({"differing": 1}, ("*",))
    drain.run()
    after = reconciler.run(options=ReconcileOptions(deep_share=1))
    assert (counts(after), after.quarantined) == ({}, 1)


def test_a_queued_conversation_is_not_a_difference_and_is_counted_apart(drain: Drain, reconciler: Reconciler) -> None:
    saved(drain, 1, 2)
    save(drain, 2, 3, at=100)
    found = reconciler.run()
    assert (found.documents, counts(found), found.queued, found.quarantined) == (3, {}, 2, 0)


def test_a_quarantined_conversation_is_not_a_difference_and_is_counted_apart(
    drain: Drain, reconciler: Reconciler
) -> None:
    saved(drain, 1)
    with drain.store.begin() as connection:
        save_conversations(connection, W, [Incoming("2", b'{"id": "2"}', 1, 1)])
    drain.run()
    found = reconciler.run(options=ReconcileOptions(repair=True))
    assert (counts(found), found.queued, found.quarantined, found.repaired) == ({}, 0, 1, 0)


def test_a_document_that_is_not_refreshed_yet_is_not_a_difference(drain: Drain, reconciler: Reconciler) -> None:
    drain.search.indices.put_settings(index=drain.alias, settings={"index.refresh_interval": "-1"})
    saved(drain, 1, 2)
    found = Reconciled()
    assert reconciler.step(found, None, 100) is None
    assert found == Reconciled(documents=2)


def test_a_change_between_the_looks_at_store_and_index_is_not_a_difference(
    drain: Drain, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(drain, 1)
    remove(drain, 1)
    examination = Examination(drain.store, drain.search, drain.alias, dataset=CONVERSATIONS)
    assert len(examination.examine([Suspect("w:1", W, "1")], deep=False).differences) == 1

    def read_and_save(*arguments: Any, **options: Any) -> Any:
        found = read_documents(*arguments, **options)
        save(drain, 1, at=100)
        drain.run()
        return found

    monkeypatch.setattr(recheck, "read_documents", read_and_save)
    assert examination.examine([Suspect("w:1", W, "1")], deep=False) == ([], 1, 0)


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2, "b": 3}, ["a", "b"]),
        ({"a": None}, {}, []),
        ({"s": {"x": 1, "y": 2}}, {"s": {"x": 1, "y": 3}}, ["s.y"]),
        ({"s": {"x": 1}}, {}, ["s"]),
        ({"l": [{"x": 1}]}, {"l": [{"x": 2}]}, ["l"]),
    ],
)
def test_differing_fields_are_named(one: dict[str, Any], other: dict[str, Any], names: list[str]) -> None:
    assert differing_fields(one, other) == differing_fields(other, one) == names
