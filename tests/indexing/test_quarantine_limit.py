"""The limit of the quarantine, on a real store."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event
from structlog.testing import capture_logs

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.errors import DrainStopped, RetryLater
from indexer.store.entities.conversations import save_conversations
from indexer.store.queue.drain_stops import DrainStop, drain_stop, resume_drain
from indexer.store.queue.leased_change import LeasedChange, Poisoned
from indexer.store.queue.leases import lease_changes, quarantine_changes
from indexer.store.queue.quarantine_limit import WINDOW, Guard

pytestmark = pytest.mark.services


@pytest.fixture
def guard(store: Engine) -> Guard:
    return Guard(store, CONVERSATIONS, share=0.2, minimum=20)


def poison(*numbers: int, error: str = "no such field") -> list[Poisoned]:
    return [
        Poisoned(LeasedChange("conversations", "w", str(number), 1, 1, 0, uuid4()), "refused", error)
        for number in numbers
    ]


def stop_of(store: Engine) -> DrainStop | None:
    with store.connect() as connection:
        return drain_stop(connection, CONVERSATIONS)


def resume(store: Engine) -> None:
    with store.begin() as connection:
        assert resume_drain(connection, CONVERSATIONS) is not None


def test_a_few_bad_documents_pass_whatever_their_share(guard: Guard, store: Engine) -> None:
    guard.admit(19, poison(*range(19)))
    assert not guard.stopped()
    assert stop_of(store) is None


def test_many_bad_documents_pass_while_they_are_a_small_share(guard: Guard) -> None:
    guard.admit(500, poison(*range(100)))
    guard.admit(500, poison(*range(100, 200)))
    assert not guard.stopped()


def test_too_large_a_share_stops_the_drain_before_anything_of_the_batch_passes(guard: Guard, store: Engine) -> None:
    with pytest.raises(DrainStopped, match=r"101 of the last 500 .* limit is 20% .*indexer quarantine resume"):
        guard.admit(500, poison(*range(101)))
    assert guard.stopped()
    assert stop_of(store) is not None


def test_bad_documents_that_come_one_at_a_time_add_up(guard: Guard) -> None:
    for number in range(19):
        guard.admit(1, poison(number))
    with pytest.raises(DrainStopped, match="20 of the last 20"):
        guard.admit(1, poison(19))


def test_only_the_last_documents_count(guard: Guard) -> None:
    guard.admit(19, poison(*range(19)))
    guard.admit(WINDOW, [])
    guard.admit(250, poison(*range(100, 340)))
    # 240 of the last 1,250. With the first batch it would be 259 of 1,269, which is more than a fifth.
    assert not guard.stopped()


def test_good_documents_of_before_hide_a_wrong_mapping_no_longer_than_a_window(guard: Guard) -> None:
    guard.admit(100 * WINDOW, [])
    bad = 0
    with pytest.raises(DrainStopped):  # noqa: PT012 - how long it takes is the question
        while True:
            guard.admit(50, poison(*range(bad, bad + 50)))
            bad += 50
    assert bad < WINDOW


def test_a_stop_holds_for_every_worker_and_nothing_passes_until_somebody_resumes(guard: Guard, store: Engine) -> None:
    other = Guard(store, CONVERSATIONS)
    with pytest.raises(DrainStopped):
        guard.admit(20, poison(*range(20)))
    assert other.stopped()
    with pytest.raises(DrainStopped, match="20 of the last 20"):
        other.admit(500, poison(100))
    other.admit(500, [])
    resume(store)
    assert not other.stopped()
    other.admit(1, poison(100))


def test_documents_from_before_a_stop_do_not_count_after_it(guard: Guard, store: Engine) -> None:
    other = Guard(store, CONVERSATIONS)
    other.admit(19, poison(*range(50, 69)))
    with pytest.raises(DrainStopped):
        guard.admit(20, poison(*range(20)))
    assert other.stopped()
    resume(store)
    for each in (guard, other):
        each.admit(19, poison(*range(19)))


def test_a_cause_that_is_still_there_stops_the_drain_again(guard: Guard, store: Engine) -> None:
    for _ in range(2):
        with pytest.raises(DrainStopped):
            guard.admit(20, poison(*range(20)))
        resume(store)


def test_an_entity_in_quarantine_already_is_not_counted_again(guard: Guard, store: Engine) -> None:
    """A replay of entries that still fail, or bad conversations that change all day, do not stop the drain."""
    numbers = range(1_000, 1_200)
    with store.begin() as connection:
        save_conversations(connection, "w", [Incoming(str(number), b"{}", 1, 1) for number in numbers])
    with store.begin() as connection:
        leases = lease_changes(connection, CONVERSATIONS, None, 500, 60)
    with store.begin() as connection:
        quarantine_changes(connection, [Poisoned(lease, "refused", "no such field") for lease in leases])
    guard.admit(200, poison(*numbers))
    guard.admit(219, poison(*numbers, *range(19)))
    with pytest.raises(DrainStopped, match="20 of the last 20"):
        guard.admit(201, poison(*numbers, 19))


def test_a_share_of_one_switches_the_limit_off(store: Engine) -> None:
    guard = Guard(store, CONVERSATIONS, share=1)
    guard.admit(500, poison(*range(500)))
    assert not guard.stopped()


def test_the_commonest_error_is_the_example_though_ids_and_values_differ(guard: Guard, store: Engine) -> None:
    rare = poison(*range(8), error="ValueError('x')") + poison(*range(8, 12), error="KeyError('y')")
    common = [one for number in range(12, 22) for one in poison(number, error=f"[1:{number}] value '{number}a' of [x]")]
    with pytest.raises(DrainStopped):
        guard.admit(22, rare + common)
    stop = stop_of(store)
    assert stop is not None
    assert stop.error == "w 12: refused: [1:12] value '12a' of [x]"


def test_a_stop_is_loud_once_and_then_not_at_every_look(guard: Guard, store: Engine) -> None:
    other = Guard(store, CONVERSATIONS)
    with capture_logs() as logs:
        with pytest.raises(DrainStopped):
            guard.admit(20, poison(*range(20)))
        for _ in range(50):
            assert guard.stopped()
    [said] = logs
    assert (said["event"], said["log_level"]) == ("drain_stopped", "error")
    assert said["reason"].startswith("20 of the last 20 documents")
    assert "no such field" in said["error"]
    assert "quarantine resume" in said["remedy"]
    with capture_logs() as logs:
        assert [other.stopped(), other.stopped()] == [True, True]
    assert len(logs) == 1


def test_good_batches_ask_the_store_nothing(store: Engine) -> None:
    guard = Guard(store, CONVERSATIONS)
    asked: list[Any] = []
    event.listen(store, "before_cursor_execute", lambda *arguments: asked.append(arguments))
    guard.admit(500, [])
    assert asked == []


def test_a_stop_is_work_for_later() -> None:
    assert issubclass(DrainStopped, RetryLater)
