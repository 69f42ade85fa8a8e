"""History indexed again, range by range, with workers that stop, fail and lose their ranges."""

import math
import time
from dataclasses import replace
from typing import Any

import orjson
import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.keys import EntityKey
from indexer.search import TOO_LATE, BulkWriter
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.deletes import delete_conversations
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.jobs.backfill_ranges import Batch as Moved
from indexer.store.jobs.backfill_ranges import lease_range, move_on
from indexer.store.jobs.backfills import (
    Backfill,
    Progress,
    Selected,
    get_backfill,
    list_backfills,
    open_backfills,
    progress,
    set_state,
    start_backfill,
)
from tests.indexing.store_and_index import W, run, save

pytestmark = pytest.mark.services

EVERYTHING = Selected()


@pytest.fixture
def backfiller(drain: Drain) -> Backfiller:
    return Backfiller(drain.store, drain.search, BulkWriter(drain.search), batch=7)


def order(drain: Drain, selected: Selected = EVERYTHING, max_rate: float | None = None, size: int = 10) -> Backfill:
    with drain.store.begin() as connection:
        return start_backfill(connection, drain.alias, selected, CONVERSATIONS, max_rate, size=size)


def far(drain: Drain, backfill: Backfill) -> Progress:
    with drain.store.connect() as connection:
        return progress(connection, backfill.backfill_id)


def now(drain: Drain, backfill: Backfill) -> str:
    with drain.store.connect() as connection:
        found = get_backfill(connection, backfill.backfill_id)
    assert found is not None
    return found.state


def indexed(drain: Drain) -> dict[str, Any]:
    drain.search.indices.refresh(index=drain.alias)
    hits = drain.search.search(index=drain.alias, size=1_000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def unindexed(drain: Drain, *ids: int | str, workspace: str = W) -> None:
    """Conversations of which the index has never heard."""
    save(drain, *ids, workspace=workspace)
    run(drain, "DELETE FROM changes")


def test_everything_that_is_stored_is_indexed_under_its_revision(
    drain: Drain, backfiller: Backfiller, reconciler: Reconciler
) -> None:
    unindexed(drain, *range(1, 36))
    unindexed(drain, 1, workspace="another")
    with drain.store.begin() as connection:
        delete_conversations(connection, W, ["3"], 9)
    run(drain, "DELETE FROM changes")
    backfill = order(drain)
    assert backfill.conversations == 35
    assert backfiller.run(backfill.backfill_id) == 35
    found = far(drain, backfill)
    assert (found.indexed, found.ranges, found.ranges_done, found.working) == (35, 4, 4, 0)
    assert now(drain, backfill) == "done"
    assert reconciler.run(options=ReconcileOptions(deep_share=1)).differences == 0


@pytest.mark.parametrize("count", [0, 9, 10, 11, 20])
def test_ranges_are_everything_once(drain: Drain, backfiller: Backfiller, count: int) -> None:
    unindexed(drain, *range(1, count + 1)) if count else None
    backfill = order(drain)
    assert backfiller.run(backfill.backfill_id) == count
    assert far(drain, backfill).indexed == count
    assert now(drain, backfill) == "done"


def test_a_conversation_saved_after_the_ranges_were_cut_is_in_one_of_them(drain: Drain, backfiller: Backfiller) -> None:
    unindexed(drain, *range(100, 125))
    backfill = order(drain)
    unindexed(drain, 1, 110.5, 999)  # type: ignore[arg-type]
    unindexed(drain, 1, workspace="a")
    unindexed(drain, 1, workspace="z")
    assert backfiller.run(backfill.backfill_id) == 30


def test_one_workspace_and_a_time_of_creation_can_be_chosen(drain: Drain, backfiller: Backfiller) -> None:
    unindexed(drain, *range(1, 6))
    unindexed(drain, 1, 2, workspace="another")
    run(drain, "UPDATE conversations SET created_at = conversation_id::int")
    backfiller.run(order(drain, Selected(W, 2, 4)).backfill_id)
    assert indexed(drain).keys() == {"w:2", "w:3"}


def test_a_worker_that_stops_leaves_the_rest_of_its_range_to_the_next(drain: Drain, backfiller: Backfiller) -> None:
    unindexed(drain, *range(1, 31))
    backfill = order(drain, size=100)
    looks = iter([True, True, True, False])
    stopped = backfiller.run(backfill.backfill_id, go_on=lambda: next(looks, False))
    assert stopped == 14
    assert now(drain, backfill) == "running"
    assert backfiller.run(backfill.backfill_id) == 16
    assert far(drain, backfill).indexed == 30


def test_a_worker_that_was_killed_costs_its_batch_and_nothing_else(drain: Drain, backfiller: Backfiller) -> None:
    unindexed(drain, *range(1, 31))
    backfill = order(drain, size=100)
    with drain.store.begin() as connection:
        lost = lease_range(connection, backfill.backfill_id, 60)
        assert lost is not None
        assert move_on(connection, lost, EntityKey(W, "14"), Moved(indexed=6), 60)
    assert backfiller.run(backfill.backfill_id) == 0
    run(drain, "UPDATE backfill_ranges SET lease_until = now()")
    assert backfiller.run(backfill.backfill_id) == 24
    assert far(drain, backfill).indexed == 30
    with drain.store.begin() as connection:
        assert not move_on(connection, lost, EntityKey(W, "1"), Moved(indexed=99), 60)
    assert far(drain, backfill).indexed == 30


def test_no_worker_works_on_a_paused_backfill_and_it_continues_where_it_was(
    drain: Drain, backfiller: Backfiller
) -> None:
    unindexed(drain, *range(1, 31))
    backfill = order(drain)
    with drain.store.begin() as connection:
        assert set_state(connection, backfill.backfill_id, "paused")
        assert not set_state(connection, backfill.backfill_id, "paused")
        assert open_backfills(connection) == {}
    assert backfiller.run(backfill.backfill_id) == 0
    with drain.store.begin() as connection:
        assert set_state(connection, backfill.backfill_id, "running")
        assert open_backfills(connection) == {backfill.backfill_id: 4}
    assert backfiller.run(backfill.backfill_id) == 30
    with drain.store.begin() as connection:
        assert not set_state(connection, backfill.backfill_id, "cancelled")


def test_a_document_of_a_newer_revision_stays_in_the_index(drain: Drain, backfiller: Backfiller) -> None:
    save(drain, 1, 2)
    drain.run()
    run(drain, "UPDATE conversations SET revision = 0 WHERE conversation_id = '1'")
    backfill = order(drain)
    backfiller.run(backfill.backfill_id)
    assert far(drain, backfill)[:2] == (1, 1)


def test_a_slow_write_that_arrives_after_a_newer_one_or_after_a_delete_changes_nothing(
    drain: Drain, backfiller: Backfiller
) -> None:
    """The backfill has read and computed; before it writes, the live path writes and deletes."""
    save(drain, 1, 2, 3)
    drain.run()

    class Slow(BulkWriter):
        def begin(self, alias: str, writes: Any, until: float = math.inf) -> Any:
            save(drain, 1, at=100)
            with drain.store.begin() as connection:
                delete_conversations(connection, W, ["2"], 9)
            drain.run()
            return super().begin(alias, writes, until)

    backfill = order(drain)
    replace(backfiller, writer=Slow(drain.search)).run(backfill.backfill_id)
    assert far(drain, backfill)[:2] == (1, 2)
    assert indexed(drain).keys() == {"w:1", "w:3"}
    assert indexed(drain)["w:1"]["updated_at"] == 100


def test_a_worker_whose_lease_on_a_range_is_over_sends_nothing(drain: Drain, backfiller: Backfiller) -> None:
    unindexed(drain, 1, 2, 3)
    sent: list[str] = []

    class StandsStill(BulkWriter):
        def begin(self, alias: str, writes: Any, until: float = math.inf) -> Any:
            while time.monotonic() < until:
                time.sleep(0.05)
            settled = super().begin(alias, writes, until)()
            sent.extend(one.reason for one in settled)
            return lambda: settled

    backfill = order(drain)
    late = replace(backfiller, writer=StandsStill(drain.search), lease_seconds=0.5)
    late.run(backfill.backfill_id, go_on=lambda: not sent)
    assert sent == [TOO_LATE] * 3
    assert indexed(drain) == {}
    run(drain, "UPDATE backfill_ranges SET due_at = now()")
    backfiller.run(backfill.backfill_id)
    assert indexed(drain).keys() == {"w:1", "w:2", "w:3"}


def test_documents_that_fail_are_counted_with_an_example_and_the_others_are_indexed(
    drain: Drain, backfiller: Backfiller
) -> None:
    unindexed(drain, 1, 4)
    immense = {"id": 3, "created_at": 1, "state": "x" * 32_767, "source": {}}
    with drain.store.begin() as connection:
        bad = [Incoming("2", b"{}", 1, 1), Incoming("3", orjson.dumps(immense), 1, 1)]
        save_conversations(connection, W, bad)
    backfill = order(drain)
    backfiller.run(backfill.backfill_id)
    found = far(drain, backfill)
    assert (found.indexed, found.refused) == (2, 2)
    assert found.last_error is not None
    assert found.last_error.startswith(("w:2", "w:3"))


def test_an_index_that_takes_nothing_holds_a_range_up_and_loses_nothing(drain: Drain, backfiller: Backfiller) -> None:
    unindexed(drain, *range(1, 31))
    with drain.store.begin() as connection:
        backfill = start_backfill(connection, "nowhere", Selected(), CONVERSATIONS, size=100)
    assert backfiller.run(backfill.backfill_id) == 0
    found = far(drain, backfill)
    assert (found.indexed, found.working) == (0, 0)
    assert "nowhere" in (found.last_error or "")
    assert not drain.search.indices.exists(index="nowhere")
    run(drain, f"UPDATE backfills SET target = '{drain.alias}'")  # noqa: S608
    run(drain, "UPDATE backfill_ranges SET due_at = now()")
    assert backfiller.run(backfill.backfill_id) == 30


def test_only_outdated_documents_can_be_chosen(drain: Drain, backfiller: Backfiller) -> None:
    save(drain, 1, 2)
    drain.run()
    with drain.store.begin() as connection:
        hours = {"time_zone_name": "UTC", "time_intervals": [{"start_minute": 0, "end_minute": 60}]}
        save_workspace(connection, Workspace(W, office_hours=hours))
        connection.exec_driver_sql("DELETE FROM changes WHERE entity_id = '1'")
    drain.run()
    unindexed(drain, 3)
    drain.search.indices.refresh(index=drain.alias)
    backfill = order(drain, Selected(chosen="outdated"))
    backfiller.run(backfill.backfill_id)
    assert far(drain, backfill)[:3] == (2, 0, 1)
    assert {found["office_hours_id"] for found in indexed(drain).values()} != {"24/7"}
    backfill = order(drain, Selected(chosen="conversation_id=2"))
    backfiller.run(backfill.backfill_id)
    assert far(drain, backfill)[:3] == (1, 0, 2)


def test_a_rate_is_kept_by_all_workers_together(drain: Drain) -> None:
    from indexer.store.jobs.backfill_ranges import take_turn

    unindexed(drain, 1)
    backfill = order(drain, max_rate=10)
    with drain.store.begin() as connection:
        waits = [take_turn(connection, backfill.backfill_id, 5) for _ in range(4)]
    assert waits == pytest.approx([0, 0.5, 1.0, 1.5])
    with drain.store.connect() as connection:
        assert [found.backfill_id for found in list_backfills(connection)] == [backfill.backfill_id]
