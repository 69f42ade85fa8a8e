"""The bulk writer if a server, a proxy or the network answers something other than outcomes."""

import dataclasses
import threading
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.search import BulkWriter, Limits, Outcome, Settled, Write, bulk_write, connect
from tests.search.scripted import Answer, ScriptedServer, each, ids, refused, taken
from tests.search.ten_writes import ALIAS, TEN, all_of


@pytest.mark.parametrize("status", [401, 403, 404, 500, 502, 504])
def test_a_refused_request_waits_as_a_whole(server: ScriptedServer, scripted: Elasticsearch, status: int) -> None:
    server.bulk = lambda _: refused(status)
    settled = bulk_write(scripted, ALIAS, TEN)
    assert all_of(Outcome.RETRY, settled)
    assert settled[0].reason == f"HTTP {status}: some_exception: not now"
    assert len(server.bodies) == 1


def test_a_refusal_that_is_nobodys_fault_is_not_taken_for_poison(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    error = {"type": "illegal_argument_exception", "reason": "contains unrecognized parameter: [x]"}
    server.bulk = lambda _: Answer(400, {"error": error, "status": 400})
    assert all_of(Outcome.RETRY, bulk_write(scripted, ALIAS, TEN))
    assert len(server.bodies) == 1


@pytest.mark.parametrize("body", [None, "Bad Gateway", {"error": "in words"}, ["odd"]])
def test_a_proxys_own_words_are_passed_on(server: ScriptedServer, scripted: Elasticsearch, body: Any) -> None:
    server.bulk = lambda _: Answer(502, body, {})
    settled = bulk_write(scripted, ALIAS, TEN)
    assert all_of(Outcome.RETRY, settled)
    assert settled[0].reason.startswith("HTTP 502: ")


def test_a_connection_that_breaks_makes_its_writes_wait(server: ScriptedServer, scripted: Elasticsearch) -> None:
    server.bulk = lambda _: None
    settled = bulk_write(scripted, ALIAS, TEN)
    assert all_of(Outcome.RETRY, settled)
    assert settled[0].reason.startswith("ConnectionError: ")
    assert len(server.bodies) == 1


def test_an_answer_that_breaks_off_makes_its_writes_wait_although_they_may_have_been_taken(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    server.bulk = lambda body: dataclasses.replace(taken(body), breaks_off=True)
    settled = bulk_write(scripted, ALIAS, TEN)
    assert all_of(Outcome.RETRY, settled)
    assert settled[0].reason.startswith("ConnectionError: ")
    assert len(server.bodies) == 1


def test_writes_wait_if_the_server_does_not_answer_any_more() -> None:
    server = ScriptedServer()
    client = connect(server.url)
    server.close()
    settled = bulk_write(client, ALIAS, TEN)
    client.close()
    assert all_of(Outcome.RETRY, settled)
    assert "refused" in settled[0].reason


def test_an_answer_that_does_not_come_makes_its_writes_wait(server: ScriptedServer, scripted: Elasticsearch) -> None:
    asked, over = threading.Event(), threading.Event()

    def silent(_: bytes) -> None:
        asked.set()
        over.wait()

    server.bulk = silent
    with BulkWriter(scripted, Limits(request_seconds=0.2)) as writer:
        settled = writer.write(ALIAS, TEN)
    over.set()
    assert asked.is_set()
    assert all_of(Outcome.RETRY, settled)
    assert settled[0].reason.startswith("ConnectionTimeout: ")


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ({"errors": False, "items": [{"index": {"status": 201}}]}, 1),
        ({"status": "down for maintenance"}, 0),
        ("down for maintenance", 0),
        (["down"], 0),
        (None, 0),
    ],
)
def test_an_answer_that_does_not_cover_every_write_makes_all_of_them_wait(
    server: ScriptedServer, scripted: Elasticsearch, body: Any, answers: int
) -> None:
    server.bulk = lambda _: Answer(200, body)
    settled = bulk_write(scripted, ALIAS, TEN)
    assert all_of(Outcome.RETRY, settled)
    assert settled[0].reason == f"{answers} answers to 10 writes"


def test_an_item_that_is_refused_for_now_waits_and_its_neighbours_are_indexed(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    server.bulk = lambda body: each(body, {"w:4": 500})
    settled = bulk_write(scripted, ALIAS, TEN)
    assert settled[3] == Settled("w:4", Outcome.RETRY, "some_exception: for a reason")
    assert {one.outcome for one in settled if one.id != "w:4"} == {Outcome.INDEXED}
    assert len(server.bodies) == 1


def test_a_request_that_is_too_large_is_halved_down_to_the_one_document_that_is(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    """As behind a proxy whose limit is lower than ours."""
    limit = 500
    server.bulk = lambda body: Answer(413, None, {}) if len(body) > limit else taken(body)
    writes = [*TEN[:6], Write("w:large", 1, b'{"title":"%b"}' % (b"x" * limit)), *TEN[6:]]
    settled = bulk_write(scripted, ALIAS, writes)
    assert [one.id for one in settled] == [write.id for write in writes]
    assert [one.id for one in settled if one.outcome is Outcome.POISON] == ["w:large"]
    assert {one.outcome for one in settled if one.id != "w:large"} == {Outcome.INDEXED}
    assert sum(len(body) > limit for body in server.bodies) <= 5
    indexed = [name for body in server.bodies if len(body) <= limit for name in ids(body)]
    assert indexed == [write.id for write in TEN]


def test_the_request_says_that_the_alias_must_exist_and_asks_for_one_short_entry_per_write(
    server: ScriptedServer, scripted: Elasticsearch
) -> None:
    bulk_write(scripted, ALIAS, TEN)
    path = server.paths[-1]
    assert path.startswith(f"/{ALIAS}/_bulk?")
    assert "require_alias=true" in path
    assert "items.*.status" in path
    assert server.bodies[-1].splitlines()[0] == (
        b'{"index":{"_id":"w:1","routing":"w","version":1,"version_type":"external_gte"}}'
    )
