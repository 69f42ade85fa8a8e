"""Events of records in the store: the same rows and newer revisions, in whatever order records and events come."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from indexer.datasets.calls import CALLS
from indexer.datasets.dataset import Incoming, IncomingEvent, Stored
from indexer.store.entities.conversations import Saved
from indexer.store.entities.record_events import SavedEvents, Waiting, count_waiting, save_events
from indexer.store.entities.records import delete_records, save_records
from indexer.store.entities.stored import read_stored
from indexer.store.jobs.backfill_ranges import read_selected
from indexer.store.jobs.backfills import Selected
from indexer.store.queue.leased_change import Settle
from indexer.store.queue.leases import lease_changes, settle_changes

pytestmark = pytest.mark.services

W = "w"
VISITS = replace(CALLS, name="visits", inputs=("events",))
QUIET = SavedEvents(0, 0, 0, 0, frozenset())


def record(id_: str, version: int = 1, at: int = 50, body: str = "") -> Incoming:
    payload = f"{id_} {version} {at} {body}".encode()
    return Incoming(id_, payload, at, at, precedence=f"{version:0>4}:{at:0>8}")


def event(id_: str, kind: str = "open", at: int = 60, body: str = "a") -> IncomingEvent:
    return IncomingEvent(id_, f"{kind}:{at}", at, f"{kind} {at} {body}".encode())


def save(engine: Engine, *batch: Incoming, force: bool = False) -> Saved:
    with engine.begin() as connection:
        return save_records(connection, VISITS, W, batch, force=force)


def happen(engine: Engine, *batch: IncomingEvent, force: bool = False) -> SavedEvents:
    with engine.begin() as connection:
        return save_events(connection, VISITS, W, batch, force=force)


def delete(engine: Engine, *ids: str, at: int = 100) -> dict[str, int]:
    with engine.begin() as connection:
        return delete_records(connection, VISITS, W, ids, at)


def read(engine: Engine, *ids: str) -> dict[str, Stored]:
    with engine.connect() as connection:
        return {one.entity_id: one for one in read_stored(connection, VISITS, [(W, id_) for id_ in ids])}


def settle_all(engine: Engine) -> dict[str, int]:
    with engine.begin() as connection:
        leases = lease_changes(connection, VISITS, None, 1_000, 60)
        settle_changes(connection, [Settle(lease, "indexed") for lease in leases])
    return {lease.entity_id: lease.revision for lease in leases}


def waiting(engine: Engine, workspace_id: str | None = W) -> Waiting:
    with engine.connect() as connection:
        return count_waiting(connection, VISITS, workspace_id)


def test_an_event_gives_its_record_a_new_revision_and_is_read_with_it(engine: Engine) -> None:
    save(engine, record("1"), record("2"))
    before = read(engine, "1", "2")
    settle_all(engine)
    saved = happen(engine, event("1", at=70), event("1", at=60), event("1", "click", 70))
    assert saved._replace(shards=frozenset()) == SavedEvents(3, 0, 0, 0, frozenset())
    after = read(engine, "1", "2")
    assert after["1"].events == (b"open 60 a", b"click 70 a", b"open 70 a")
    assert after["1"].revision > before["1"].revision
    assert after["2"] == before["2"]
    assert settle_all(engine).keys() == {"1"}
    with engine.connect() as connection:
        walked = read_selected(connection, Selected(None, None, None), None, None, 9, dataset=VISITS)
        assert {one.entity_id: one for one in walked} == after
        assert [one.events for one in read_stored(connection, CALLS, [(W, "1")])] == []


def test_events_of_several_workspaces_are_read_with_their_own_records(engine: Engine) -> None:
    for workspace, events in (("a", [event("1")]), ("b", [event("1", "click"), event("2")])):
        with engine.begin() as connection:
            save_records(connection, VISITS, workspace, [record("1"), record("2")])
            save_events(connection, VISITS, workspace, events)
    with engine.connect() as connection:
        walked = read_selected(connection, Selected(), None, None, 9, dataset=VISITS)
        assert [(one.workspace_id, one.entity_id, one.events) for one in walked] == [
            ("a", "1", (b"open 60 a",)),
            ("a", "2", ()),
            ("b", "1", (b"click 60 a",)),
            ("b", "2", (b"open 60 a",)),
        ]
        found = read_stored(connection, VISITS, [("b", "1"), ("a", "2")])
        assert sorted(found) == [walked[1], walked[2]]


def test_the_same_event_again_changes_nothing_and_of_two_with_one_key_the_greater_is_kept(engine: Engine) -> None:
    save(engine, record("1"))
    happen(engine, event("1", body="b"))
    settle_all(engine)
    before = read(engine, "1")
    assert happen(engine, event("1", body="b"), event("1", body="a")) == QUIET._replace(unchanged=2)
    assert read(engine, "1") == before
    assert settle_all(engine) == {}
    assert happen(engine, event("1", body="c"), event("1", body="b")).replaced == 1
    assert read(engine, "1")["1"].events == (b"open 60 c",)
    assert settle_all(engine).keys() == {"1"}


def test_an_event_before_its_record_waits_for_it_and_makes_nothing_due(engine: Engine) -> None:
    assert happen(engine, event("1"), event("1", at=61), event("2")) == QUIET._replace(created=3, waiting=3)
    assert settle_all(engine) == {}
    found = waiting(engine)
    assert (found.events, found.records) == (3, 2)
    assert found.oldest_age_seconds >= 0
    assert waiting(engine, "other") == Waiting(0, 0, 0)
    assert waiting(engine, None)[:2] == (3, 2)
    kept = read(engine, "1")["1"]
    assert kept.deleted
    saved = save(engine, record("1"))
    assert (saved.created, saved.updated) == (1, 0)
    joined = read(engine, "1")["1"]
    assert (joined.deleted, joined.events) == (False, (b"open 60 a", b"open 61 a"))
    assert joined.revision > kept.revision
    assert settle_all(engine).keys() == {"1"}
    assert waiting(engine)[:2] == (1, 1)


def test_a_record_takes_its_events_with_it_when_it_is_deleted(engine: Engine) -> None:
    save(engine, record("1"))
    happen(engine, event("1"), event("2"))
    settle_all(engine)
    assert delete(engine, "1", "2").keys() == {"1", "2"}
    gone = read(engine, "1", "2")
    assert {(one.deleted, one.events) for one in gone.values()} == {(True, ())}
    settle_all(engine)
    # What was before the deletion does not come back, and nothing waits for it.
    assert happen(engine, event("1"), event("1", at=100)) == QUIET._replace(gone=2)
    assert save(engine, record("1")).older == 1
    assert waiting(engine)[:2] == (0, 0)
    assert settle_all(engine) == {}
    # What comes after it does, once its record does.
    assert happen(engine, event("1", at=101), event("1", at=99)) == QUIET._replace(created=1, waiting=1, gone=1)
    assert waiting(engine)[:2] == (1, 1)
    assert save(engine, record("1", at=101)).updated == 1
    assert read(engine, "1")["1"].events == (b"open 101 a",)


def test_a_forced_record_and_its_forced_events_exist_again(engine: Engine) -> None:
    delete(engine, "1")
    assert happen(engine, event("1"), force=True).created == 1
    assert save(engine, record("1"), force=True).updated == 1
    assert read(engine, "1")["1"].events == (b"open 60 a",)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_of_two_records_with_one_id_the_greater_precedence_is_kept(engine: Engine, order: Sequence[int]) -> None:
    # The later time does not win over the later version, and of equal ones the greater payload does.
    rivals = [record("1", 2, 40, "a"), record("1", 2, 40, "b"), record("1", 1, 90, "c")]
    for place in order:
        save(engine, rivals[place])
    assert read(engine, "1")["1"].payload == rivals[1].payload
    settle_all(engine)
    again = save(engine, *rivals)
    assert (again.created, again.updated, again.unchanged, again.older) == (0, 0, 1, 2)
    assert save(engine, rivals[0], rivals[2]).older == 2
    assert settle_all(engine) == {}
    assert save(engine, rivals[2], force=True).updated == 1


class Step(NamedTuple):
    """One transaction: the saving of records or of events, or a deletion."""

    records: list[Incoming]
    events: list[IncomingEvent]
    deleted: list[str]

    def run(self, connection: Connection) -> None:
        save_events(connection, VISITS, W, self.events)
        save_records(connection, VISITS, W, self.records)
        if self.deleted:
            delete_records(connection, VISITS, W, self.deleted, 5)


IDS = st.sampled_from(["1", "2", "10"])
RECORDS = st.lists(st.builds(record, IDS, st.integers(1, 3), st.integers(0, 9), st.sampled_from("ab")), max_size=3)
EVENTS = st.lists(
    st.builds(event, IDS, st.sampled_from(["open", "click"]), st.integers(0, 9), st.sampled_from("ab")), max_size=5
)
SAVES = st.builds(Step, RECORDS, EVENTS, st.just([]))
STEPS = st.lists(st.one_of(SAVES, st.builds(Step, st.just([]), st.just([]), st.lists(IDS, max_size=2))), max_size=8)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE records, events, changes, recently_indexed")


@FEW
@given(steps=STEPS)
def test_whatever_changes_a_document_raises_its_revision_and_is_due_and_nothing_else_is(
    engine: Engine, steps: list[Step]
) -> None:
    empty(engine)
    known: dict[str, Stored] = {}
    for step in steps:
        with engine.begin() as connection:
            step.run(connection)
        now = read(engine, "1", "2", "10")
        due = settle_all(engine)
        for id_, one in now.items():
            before = known.get(id_)
            if one.deleted:
                assert (id_ in due) == bool(step.deleted and (before is None or before.revision != one.revision))
            elif before is not None and one._replace(revision=0) == before._replace(revision=0):
                assert (one.revision, id_ in due) == (before.revision, False)
            else:
                assert id_ in due
                assert before is None or one.revision > before.revision
            assert one.deleted == (not one.payload)
        known = now


def kept(records: Sequence[Incoming], events: Sequence[IncomingEvent]) -> dict[str, tuple[bytes, list[bytes]]]:
    """What has to be stored of these, whatever their order: computed from the rules."""
    found: dict[str, tuple[bytes, list[bytes]]] = {}
    for id_ in {one.entity_id for one in records} | {one.record_id for one in events}:
        rivals = sorted((one.precedence or "", one.payload) for one in records if one.entity_id == id_)
        of_key: dict[tuple[int, str], bytes] = {}
        for one in events:
            if one.record_id == id_:
                of_key[one.at, one.event_key] = max(one.payload, of_key.get((one.at, one.event_key), b""))
        found[id_] = (rivals[-1][1] if rivals else b"", [of_key[key] for key in sorted(of_key)])
    return found


@FEW
@given(mine=st.lists(SAVES, max_size=4), theirs=st.lists(SAVES, max_size=4))
def test_two_writers_at_once_leave_the_same_rows_as_any_other_order(
    engine: Engine, mine: list[Step], theirs: list[Step]
) -> None:
    empty(engine)

    def write(steps: list[Step]) -> None:
        for step in steps:
            with engine.begin() as connection:
                step.run(connection)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, (mine, theirs)))
    both = [*mine, *theirs]
    expected = kept([one for step in both for one in step.records], [one for step in both for one in step.events])
    stored = read(engine, "1", "2", "10")
    assert {id_: (one.payload, list(one.events)) for id_, one in stored.items()} == expected
    assert settle_all(engine).keys() == {id_ for id_, (payload, _) in expected.items() if payload}
    # Everything again, the other way round, changes nothing.
    write([*theirs[::-1], *mine[::-1]])
    assert read(engine, "1", "2", "10") == stored
    assert settle_all(engine) == {}


def test_a_writer_of_events_and_one_of_records_wait_for_each_other(engine: Engine) -> None:
    def in_the_middle(first: Callable[[Connection], object], second: Callable[[], object]) -> None:
        with ThreadPoolExecutor(1) as pool:
            with engine.begin() as connection:
                first(connection)
                later = pool.submit(second)
            later.result()

    in_the_middle(
        lambda connection: save_events(connection, VISITS, W, [event("1")]),
        lambda: save(engine, record("1")),
    )
    in_the_middle(
        lambda connection: save_records(connection, VISITS, W, [record("2")]),
        lambda: happen(engine, event("2")),
    )
    assert {id_: (one.deleted, len(one.events)) for id_, one in read(engine, "1", "2").items()} == {
        "1": (False, 1),
        "2": (False, 1),
    }
    assert settle_all(engine).keys() == {"1", "2"}
