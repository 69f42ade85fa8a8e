"""An installation whose index an earlier release has made, continued by the present release."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from indexer import search
from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuild_steps import RebuildOptions, Watch
from indexer.indexing.rebuilder import Rebuilder
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.search import BulkWriter, Write, bulk_write
from indexer.search.drift import catch_up, drift
from indexer.settings import Settings
from indexer.store.queue.changes import depth
from indexer.store.queue.drain_stops import resume_drain
from tests.indexing.store_and_index import document, installed, save, workers_of

pytestmark = pytest.mark.services

NEW = {"started_by", "bot_inbox", "participating_team_ids", "first_response_time_without_bot"}


@pytest.fixture
def drain(test_settings: Settings) -> Iterator[Drain]:
    """The drain of an installation whose index is of the first version."""
    with installed(test_settings, version=1) as drain:
        yield drain


@pytest.fixture
def prefix(test_settings: Settings) -> str:
    return test_settings.index_prefix


def left(drain: Drain) -> tuple[int, int]:
    """The entries still in the queue, and in quarantine."""
    with drain.store.connect() as connection:
        found = depth(connection, CONVERSATIONS)
    return found.due + found.leased + found.waiting, found.quarantined


def as_before(drain: Drain, *ids: int) -> None:
    """Indexed by the earlier release: its version of the numbers, and none of the new fields."""
    for id_ in ids:
        version, content = document(drain, id_)
        content = {name: value for name, value in content.items() if name not in _added_names(content)}
        content["metrics_version"] = 1
        (settled,) = bulk_write(drain.search, drain.alias, [Write(f"w:{id_}", version, orjson.dumps(content))])
        assert settled.reason == ""


def _added_names(content: dict[str, Any]) -> set[str]:
    first = search.definition("conversations", 1).mappings["properties"]
    return content.keys() - first.keys()


def test_before_it_has_caught_up_the_drain_stops_short_of_quarantine_and_loses_nothing(
    drain: Drain, prefix: str
) -> None:
    save(drain, *range(1, 101))
    assert drain.run()["retry"] == 100
    assert left(drain) == (100, 0)
    assert drain.guard.stopped()
    catch_up(drain.search, prefix, "conversations")
    with drain.store.begin() as connection:
        resume_drain(connection, CONVERSATIONS)
        connection.exec_driver_sql("UPDATE changes SET due_at = now()")
    assert drain.run()["indexed"] == 100


def test_once_it_has_caught_up_everything_is_indexed_and_nothing_differs(drain: Drain, prefix: str) -> None:
    catch_up(drain.search, prefix, "conversations")
    save(drain, *range(1, 101))
    assert drain.run()["indexed"] == 100
    assert left(drain) == (0, 0)
    _, content = document(drain, 1)
    assert content.keys() >= NEW


def test_a_rebuild_leads_from_the_first_version_to_the_newest_and_back(drain: Drain, prefix: str) -> None:
    catch_up(drain.search, prefix, "conversations")
    save(drain, *range(1, 101))
    drain.run()
    as_before(drain, *range(1, 61))
    reconciler = Reconciler(drain.store, drain.search, drain.alias, dataset=CONVERSATIONS)
    deep = ReconcileOptions(deep_share=1)
    found = reconciler.run(options=deep)
    assert found.differing == 60
    assert {"metrics_version", *NEW} <= {field for sample in found.samples for field in sample.fields}
    assert reconciler.run(options=deep._replace(spare_outdated=True)).differences == 0

    backfiller = Backfiller(drain.store, drain.search, BulkWriter(drain.search), batch=50)
    site = RebuildSite(drain.store, drain.search, prefix, reconciler, dataset=CONVERSATIONS)
    rebuilder = Rebuilder(site, Watch(on_wait=workers_of(drain, backfiller)))
    old = search.index_behind(drain.search, drain.alias)
    assert old is not None
    rebuild = rebuilder.run(rebuilder.start(), until="grace", options=RebuildOptions(deep_share=1))
    assert rebuild.to_index.startswith(f"{prefix}-conversations-v{search.versions('conversations')[-1]}-")
    assert search.index_behind(drain.search, drain.alias) == rebuild.to_index
    assert drift(drain.search, rebuild.to_index) == []
    assert reconciler.run(options=deep).differences == 0

    save(drain, *range(101, 121))
    drain.run()
    rebuilder.rollback()
    assert search.index_behind(drain.search, drain.alias) == old
    found = reconciler.run(options=deep)
    assert (found.documents, found.differing, found.missing) == (120, 60, 0)
    assert left(drain) == (0, 0)


def test_a_walk_that_spares_outdated_documents_still_finds_other_differences(drain: Drain, prefix: str) -> None:
    catch_up(drain.search, prefix, "conversations")
    save(drain, *range(1, 6))
    drain.run()
    as_before(drain, 1, 2)
    reconciler = Reconciler(drain.store, drain.search, drain.alias, dataset=CONVERSATIONS)
    options = ReconcileOptions(deep_share=1, spare_outdated=True, repair=True)
    version, content = document(drain, 3)
    changed = content | {"first_response_time": 61}
    bulk_write(drain.search, drain.alias, [Write("w:3", version, orjson.dumps(changed))])
    version, content = document(drain, 2)
    bulk_write(drain.search, drain.alias, [Write("w:2", version + 1, orjson.dumps(content))])
    with drain.store.begin() as connection:
        connection.exec_driver_sql("UPDATE conversations SET revision = revision + 1 WHERE conversation_id = '4'")
    found = reconciler.run(options=options)
    assert {(one.document, one.kind.value) for one in found.samples} == {
        ("w:2", "differing"),
        ("w:3", "differing"),
        ("w:4", "stale"),
    }
    drain.run()
    assert [document(drain, id_)[1]["metrics_version"] == 1 for id_ in range(1, 6)] == [True, *[False] * 4]
    assert reconciler.run(options=options).differences == 0
