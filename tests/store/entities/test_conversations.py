import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming, Stored
from indexer.store.database import snapshot
from indexer.store.entities.conversations import Saved, count_conversations, save_conversations
from indexer.store.entities.stored import read_stored
from indexer.store.entities.workspaces import Workspace, get_workspace, save_workspace

pytestmark = pytest.mark.services


def test_a_new_conversation_is_stored_and_due(store: Any, engine: Engine) -> None:
    saved = store.save("1", body="hello")
    assert (saved.created, saved.updated, saved.unchanged, saved.older) == (1, 0, 0, 0)
    with engine.connect() as connection:
        [found] = read_stored(connection, CONVERSATIONS, [("w", "1"), ("w", "absent"), ("other", "1")])
    [[saved_at]] = store.rows("SELECT extract(epoch FROM saved_at)::bigint FROM conversations")
    assert found == Stored("w", "1", b"hello", store.revision(), deleted=False, saved_at=saved_at)
    change = store.change()
    assert change.revision == store.revision()
    assert saved.shards == {change.shard}
    assert change.overdue >= 0


def test_many_writes_of_a_conversation_make_one_change(store: Any) -> None:
    for number in range(100):
        assert store.save("1", body=f"body {number}", updated_at=100 + number).updated == min(number, 1)
    assert len(store.rows("SELECT FROM changes")) == 1
    [lease] = store.lease()
    assert lease.revision >= store.revision()


def test_writes_keep_the_place_in_the_queue(store: Any) -> None:
    store.save("1", body="first")
    before = store.change()
    store.save("1", body="second")
    after = store.change()
    assert (after.due_at, after.first_changed_at) == (before.due_at, before.first_changed_at)
    assert after.revision > before.revision


def test_equal_bytes_make_no_revision_and_no_change(store: Any) -> None:
    store.save("1", "2")
    revision = store.revision()
    store.settle(store.lease())
    saved = store.save("1", "2")
    assert (saved.created, saved.updated, saved.unchanged, saved.older) == (0, 0, 2, 0)
    assert saved.shards == frozenset()
    assert store.rows("SELECT FROM changes") == []
    assert store.revision() == revision


def test_an_older_delivery_does_not_bring_back_older_content(store: Any, engine: Engine) -> None:
    store.save("1", body="new", updated_at=200)
    store.settle(store.lease())
    saved = store.save("1", body="old", updated_at=199)
    assert (saved.created, saved.updated, saved.unchanged, saved.older) == (0, 0, 0, 1)
    assert store.change() is None
    with engine.connect() as connection:
        assert read_stored(connection, CONVERSATIONS, [("w", "1")])[0].payload == b"new"


def test_other_content_of_the_same_second_is_taken(store: Any) -> None:
    store.save("1", body="one", updated_at=100)
    assert store.save("1", body="two", updated_at=100).updated == 1


def test_a_mixed_batch_is_counted_apart(store: Any) -> None:
    store.save("same", "changed", "late", updated_at=100)
    store.settle(store.lease())
    batch = [
        Incoming("same", b"hello", 1, 100),
        Incoming("changed", b"other", 1, 101),
        Incoming("late", b"other", 1, 99),
        Incoming("new", b"hello", 1, 100),
    ]
    with store.engine.begin() as connection:
        saved = save_conversations(connection, "w", batch)
    assert (saved.created, saved.updated, saved.unchanged, saved.older) == (1, 1, 1, 1)
    assert {row.entity_id for row in store.rows("SELECT entity_id FROM changes")} == {"changed", "new"}


def test_of_one_conversation_twice_in_a_batch_the_later_wins(store: Any, engine: Engine) -> None:
    batch = [
        Incoming("1", b"middle", 1, 150),
        Incoming("1", b"newest", 1, 200),
        Incoming("1", b"oldest", 1, 100),
        Incoming("2", b"first", 1, 100),
        Incoming("2", b"second", 1, 100),
    ]
    with engine.begin() as connection:
        saved = save_conversations(connection, "w", batch)
        read = read_stored(connection, CONVERSATIONS, [("w", "1"), ("w", "2")])
    assert (saved.created, saved.updated, saved.unchanged, saved.older) == (2, 0, 0, 3)
    assert {row.entity_id: row.payload for row in read} == {"1": b"newest", "2": b"second"}


def test_an_empty_batch_does_nothing(store: Any) -> None:
    assert store.save() == Saved(0, 0, 0, 0, frozenset())


def test_a_failed_transaction_leaves_neither_conversation_nor_change(store: Any, engine: Engine) -> None:
    with engine.connect() as connection:
        save_conversations(connection, "w", [Incoming("1", b"hello", 1, 1)])
        connection.rollback()
    assert store.rows("SELECT FROM conversations") == []
    assert store.rows("SELECT FROM changes") == []


def test_a_deleted_conversation_comes_back_with_later_content_only(store: Any, engine: Engine) -> None:
    store.save("1", "2", updated_at=100)
    store.run("UPDATE conversations SET deleted = true, payload = ''")
    assert store.save("1", updated_at=100).older == 0
    with engine.connect() as connection:
        assert count_conversations(connection, "w") == 0
    assert store.save("1", updated_at=101).updated == 1
    with engine.connect() as connection:
        assert count_conversations(connection, "w") == 1
        assert {c.entity_id: c.deleted for c in read_stored(connection, CONVERSATIONS, [("w", "1"), ("w", "2")])} == {
            "1": False,
            "2": True,
        }


def test_workspaces_do_not_share_conversations(store: Any, engine: Engine) -> None:
    store.save("1", body="mine")
    store.save("1", body="theirs", workspace_id="other")
    with engine.connect() as connection:
        assert count_conversations(connection, "w") == 1
        assert {c.payload for c in read_stored(connection, CONVERSATIONS, [("w", "1"), ("other", "1")])} == {
            b"mine",
            b"theirs",
        }


def test_importers_of_different_conversations_do_not_wait_for_each_other(store: Any, engine: Engine) -> None:
    with engine.begin() as one, engine.begin() as other:
        save_conversations(one, "w", [Incoming("1", b"hello", 1, 1)])
        save_conversations(other, "w", [Incoming("2", b"hello", 1, 1)])
    assert len(store.lease()) == 2


def _at_once(*work: Callable[[], None]) -> None:
    start = threading.Barrier(len(work), timeout=20)

    def run(job: Callable[[], None]) -> None:
        start.wait()
        job()

    with ThreadPoolExecutor(len(work)) as pool:
        for future in [pool.submit(run, job) for job in work]:
            future.result()


def test_importers_of_the_same_conversations_do_not_deadlock_and_the_newest_stays(store: Any, engine: Engine) -> None:
    ids = [str(number) for number in range(40)]

    def importer(offset: int, order: int) -> Callable[[], None]:
        def run() -> None:
            for round_ in range(15):
                time = 100 + round_ * 3 + offset
                batch = [Incoming(id_, b"%d" % time, 1, time) for id_ in ids[::order]]
                with engine.begin() as connection:
                    save_conversations(connection, "w", batch)

        return run

    def worker() -> None:
        for _ in range(40):
            store.settle(store.lease(15)[::-1])

    _at_once(importer(0, 1), importer(1, -1), importer(2, 1), worker, worker)
    with engine.connect() as connection:
        assert {c.payload for c in read_stored(connection, CONVERSATIONS, [("w", id_) for id_ in ids])} == {b"144"}


def test_a_writer_that_waited_for_another_gets_the_higher_revision(store: Any, engine: Engine) -> None:
    store.save("1", body="zero", updated_at=100)
    entered = threading.Event()

    def second() -> None:
        with engine.begin() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            pids.append(pid)
            entered.set()
            save_conversations(connection, "w", [Incoming("1", b"two", 1, 102)])

    pids: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            save_conversations(connection, "w", [Incoming("0", b"first", 1, 1)])
            save_conversations(connection, "w", [Incoming("1", b"one", 1, 101)])
            waiting = pool.submit(second)
            entered.wait()
            while not store.rows("SELECT WHERE pg_blocking_pids(%(pid)s) <> '{}'", pid=pids[0]):
                assert not waiting.done()
            connection.exec_driver_sql("SELECT nextval('revision') FROM generate_series(1, 10)")
            highest = connection.exec_driver_sql("SELECT last_value FROM revision").scalar_one()
        waiting.result()
    assert store.revision() > highest
    assert store.change().revision > store.revision()


def test_revisions_of_a_conversation_only_rise_whoever_writes(store: Any, engine: Engine) -> None:
    seen: list[tuple[int, int]] = []
    done = threading.Event()
    store.save("1", body="0", updated_at=0)

    def writer(offset: int) -> Callable[[], None]:
        def run() -> None:
            for number in range(1, 80, 2):
                store.save("1", body=str(number + offset), updated_at=number + offset)

        return run

    def writers() -> None:
        try:
            _at_once(writer(0), writer(1))
        finally:
            done.set()

    def reader() -> None:
        while not done.is_set():
            with engine.connect() as connection:
                [stored] = read_stored(connection, CONVERSATIONS, [("w", "1")])
            seen.append((stored.revision, int(stored.payload)))

    _at_once(writers, reader)
    assert seen == sorted(seen)
    assert all(a[1] < b[1] for a, b in pairwise(seen) if a[0] < b[0])


def test_two_different_inputs_of_a_document_never_have_the_same_version(store: Any, engine: Engine) -> None:
    """The version is the higher revision of conversation and workspace, read from one snapshot."""
    inputs: set[tuple[int, int]] = set()
    done = threading.Event()
    store.save("1", body="0", updated_at=0)

    def writers() -> None:
        def conversation() -> None:
            for number in range(1, 150):
                store.save("1", body=str(number), updated_at=number)

        def workspace() -> None:
            for number in range(1, 150):
                with engine.begin() as connection:
                    save_workspace(connection, Workspace("w", bot_admin_ids=(str(number),)))

        try:
            _at_once(conversation, workspace)
        finally:
            done.set()

    def reader() -> None:
        while not done.is_set():
            with snapshot(engine) as connection:
                settings = get_workspace(connection, "w")
                [stored] = read_stored(connection, CONVERSATIONS, [("w", "1")])
            inputs.add((stored.revision, settings.revision))

    _at_once(writers, reader, reader)
    assert len({max(pair) for pair in inputs}) == len(inputs) > 1
