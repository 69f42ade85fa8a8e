"""Receipts, events and checkpoints in any order and twice, all the way into the index: the documents are the same."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from indexer.connections import Connections
from indexer.datasets.dataset import Computation, Dataset, Stored
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS, incoming_receipt
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS, incoming_checkpoint
from indexer.document_inputs import read_inputs
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuild_steps import RebuildOptions, Watch
from indexer.indexing.rebuilder import Rebuilder
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.intake.save_messages import save_messages
from indexer.messages.checkpoint import read_checkpoint
from indexer.messages.event import read_event, stored_event
from indexer.messages.receipt import read_receipt
from indexer.search import Write, bulk_write, ensure_dataset
from indexer.search.outcomes import Outcome
from indexer.settings import Settings
from indexer.store.database import snapshot
from indexer.store.entities.record_events import count_waiting
from indexer.store.entities.records import delete_records
from indexer.store.jobs.backfills import Selected, open_backfills, start_backfill
from indexer.store.queue.leases import lease_changes

pytestmark = pytest.mark.services

_T = TypeVar("_T")
Raw = dict[str, Any]
BOTH = (MESSAGE_RECEIPTS, SERIES_CHECKPOINTS)
AT = 1_709_542_800
NOW = 1_800_000_000


def receipt(id_: str, content_type: str = "email", version: int = 1, at: int = AT) -> Raw:
    versioned = {"ruleset_version_id": str(version), "content_title": f"Version {version}"}
    return {"type": "receipt", "receipt_id": id_, "received_at": at, "content_type": content_type, **versioned}


def event(id_: str, kind: str, after: int, **more: str) -> Raw:
    return {"type": kind, "receipt_id": id_, "at": AT + after, **more}


def checkpoint(user: str, node: str, after: int) -> Raw:
    return {"type": "checkpoint", "user_id": user, "ruleset_id": node, "created_at": AT + after, "status_code": 1}


OBJECTS: list[Raw] = [
    receipt("1"),
    receipt("1", version=2, at=AT - 60),  # the greater version wins, and not the later time
    receipt("2", "product_tour"),
    receipt("3", "something_else"),
    receipt("4", "chat"),
    *(event("1", kind, after) for kind in ("open", "click", "unsubscribe") for after in (30, 90)),
    event("1", "click", 30, link="https://example.com/a"),
    event("1", "open", 10, machine="true"),
    event("1", "open", -600),
    event("2", "tour_step_view", 5, step_id="1"),
    event("2", "tour_step_failure", 9, step_id="2", failed_selector="#a"),
    event("2", "click", 9),  # a tour cannot have it
    event("3", "reaction", 9, reaction="👍"),
    event("4", "poll_answer", 9),
    event("gone", "open", 9),
    *(checkpoint("u", "7", after) for after in (0, 50, 100)),
    checkpoint("u", "8", 50),
    checkpoint("v", "7", 50),
]


class Installation:
    """An empty store and empty indices, and short words for what the test does with them."""

    def __init__(self, here: Connections) -> None:
        self.here = here

    def save(self, workspace: str, objects: Sequence[Raw]) -> None:
        def storing(work: Callable[[Connection], _T]) -> _T:
            with self.here.store.begin() as connection:
                return work(connection)

        assert save_messages(storing, workspace, objects, ZoneInfo("UTC")).refused == []

    def drain(self) -> None:
        for dataset in BOTH:
            done = Drain.from_connections(self.here, dataset).run()
            assert done.keys() <= {"indexed", "deleted", "superseded"}, done

    def lose_a_worker(self) -> None:
        """As if a worker was killed after it has taken everything that is due, and its leases were over."""
        with self.here.store.begin() as connection:
            for dataset in BOTH:
                lease_changes(connection, dataset, None, 1_000, 60)
            connection.exec_driver_sql("UPDATE changes SET lease_until = now() WHERE lease_id IS NOT NULL")

    def refresh(self) -> None:
        self.here.search.indices.refresh(index=[self.here.alias_of(dataset) for dataset in BOTH])

    def documents(self, workspace: str, dataset: Dataset) -> dict[str, Raw]:
        query = {"term": {"workspace_id": workspace}}
        found = self.here.search.search(index=self.here.alias_of(dataset), size=1_000, query=query)["hits"]["hits"]
        return {hit["_source"][dataset.key_field]: hit["_source"] | {"revision": 0} for hit in found}

    def differences(self, dataset: Dataset) -> int:
        return Reconciler.from_connections(self.here, dataset).run(options=ReconcileOptions(deep_share=1)).differences


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    here = Connections(test_settings)
    for dataset in BOTH:
        ensure_dataset(here.search, test_settings.index_prefix, dataset.name)
    yield Installation(here)
    here.close()


def computed(workspace: str, dataset: Dataset) -> dict[str, Raw]:
    """The documents of all the objects, from the rules alone: without a store, without an order."""
    own: list[Stored] = []
    if dataset is MESSAGE_RECEIPTS:
        receipts = [read_receipt(raw) for raw in OBJECTS if raw["type"] == "receipt"]
        others = [raw for raw in OBJECTS if raw["type"] not in ("receipt", "checkpoint")]
        events = [read_event(raw, raw["type"]) for raw in others]
        for id_ in {one.receipt_id for one in receipts}:
            best = max((one for one in receipts if one.receipt_id == id_), key=lambda one: one.precedence)
            happened = sorted((one.at, one.key, stored_event(one)) for one in events if one.receipt_id == id_)
            payloads = tuple(payload for _, _, payload in happened)
            own.append(
                Stored(workspace, id_, incoming_receipt(best).payload, 0, deleted=False, saved_at=NOW, events=payloads)
            )
    else:
        passes = [incoming_checkpoint(read_checkpoint(raw)) for raw in OBJECTS if raw["type"] == "checkpoint"]
        for one in passes:
            times = sorted(other.created_at for other in passes if other.series == one.series)
            later = next((at for at in times if at > one.created_at), None)
            is_first = one.created_at == times[0]
            own.append(
                Stored(workspace, one.entity_id, one.payload, 0, deleted=False, ends_at=later, is_first=is_first)
            )
    return {one.entity_id: orjson.loads(dataset.document(one, Computation(workspace), 0)) for one in own}


def test_in_any_order_and_twice_and_with_workers_lost_the_documents_are_those_of_the_rules(
    installation: Installation,
) -> None:
    names = (f"w{number}" for number in count())
    expected = {dataset: computed("w", dataset) for dataset in BOTH}

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        order=st.permutations(OBJECTS),
        twice=st.lists(st.sampled_from(OBJECTS), max_size=12),
        size=st.integers(1, 12),
        drained_after=st.sets(st.integers(0, 40)),
        killed_after=st.sets(st.integers(0, 20), max_size=3),
    )
    def holds(order: list[Raw], twice: list[Raw], size: int, drained_after: set[int], killed_after: set[int]) -> None:
        workspace = next(names)
        arriving = [*order, *twice]
        for number, start in enumerate(range(0, len(arriving), size)):
            installation.save(workspace, arriving[start : start + size])
            if number in killed_after:
                installation.lose_a_worker()
            if number in drained_after:
                installation.drain()
        installation.drain()
        installation.refresh()
        for dataset in BOTH:
            found = installation.documents(workspace, dataset)
            assert found == {id_: one | {"workspace_id": workspace} for id_, one in expected[dataset].items()}
        with installation.here.store.connect() as connection:
            waiting = count_waiting(connection, MESSAGE_RECEIPTS, workspace)
        assert (waiting.events, waiting.records) == (1, 1)

    holds()
    assert {dataset: installation.differences(dataset) for dataset in BOTH} == dict.fromkeys(BOTH, 0)


def test_events_reach_the_index_by_backfills_and_rebuilds_and_go_with_their_receipt(
    installation: Installation,
) -> None:
    here = installation.here
    installation.save("w", OBJECTS)
    with here.store.begin() as connection:
        backfill = start_backfill(connection, here.alias_of(MESSAGE_RECEIPTS), Selected(), MESSAGE_RECEIPTS)
    Backfiller.from_connections(here).run(backfill.backfill_id)
    installation.refresh()
    before = installation.documents("w", MESSAGE_RECEIPTS)
    assert before == computed("w", MESSAGE_RECEIPTS)
    installation.drain()

    def work() -> None:
        with here.store.connect() as connection:
            free = open_backfills(connection)
        for backfill_id in free:
            installation.save("w", [event("1", "click", 1_000)])
            Backfiller.from_connections(here).run(backfill_id)
        installation.drain()

    rebuilder = Rebuilder(RebuildSite.from_connections(here, MESSAGE_RECEIPTS), Watch(on_wait=work))
    rebuilder.run(rebuilder.start(), "pruned", RebuildOptions(deep_share=1))
    installation.refresh()
    after = installation.documents("w", MESSAGE_RECEIPTS)
    assert after.keys() == before.keys()
    assert {"at": AT + 1_000, "kind": "click"} in after["1"]["events"]
    assert installation.differences(MESSAGE_RECEIPTS) == 0

    # A worker that has read a receipt before its last event, and comes late, does not put that back.
    with snapshot(here.store) as connection:
        late = read_inputs(connection, MESSAGE_RECEIPTS, [("w", "1")], bots_interrupt=False)["w", "1"].write()
    assert isinstance(late, Write)
    installation.save("w", [event("1", "reply", 2_000)])
    installation.drain()
    [settled] = bulk_write(here.search, here.alias_of(MESSAGE_RECEIPTS), [late])
    assert settled.outcome is Outcome.SUPERSEDED
    installation.refresh()
    assert installation.documents("w", MESSAGE_RECEIPTS)["1"]["first_reply_at"] == AT + 2_000

    with here.store.begin() as connection:
        delete_records(connection, MESSAGE_RECEIPTS, "w", ["1", "gone"], NOW)
        assert count_waiting(connection, MESSAGE_RECEIPTS) == (0, 0, 0)
    installation.drain()
    installation.save("w", [receipt("1"), event("1", "open", 30)])
    installation.drain()
    installation.refresh()
    assert installation.documents("w", MESSAGE_RECEIPTS).keys() == before.keys() - {"1"}
    assert installation.differences(MESSAGE_RECEIPTS) == 0
