"""Receipts, events and checkpoints over HTTP: saved, counted, refused one by one, and workers woken."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import orjson
import pytest
from redis import Redis
from sqlalchemy import Engine
from structlog.testing import capture_logs

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS
from indexer.store.database import open_store, upgrade
from indexer.store.entities.record_events import count_waiting
from indexer.store.entities.stored import read_stored
from indexer.store.queue.changes import depth
from indexer.web.requests.object_bodies import MOST_OBJECTS
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.web.server import served

pytestmark = pytest.mark.services

TOKEN = "a-token-for-tests"
ADDRESS = "/api/v1/messages/events"
AT = 1_709_251_200
RECEIPT = {"type": "receipt", "receipt_id": "1", "received_at": AT, "content_type": "email"}
OPEN = {"type": "open", "receipt_id": "1", "at": AT + 60}
CHECKPOINT = {"type": "checkpoint", "user_id": "u", "ruleset_id": "7", "created_at": AT, "status_code": 1}


class Server:
    """A server with a token, its store, and the Redis that it wakes workers by."""

    def __init__(self, client: httpx.Client, engine: Engine, redis: Redis) -> None:
        self.client = client
        self.engine = engine
        self.redis = redis

    def post(self, body: Any, workspace: str = "acme") -> dict[str, Any]:
        answer = self.client.post(ADDRESS, params={"workspace": workspace}, content=json.dumps(body).encode())
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, body: bytes, **parameters: str) -> tuple[int, str | None]:
        answer = self.client.post(ADDRESS, params={"workspace": "acme"} | parameters, content=body)
        return answer.status_code, answer.json()["error"].get("parameter")


@pytest.fixture(scope="module")
def here(services: Run, redis_url: str) -> Iterator[Server]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with (
        fresh_database(services) as url,
        served("http://127.0.0.1:1", "tnothing", DATABASE_URL=url, REDIS_URL=redis_url, api_token=TOKEN) as client,
        closing(Redis.from_url(redis_url)) as redis,
    ):
        client.headers.update(headers)
        engine = open_store(url)
        upgrade(engine)
        yield Server(client, engine, redis)
        engine.dispose()


@pytest.fixture
def server(here: Server) -> Server:
    with here.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE records, events, changes")
    here.redis.flushdb()
    return here


def counts(**some: Any) -> dict[str, Any]:
    return {"created": 0, "updated": 0, "unchanged": 0, "older": 0, "waiting": 0, "refused": []} | some


def test_a_batch_is_saved_and_its_workers_are_woken_and_again_it_changes_nothing(server: Server) -> None:
    batch = [OPEN, RECEIPT, CHECKPOINT, {**OPEN, "type": "Click", "link": "https://example.com"}]
    assert server.post(batch) == counts(created=4)
    with server.engine.connect() as connection:
        [receipt] = read_stored(connection, MESSAGE_RECEIPTS, [("acme", "1")])
        assert [orjson.loads(one)["kind"] for one in receipt.events] == ["click", "open"]
        assert (depth(connection, MESSAGE_RECEIPTS).due, depth(connection, SERIES_CHECKPOINTS).due) == (1, 1)
    sent = [orjson.loads(one)["headers"]["task"] for one in server.redis.lrange("live", 0, -1)]
    assert sent == ["indexer.drain", "indexer.drain"]
    assert server.post({"events": batch}) == counts(unchanged=4)
    assert server.redis.llen("live") == 2


def test_events_before_their_receipt_are_counted_as_waiting_until_it_comes(server: Server) -> None:
    assert server.post([OPEN, OPEN]) == counts(created=1, unchanged=1, waiting=1)
    assert server.redis.llen("live") == 0
    with server.engine.connect() as connection:
        assert count_waiting(connection, MESSAGE_RECEIPTS).events == 1
    assert server.post([RECEIPT]) == counts(created=1)
    newer = {**RECEIPT, "ruleset_version_id": "2"}
    assert server.post([newer, RECEIPT]) == counts(updated=1, older=1)
    with server.engine.connect() as connection:
        assert count_waiting(connection, MESSAGE_RECEIPTS).events == 0


def test_what_cannot_be_used_is_refused_with_its_place_and_the_rest_is_saved(server: Server) -> None:
    bad: list[Any] = [
        {"type": "open", "at": AT},
        {"type": "open", "receipt_id": "1"},
        {"type": "receipt", "receipt_id": "2", "received_at": "yesterday"},
        {"receipt_id": "1", "at": AT},
        {"type": "open", "receipt_id": "9" * 600, "at": AT},
        {"type": "checkpoint", "user_id": "u" * 6_000, "ruleset_id": "7", "created_at": AT},
        "open",
        None,
        {"type": "open", "receipt_id": "1", "at": 10**400},
    ]
    found = server.post([RECEIPT, *bad, OPEN])
    refused = found["refused"]
    assert found == counts(created=2, refused=refused)
    assert [one["index"] for one in refused] == list(range(1, len(bad) + 1))
    assert [one["path"] for one in refused][:4] == ["receipt_id", "opened_at", "received_at", "type"]
    assert all(one["reason"] for one in refused)


def test_an_event_of_a_kind_that_is_not_known_is_kept(server: Server) -> None:
    assert server.post([RECEIPT, {**OPEN, "type": "poll answer", "choice": "b"}]) == counts(created=2)
    with server.engine.connect() as connection:
        [receipt] = read_stored(connection, MESSAGE_RECEIPTS, [("acme", "1")])
    assert orjson.loads(receipt.events[0])["kind"] == "poll_answer"


@pytest.mark.parametrize(
    ("body", "parameters", "parameter"),
    [
        (b"", {}, "body"),
        (b"[", {}, "body"),
        (b"\xff", {}, "body"),
        (b"[]", {}, "body"),
        (b'{"events": []}', {}, "body"),
        (b'{"events": [{}], "more": 1}', {}, "body"),
        (b'{"type": "open"}', {}, "body"),
        (b"[" * 100_000, {}, "body"),
        (orjson.dumps([OPEN] * (MOST_OBJECTS + 1)), {}, "body"),
        (orjson.dumps([OPEN]), {"workspace": ""}, "workspace"),
        (orjson.dumps([OPEN]), {"workspace": "a:b"}, "workspace"),
        (orjson.dumps([OPEN]), {"workspace": "a\0"}, "workspace"),
        (orjson.dumps([OPEN]), {"workspace": "w" * 101}, "workspace"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_with_the_parameter(
    server: Server, body: bytes, parameters: dict[str, str], parameter: str
) -> None:
    assert server.refused(body, **parameters) == (422, parameter)
    with server.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM records").scalar() == 0


def test_a_workspace_keeps_a_name_that_a_new_one_could_not_have(server: Server) -> None:
    assert server.refused(orjson.dumps([RECEIPT]), workspace="old:name") == (422, "workspace")
    with server.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO workspaces (workspace_id, revision, updated_at) VALUES ('old:name', 1, now())"
        )
    assert server.post([RECEIPT], workspace="old:name") == counts(created=1)


def test_it_needs_the_token_and_a_body_of_a_reasonable_size(server: Server) -> None:
    body = orjson.dumps([OPEN])
    assert httpx.post(f"{server.client.base_url}{ADDRESS}?workspace=acme", content=body).status_code == 401
    large = orjson.dumps([{**OPEN, "link": "x" * 1_000_000}])
    assert server.client.post(ADDRESS, params={"workspace": "acme"}, content=large).status_code == 413


def test_without_redis_everything_is_saved_and_the_log_says_that_nobody_was_woken(services: Run) -> None:
    with (
        fresh_database(services) as url,
        served("http://127.0.0.1:1", "t", DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1/0") as client,
        capture_logs() as lines,
    ):
        for _ in range(2):
            answer = client.post(ADDRESS, params={"workspace": "acme"}, json=[RECEIPT | {"receipt_id": "3"}])
            assert answer.status_code == 200, answer.text
    assert [line["event"] for line in lines].count("workers_not_woken") == 1
