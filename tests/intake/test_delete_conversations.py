"""Deletes and merges, from the store to the index: the parts that stay, and those that never come back."""

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.exports.export_files import file_of
from indexer.exports.export_writer import ExportWriter
from indexer.exports.orders import order_export
from indexer.exports.request import read_request
from indexer.indexing.drain import Drain
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.intake.delete_conversations import Deleted, delete
from indexer.intake.importer import Imported, Placed, save_batch
from indexer.intake.save_options import Saving
from indexer.search import TOO_LATE, BulkWriter, Outcome, Settled, Write
from indexer.settings import Settings
from indexer.store.entities.contact_merges import merge_contacts
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.stored import read_stored
from indexer.store.jobs.exports import Export, get_export
from tests.builders import conversation, part

W = "w"
AT = 1_000


def import_(drain: Drain, *raws: dict[str, Any]) -> Imported:
    imported = Imported()
    save_batch(
        Saving(drain.store, W),
        [Placed("", CONVERSATIONS.incoming(orjson.dumps(raw))) for raw in raws],
        imported,
        CONVERSATIONS,
    )
    return imported


def answered(id_: int, **more: Any) -> dict[str, Any]:
    return conversation(part("A", "comment", 61), at=1, id=str(id_), **more)


def indexed(drain: Drain) -> dict[str, dict[str, Any]]:
    drain.run()
    drain.search.indices.refresh(index=drain.alias)
    hits = drain.search.search(index=drain.alias, size=100)["hits"]["hits"]
    return {hit["_source"]["conversation_id"]: hit["_source"] for hit in hits}


def delete_(drain: Drain, *ids: str, retain_metrics: bool, dry_run: bool = False) -> Deleted:
    return delete(drain.store, W, ids, AT, retain_metrics=retain_metrics, dry_run=dry_run)


def clean(drain: Drain, reconciler: Reconciler) -> bool:
    found = reconciler.run(options=ReconcileOptions(deep_share=1))
    return (found.differences, found.queued, found.quarantined) == (0, 0, 0)


def payload(drain: Drain, id_: str) -> bytes:
    with drain.store.connect() as connection:
        [stored] = read_stored(connection, CONVERSATIONS, [(W, id_)])
    return stored.payload


def test_with_its_metrics_retained_a_conversation_keeps_its_numbers_and_loses_its_content(
    drain: Drain, reconciler: Reconciler
) -> None:
    raw = answered(1, title="my secret title", conversation_rating={"rating": 5, "remark": "a secret remark"})
    import_(drain, raw, answered(2))
    before = indexed(drain)
    assert b"secret" in payload(drain, "1")
    assert delete_(drain, "1", retain_metrics=True).redacted == 1
    after = indexed(drain)
    assert before["1"]["title"] == "my secret title"
    assert "title" not in after["1"]
    kept = {key: value for key, value in after["1"].items() if key not in ("revision", "rating")}
    assert kept == {key: value for key, value in before["1"].items() if key not in ("revision", "rating", "title")}
    assert after["1"]["revision"] > before["1"]["revision"]
    assert after["1"]["rating"] == {"score": 5}
    assert after["2"] == before["2"]
    assert b"secret" not in payload(drain, "1")
    assert clean(drain, reconciler)


def ordered(writer: ExportWriter, day: str) -> Export:
    request = read_request({"workspace": W, "from": day, "to": day})
    with writer.store.begin() as connection:
        return order_export(connection, request, None, writer.settings)[0]


def now(writer: ExportWriter, export: Export) -> Export:
    with writer.store.connect() as connection:
        found = get_export(connection, export.export_id)
    assert found is not None
    return found


@pytest.mark.parametrize("retain_metrics", [True, False])
def test_exports_that_held_a_conversation_end_with_it_and_those_being_written_begin_again(
    drain: Drain, tmp_path: Path, retain_metrics: bool
) -> None:
    writer = ExportWriter(drain.store, drain.search, drain.alias, Settings(exports_dir=tmp_path), page=1)
    import_(drain, answered(1, title="my secret title"), answered(2), conversation(at=90_000, id="3"))
    indexed(drain)
    of_the_day, of_the_next = ordered(writer, "1970-01-01"), ordered(writer, "1970-01-02")
    assert writer.run() == 2
    half = ordered(writer, "1970-01-01")
    writer.run(go_on=iter([True, False, False]).__next__)
    assert now(writer, half).rows == 1
    waiting = ordered(writer, "1970-01-01")
    dry = delete_(drain, "1", retain_metrics=retain_metrics, dry_run=True)
    assert sorted(dry.exports) == sorted([of_the_day.export_id, half.export_id])
    assert now(writer, of_the_day).state == "complete"
    deleted = delete_(drain, "1", "unknown", retain_metrics=retain_metrics)
    assert sorted(deleted.exports) == sorted([of_the_day.export_id, half.export_id])
    assert (now(writer, of_the_day).state, now(writer, of_the_next).state) == ("cancelled", "complete")
    assert "has been deleted; order it again" in (now(writer, of_the_day).error or "")
    # The document is still in the index, for no worker has come to it.
    assert writer.run() == 2
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {
        export.export_id for export in (of_the_next, half, waiting)
    }
    for export in (half, waiting):
        assert now(writer, export).rows == (2 if retain_metrics else 1)
        assert b"secret" not in file_of(tmp_path, now(writer, export)).read_bytes()
    assert delete_(drain, "1", retain_metrics=retain_metrics).exports == []


def test_without_its_metrics_a_conversation_is_gone_from_store_and_index(drain: Drain, reconciler: Reconciler) -> None:
    import_(drain, answered(1), answered(2))
    indexed(drain)
    assert delete_(drain, "1", retain_metrics=False).removed == 1
    assert indexed(drain).keys() == {"2"}
    assert payload(drain, "1") == b""
    assert clean(drain, reconciler)


def test_a_late_older_write_resurrects_nothing_and_a_newer_one_does(drain: Drain, reconciler: Reconciler) -> None:
    import_(drain, answered(1), answered(2, title="secret"))
    indexed(drain)
    delete_(drain, "1", retain_metrics=False)
    delete_(drain, "2", retain_metrics=True)
    before = indexed(drain)
    late = [answered(1, updated_at=AT - 1), answered(2, title="secret again", updated_at=AT)]
    assert import_(drain, *late).updated == 0
    assert indexed(drain) == before
    assert import_(drain, answered(1, updated_at=AT + 1)).updated == 1
    assert indexed(drain).keys() == {"1", "2"}
    assert clean(drain, reconciler)


def test_a_removal_that_reaches_the_index_before_a_stalled_older_write_wins(drain: Drain) -> None:
    import_(drain, answered(1))
    older = indexed(drain)["1"]
    delete_(drain, "1", retain_metrics=False)
    drain.run()
    (settled,) = drain.writer.write(drain.alias, [Write(f"{W}:1", older["revision"], orjson.dumps(older))])
    assert settled.outcome is Outcome.SUPERSEDED
    assert indexed(drain) == {}


def test_a_worker_whose_lease_is_over_brings_no_removed_document_back(drain: Drain, reconciler: Reconciler) -> None:
    """The index remembers a removal for an hour, but not beyond a restart: here it forgets at once."""
    drain.search.indices.put_settings(index=drain.alias, settings={"gc_deletes": "0s"})
    import_(drain, answered(1, updated_at=10))
    late: list[str] = []

    class StandsStill(BulkWriter):
        def write(self, alias: str, writes: Any, until: float = math.inf) -> list[Settled]:
            while time.monotonic() < until + 0.5:
                time.sleep(0.05)
            delete_(drain, "1", retain_metrics=False)
            drain.run()
            drain.search.indices.refresh(index=drain.alias)
            time.sleep(1)
            drain.search.indices.refresh(index=drain.alias)
            settled = super().write(alias, writes, until)
            late.extend(one.reason for one in settled)
            return settled

    replace(drain, writer=StandsStill(drain.search), lease_seconds=0.5).run()
    assert late == [TOO_LATE]
    assert indexed(drain) == {}
    assert clean(drain, reconciler)


def test_deleting_counts_stored_deleted_and_unknown_conversations(drain: Drain) -> None:
    import_(drain, answered(1), answered(2))
    assert delete_(drain, "1", "1", retain_metrics=True).redacted == 1
    again = delete_(drain, "1", "2", "3", retain_metrics=True)
    assert (again.redacted, again.removed, again.unchanged, again.unknown) == (1, 0, 1, ["3"])
    for_good = delete_(drain, "1", "2", "3", retain_metrics=False)
    assert (for_good.redacted, for_good.removed, for_good.unchanged, for_good.unknown) == (0, 2, 1, [])
    assert indexed(drain) == {}
    assert import_(drain, answered(3)).created == 0


def test_a_dry_run_deletes_nothing(drain: Drain) -> None:
    import_(drain, answered(1))
    before = indexed(drain)
    assert delete_(drain, "1", retain_metrics=False, dry_run=True).removed == 1
    assert indexed(drain) == before
    assert payload(drain, "1") == orjson.dumps(answered(1))


def test_an_unreadable_conversation_has_no_numbers_to_retain_and_is_removed(drain: Drain) -> None:
    with drain.store.begin() as connection:
        save_conversations(connection, W, [Incoming("2", b'{"id": "2", "title": "secret"}', 1, 1)])
    drain.run()
    deleted = delete_(drain, "2", retain_metrics=True)
    assert (deleted.redacted, deleted.removed) == (0, 1)
    drain.run()
    with drain.store.connect() as connection:
        assert connection.exec_driver_sql("SELECT FROM quarantine").all() == []
    assert payload(drain, "2") == b""


def test_the_documents_of_a_merged_contact_name_the_other(drain: Drain, reconciler: Reconciler) -> None:
    both = {"contacts": {"contacts": [{"id": "lead"}, {"id": "user"}]}}
    import_(drain, answered(1, contacts={"contacts": [{"id": "lead"}, {"id": "friend"}]}), answered(2, **both))
    indexed(drain)
    with drain.store.begin() as connection:
        assert merge_contacts(connection, W, "lead", "user").conversations == 2
    import_(drain, answered(3, contacts={"contacts": [{"id": "lead"}]}))
    found = {id_: document["contact_ids"] for id_, document in indexed(drain).items()}
    assert found == {"1": ["user", "friend"], "2": ["user"], "3": ["user"]}
    assert clean(drain, reconciler)
