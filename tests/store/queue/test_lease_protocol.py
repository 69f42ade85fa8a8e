"""The whole protocol against a model of workers that stall, crash and come back late, and of the index."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from indexer.datasets.conversations import CONVERSATIONS
from indexer.store.database import snapshot
from indexer.store.entities.deletes import delete_conversations
from indexer.store.entities.stored import read_stored
from indexer.store.entities.workspaces import Workspace, get_workspace, save_workspace
from indexer.store.queue.changes import read_write_tally
from indexer.store.queue.leased_change import LeasedChange, Settle
from indexer.store.queue.leases import settle_changes

pytestmark = pytest.mark.services

IDS = ["a", "b", "c"]

Inputs = tuple[int, int]
"""The revisions of conversation and workspace that a document was computed from."""


@dataclass
class Worker:
    leases: list[LeasedChange]
    documents: dict[str, Inputs] = field(default_factory=dict)


class Protocol(RuleBasedStateMachine):
    workers = Bundle("workers")

    def __init__(self, store: Any) -> None:
        super().__init__()
        self.store = store
        self.numbers = count(1)
        self.index: dict[str, Inputs] = {}
        self.accepted = 0
        store.run("TRUNCATE conversations, workspaces, changes, quarantine, recently_indexed, tallies")
        self.write(IDS)

    @rule(ids=st.lists(st.sampled_from(IDS), min_size=1, unique=True))
    def write(self, ids: list[str]) -> None:
        number = next(self.numbers)
        saved = self.store.save(*ids, body=str(number), updated_at=number)
        self.accepted += saved.created + saved.updated

    @rule(id_=st.sampled_from(IDS), late=st.booleans())
    def delete(self, id_: str, late: bool) -> None:
        """A late one claims a time that has long passed; what is written later claims a later one."""
        with self.store.engine.begin() as connection:
            self.accepted += len(delete_conversations(connection, "w", [id_], 0 if late else next(self.numbers)))

    @rule(id_=st.sampled_from(IDS))
    def mark(self, id_: str) -> None:
        self.store.mark(id_)
        self.accepted += 1

    @rule()
    def change_settings(self) -> None:
        with self.store.engine.begin() as connection:
            saved = save_workspace(connection, Workspace("w", bot_admin_ids=(str(next(self.numbers)),)))
        self.accepted += saved.marked

    @rule(target=workers, limit=st.integers(1, 3), after_a_while=st.booleans(), at_once=st.booleans())
    def lease(self, limit: int, after_a_while: bool, at_once: bool) -> Any:
        if after_a_while:
            self.time_passes()
        worker = Worker(self.store.lease(limit))
        if at_once:
            self.compute(worker)
        return worker if worker.leases else multiple()

    @rule(worker=workers)
    def compute(self, worker: Worker) -> None:
        with snapshot(self.store.engine) as connection:
            settings = get_workspace(connection, "w").revision
            stored = read_stored(connection, CONVERSATIONS, [("w", lease.entity_id) for lease in worker.leases])
        worker.documents = {row.entity_id: (row.revision, settings) for row in stored}

    @rule(worker=workers, rest=st.sampled_from([0, 3600]))
    def index_and_settle(self, worker: Worker, rest: float = 0) -> None:
        """A crash is a worker that this is never done to; one that stalled comes back late."""
        settled = []
        for lease in worker.leases:
            inputs = worker.documents.get(lease.entity_id)
            if inputs is None:
                continue
            newer = max(inputs) >= max(self.index.get(lease.entity_id, (0, 0)))  # as external_gte decides
            if newer:
                self.index[lease.entity_id] = inputs
            settled.append(Settle(lease, "indexed" if newer else "superseded"))
        with self.store.engine.begin() as connection:
            settle_changes(connection, settled, rest)

    @rule(worker=workers, delay=st.sampled_from([0, 3600]))
    def release(self, worker: Worker, delay: float) -> None:
        for lease in worker.leases:
            self.store.release(lease, delay)

    @rule(worker=workers)
    def quarantine(self, worker: Worker) -> None:
        for lease in worker.leases:
            self.store.quarantine(lease)

    def time_passes(self) -> None:
        self.store.end_leases()
        self.store.run("UPDATE changes SET due_at = now()")
        self.store.run("DELETE FROM recently_indexed")

    @invariant()
    def what_the_index_lacks_is_in_the_queue_or_in_quarantine(self) -> None:
        assert self.behind() <= {row.entity_id for row in self.store.rows("SELECT entity_id FROM changes")} | {
            row.entity_id for row in self.store.rows("SELECT entity_id FROM quarantine")
        }

    @invariant()
    def every_accepted_write_is_in_the_queue_or_has_one_outcome(self) -> None:
        with self.store.engine.connect() as connection:
            assert read_write_tally(connection, CONVERSATIONS).written == self.accepted

    def teardown(self) -> None:
        self.time_passes()
        quarantined = [row.entity_id for row in self.store.rows("SELECT entity_id FROM quarantine")]
        self.store.mark(*quarantined)
        self.accepted += len(quarantined)
        while leases := self.store.lease(3):
            worker = Worker(leases)
            self.compute(worker)
            self.index_and_settle(worker)
        assert self.store.rows("SELECT FROM changes") == []
        assert self.store.rows("SELECT FROM quarantine") == []
        assert self.behind() == set()
        with self.store.engine.connect() as connection:
            assert read_write_tally(connection, CONVERSATIONS).queued == 0

    def behind(self) -> set[str]:
        """The conversations whose document was computed from something else than what is stored now."""
        rows = self.store.rows("""
            SELECT conversation_id, c.revision, coalesce(w.revision, 0) AS settings, deleted
            FROM conversations AS c LEFT JOIN workspaces AS w USING (workspace_id)
        """)
        return {row.conversation_id for row in rows if not self.is_right(row)}

    def is_right(self, row: Any) -> bool:
        """A removal is the same whatever the settings are."""
        revision, settings = self.index.get(row.conversation_id, (0, 0))
        return revision == row.revision and (row.deleted or settings == row.settings)


def test_every_conversation_ends_in_the_index_at_its_newest_inputs(store: Any) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Protocol(store),
        settings=settings(
            max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
