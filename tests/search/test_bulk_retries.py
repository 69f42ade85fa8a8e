"""The bulk writer under pressure: its retries, its budget, and how it stops."""

import threading
import time
from collections.abc import Callable

import pytest
from elasticsearch import Elasticsearch

from indexer.search import NOT_SENT, BulkWriter, Exchange, Limits, Outcome, Settled, Write
from indexer.search.bulk import THREAD_NAME
from tests.search.scripted import Answer, Script, ScriptedServer, each, ids, refused, taken
from tests.search.ten_writes import ALIAS, TEN, all_of, quick

ENTRY = 97
"""Bytes of one of the writes in a body, about."""


def first(times: int, say: Script, then: Script = taken) -> Script:
    """A script with one answer this many times, and then another."""
    lock, left = threading.Lock(), [times]

    def script(body: bytes) -> Answer | None:
        with lock:
            left[0] -= 1
            say_it = left[0] >= 0
        return say(body) if say_it else then(body)

    return script


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


def none_is_left() -> bool:
    """Whether the writers' threads end by themselves."""
    for thread in threads():
        thread.join(30)
    return not threads()


@pytest.mark.parametrize("status", [429, 503])
def test_a_request_that_is_refused_for_the_moment_is_sent_again(
    server: ScriptedServer, scripted: Elasticsearch, status: int
) -> None:
    server.bulk = first(3, lambda _: refused(status))
    with BulkWriter(scripted, quick()) as writer:
        assert all_of(Outcome.INDEXED, writer.write(ALIAS, TEN))
    assert len(server.bodies) == 4


@pytest.mark.parametrize("status", [429, 503])
def test_of_a_request_only_what_was_refused_for_the_moment_is_sent_again(
    server: ScriptedServer, scripted: Elasticsearch, status: int
) -> None:
    busy = {"w:2": status, "w:9": status}
    server.bulk = first(2, lambda body: each(body, {**busy, "w:3": 409, "w:4": 400, "w:5": 500}))
    with BulkWriter(scripted, quick()) as writer:
        settled = writer.write(ALIAS, TEN)
    assert [one.id for one in settled] == [write.id for write in TEN]
    assert [one.outcome for one in settled[:5]] == [
        Outcome.INDEXED,
        Outcome.INDEXED,
        Outcome.SUPERSEDED,
        Outcome.POISON,
        Outcome.RETRY,
    ]
    assert {one.outcome for one in settled[5:]} == {Outcome.INDEXED}
    assert [ids(body) for body in server.bodies[1:]] == [["w:2", "w:9"]] * 2


@pytest.mark.parametrize(
    ("say", "reason"),
    [
        (lambda _: refused(429), "HTTP 429: some_exception: not now"),
        (
            lambda body: each(body, dict.fromkeys(ids(body), 429)),
            "es_rejected_execution_exception: for a reason",
        ),
    ],
    ids=["request", "items"],
)
def test_a_write_that_is_refused_every_time_comes_back_after_the_last_retry(
    server: ScriptedServer, scripted: Elasticsearch, say: Callable[[bytes], Answer], reason: str
) -> None:
    server.bulk = say
    with BulkWriter(scripted, quick(most_retries=3)) as writer:
        settled = writer.write(ALIAS, TEN)
    assert settled == [Settled(write.id, Outcome.RETRY, reason) for write in TEN]
    assert [name for body in server.bodies for name in ids(body)] == [write.id for write in TEN] * 4


def test_no_retry_begins_after_its_time(server: ScriptedServer, scripted: Elasticsearch) -> None:
    server.bulk = lambda _: refused(429)
    with BulkWriter(scripted, Limits(first_delay_seconds=60, retry_seconds=20)) as writer:
        assert all_of(Outcome.RETRY, writer.write(ALIAS, TEN))
    assert len(server.bodies) == 1


def test_each_wait_for_a_retry_is_twice_as_long(server: ScriptedServer, scripted: Elasticsearch) -> None:
    """From a microsecond, the twentieth cannot begin within a quarter of a second."""
    server.bulk = lambda _: refused(429)
    limits = Limits(first_delay_seconds=0.000_001, retry_seconds=0.25, most_retries=10_000)
    with BulkWriter(scripted, limits) as writer:
        assert all_of(Outcome.RETRY, writer.write(ALIAS, TEN))
    assert len(server.bodies) <= 20


def test_a_full_disk_is_not_asked_again_and_again(server: ScriptedServer, scripted: Elasticsearch) -> None:
    """It answers 429 as well, until space is freed."""
    block = {"type": "cluster_block_exception", "reason": "disk usage exceeded flood-stage watermark"}
    item = {"index": {"_index": "i-1", "status": 429, "error": block}}
    server.bulk = lambda body: Answer(200, {"errors": True, "items": [item] * len(ids(body))})
    with BulkWriter(scripted, quick()) as writer:
        assert all_of(Outcome.RETRY, writer.write(ALIAS, TEN))
        server.bulk = lambda _: refused(429, block["type"])
        assert all_of(Outcome.RETRY, writer.write(ALIAS, TEN))
        assert writer.in_flight.budget == 1_000_000
    assert len(server.bodies) == 2


def test_halves_of_a_request_that_is_too_large_are_sent_again_when_they_are_refused_for_the_moment(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    busy = first(4, lambda body: each(body, {"w:1": 429, "w:7": 429}))
    server.bulk = lambda body: Answer(413, None, {}) if len(ids(body)) > 3 else busy(body)
    with BulkWriter(scripted, quick()) as writer:
        assert all_of(Outcome.INDEXED, writer.write(ALIAS, TEN))
        assert writer.in_flight.budget == 500_000
    assert ids(server.bodies[-1]) == ["w:1", "w:7"]


@pytest.mark.parametrize(
    "say",
    [
        lambda _: refused(429),
        lambda _: refused(502),
        lambda _: refused(503),
        lambda _: refused(504),
        lambda _: None,
        lambda body: each(body, {"w:5": 429}),
        lambda body: Answer(taken(body).status, taken(body).body, breaks_off=True),
    ],
    ids=["429", "502", "503", "504", "hung up", "item", "broke off"],
)
def test_congestion_halves_the_budget_and_success_raises_it_again(
    server: ScriptedServer, scripted: Elasticsearch, say: Script
) -> None:
    server.bulk = first(1, say)
    with BulkWriter(scripted, quick(budget=1_000, most_retries=0)) as writer:
        writer.write(ALIAS, TEN)
        assert writer.in_flight.budget == 500
        budgets = []
        while writer.in_flight.budget < 1_000:
            assert all_of(Outcome.INDEXED, writer.write(ALIAS, TEN))
            budgets.append(writer.in_flight.budget)
        assert len(budgets) > 2
        assert budgets == sorted(budgets)
        assert writer.in_flight.bytes == 0


def test_a_server_that_is_silent_for_too_long_halves_the_budget(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    over = threading.Event()
    server.bulk = lambda _: over.wait() and None
    with BulkWriter(scripted, Limits(request_seconds=0.1)) as writer:
        assert all_of(Outcome.RETRY, writer.write(ALIAS, TEN))
        assert writer.in_flight.budget == 2_000_000
    over.set()
    assert none_is_left()


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500])
def test_an_answer_that_says_nothing_about_load_leaves_the_budget_alone(
    server: ScriptedServer, scripted: Elasticsearch, status: int
) -> None:
    server.bulk = lambda body: each(body, dict.fromkeys(ids(body), status))
    with BulkWriter(scripted, quick()) as writer:
        writer.write(ALIAS, TEN)
        server.bulk = lambda _: refused(status)
        writer.write(ALIAS, TEN)
        assert writer.in_flight.budget == 1_000_000


def test_several_requests_are_under_way_at_once_and_answers_keep_the_order_of_the_writes(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    """The first is answered last."""
    three, others = threading.Barrier(3, timeout=30), threading.Semaphore(0)

    def backwards(body: bytes) -> Answer:
        three.wait()
        if "w:1" in ids(body):
            others.acquire()
            others.acquire()
        else:
            others.release()
        return each(body, {"w:1": 409, "w:5": 400})

    server.bulk = backwards
    with BulkWriter(scripted, quick(request_bytes=4 * ENTRY)) as writer:
        settled = writer.write(ALIAS, TEN)
    assert [one.id for one in settled] == [write.id for write in TEN]
    assert [one.id for one in settled if one.outcome is Outcome.SUPERSEDED] == ["w:1"]
    assert [one.id for one in settled if one.outcome is Outcome.POISON] == ["w:5"]
    assert sorted(len(crowd) for crowd in server.crowds) == [1, 2, 3]


def test_no_more_is_under_way_than_the_budget_and_the_number_of_requests_allow(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    two = threading.Barrier(2, timeout=30)

    def together(body: bytes) -> Answer:
        two.wait()
        return taken(body)

    def slowly(body: bytes) -> Answer:
        time.sleep(0.001)
        return taken(body)

    server.bulk = first(2, together, then=slowly)
    writes = [Write(f"w:{number}", 1, b'{"title":"%b"}' % (b"x" * (number % 90))) for number in range(400)]
    limits = Limits(
        request_bytes=500, start_bytes=1_000, floor_bytes=1_000, ceiling_bytes=1_000, most_requests=3, most_retries=0
    )
    with BulkWriter(scripted, limits) as writer:
        drains = [threading.Thread(target=writer.write, args=(ALIAS, writes[part::2])) for part in range(2)]
        for drain in drains:
            drain.start()
        for drain in drains:
            drain.join()
    assert sorted(name for body in server.bodies for name in ids(body)) == sorted(write.id for write in writes)
    assert max(sum(crowd) for crowd in server.crowds) <= 1_000
    assert max(len(crowd) for crowd in server.crowds) in {2, 3}


def test_after_congestion_requests_are_smaller(server: ScriptedServer, scripted: Elasticsearch) -> None:
    server.bulk = first(1, lambda _: refused(429))
    with BulkWriter(scripted, quick(budget=12 * ENTRY, most_requests=1)) as writer:
        assert all_of(Outcome.INDEXED, writer.write(ALIAS, TEN))
    assert len(server.bodies[0]) > 6 * ENTRY
    assert len(server.bodies) > 2
    assert len(server.bodies[1]) <= 6 * ENTRY


def test_the_caller_continues_while_its_writes_are_under_way(server: ScriptedServer, scripted: Elasticsearch) -> None:
    begun = threading.Event()
    server.bulk = lambda body: taken(body) if begun.wait(30) else None
    with BulkWriter(scripted, quick()) as writer:
        outcomes = writer.begin(ALIAS, TEN[:5])
        more = writer.begin(ALIAS, TEN[5:])
        begun.set()
        assert all_of(Outcome.INDEXED, outcomes() + more())


def test_every_request_is_heard_of_before_and_after(server: ScriptedServer, scripted: Elasticsearch) -> None:
    heard: list[Exchange | str] = []
    server.bulk = first(1, lambda _: refused(429))
    with BulkWriter(scripted, quick(), began=lambda: heard.append("began"), observe=heard.append) as writer:
        writer.write(ALIAS, TEN)
    assert [one if isinstance(one, str) else (one.writes, one.bytes, one.congested) for one in heard] == [
        "began",
        (10, len(server.bodies[0]), True),
        "began",
        (10, len(server.bodies[1]), False),
    ]


def test_a_defect_in_a_thread_of_the_writer_reaches_the_caller_and_frees_the_budget(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    def broken(_: Exchange) -> None:
        raise LookupError("a defect")

    with BulkWriter(scripted, quick(), observe=broken) as writer:
        with pytest.raises(LookupError, match="a defect"):
            writer.write(ALIAS, TEN)
        assert writer.in_flight.bytes == 0


def test_a_stop_lets_requests_under_way_end_and_sends_nothing_more(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    stopped = threading.Event()
    writer = BulkWriter(scripted, quick(request_bytes=ENTRY, most_requests=2))

    def last(body: bytes) -> Answer:
        if len(server.bodies) == 2:
            writer.stop()
            stopped.set()
        stopped.wait(30)
        return taken(body)

    server.bulk = last
    settled = writer.write(ALIAS, TEN)
    writer.close()
    assert [one.id for one in settled] == [write.id for write in TEN]
    assert [one.outcome for one in settled] == [Outcome.INDEXED] * 2 + [Outcome.RETRY] * 8
    assert {one.reason for one in settled[2:]} == {NOT_SENT}
    assert sorted(name for body in server.bodies for name in ids(body)) == ["w:1", "w:2"]
    assert none_is_left()


def test_a_stop_ends_the_wait_for_the_next_try(server: ScriptedServer, scripted: Elasticsearch) -> None:
    patient = Limits(first_delay_seconds=3_600, retry_seconds=36_000)
    writer = BulkWriter(scripted, patient, observe=lambda _: writer.stop())
    server.bulk = lambda _: refused(429)
    settled = writer.write(ALIAS, TEN)
    assert all_of(Outcome.RETRY, settled)
    assert settled[0].reason.startswith("HTTP 429")
    assert len(server.bodies) == 1


def test_a_stop_ends_the_halving_of_a_request_that_is_too_large(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    writer = BulkWriter(scripted, quick())

    def too_large(body: bytes) -> Answer:
        if len(ids(body)) > 5:
            return Answer(413, None, {})
        writer.stop()
        return taken(body)

    server.bulk = too_large
    settled = writer.write(ALIAS, TEN)
    assert [one.outcome for one in settled] == [Outcome.INDEXED] * 5 + [Outcome.RETRY] * 5
    assert settled[5].reason == NOT_SENT


def test_closing_waits_for_requests_under_way(server: ScriptedServer, scripted: Elasticsearch) -> None:
    came, go_on = threading.Event(), threading.Event()

    def slow(body: bytes) -> Answer:
        came.set()
        go_on.wait(30)
        return taken(body)

    server.bulk = slow
    writer = BulkWriter(scripted, quick())
    outcomes = writer.begin(ALIAS, TEN)
    came.wait(30)
    closing = threading.Thread(target=writer.close, args=(30,))
    closing.start()
    go_on.set()
    closing.join()
    assert all_of(Outcome.INDEXED, outcomes())
    assert none_is_left()


def test_closing_does_not_wait_for_ever(server: ScriptedServer, scripted: Elasticsearch) -> None:
    over = threading.Event()
    server.bulk = lambda _: over.wait() and None
    writer = BulkWriter(scripted, Limits(request_seconds=3_600))
    outcomes = writer.begin(ALIAS, TEN)
    writer.close(wait_seconds=0.05)
    settled = outcomes()
    assert all_of(Outcome.RETRY, settled)
    assert settled[0].reason == "no answer before the writer was closed"
    assert len(threads()) == 1
    over.set()
    assert none_is_left()


def test_a_writer_that_was_closed_sends_nothing(server: ScriptedServer, scripted: Elasticsearch) -> None:
    with BulkWriter(scripted) as writer:
        pass
    assert writer.write(ALIAS, TEN) == [Settled(write.id, Outcome.RETRY, NOT_SENT) for write in TEN]
    assert server.bodies == []
