"""People and their events over HTTP: saved once, refused one by one, and workers woken."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import orjson
import pytest
from redis import Redis
from sqlalchemy import Engine

from indexer.datasets.people import PEOPLE
from indexer.people.person import Person, person_from
from indexer.store.database import open_store, upgrade
from indexer.store.entities.person_events import read_summaries
from indexer.store.entities.stored import read_stored
from indexer.web.requests.object_bodies import MOST_OBJECTS
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.web.server import served

pytestmark = pytest.mark.services

AT = 1_793_491_200
ADA = {"id": "p1", "external_id": "u-1", "email": "ada@example.com", "created_at": AT, "updated_at": AT}
EXPORT = {"event_name": "export", "created_at": AT, "user_id": "u-1"}
NOTHING = {"created": 0, "unchanged": 0, "too_old": 0, "waiting": 0, "refused": [], "values": []}


class Server:
    """A server and its store, and the Redis that it wakes workers by."""

    def __init__(self, client: httpx.Client, engine: Engine, redis: Redis) -> None:
        self.client = client
        self.engine = engine
        self.redis = redis

    def post(self, path: str, body: Any, code: int, workspace: str = "acme") -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.client.post(f"/api/v1/{path}", params={"workspace": workspace}, content=content)
        assert answer.status_code == code, answer.text
        return answer.json()

    def person(self, person_id: str) -> Person:
        with self.engine.connect() as connection:
            [stored] = read_stored(connection, PEOPLE, [("acme", person_id)])
        return person_from(stored.payload)

    def counts(self, person_id: str) -> dict[str, int]:
        with self.engine.connect() as connection:
            found = read_summaries(connection, [("acme", person_id)]).get(("acme", person_id), [])
        return {one["name"]: one["count"] for one in map(orjson.loads, found)}


@pytest.fixture(scope="module")
def here(services: Run, redis_url: str) -> Iterator[Server]:
    with (
        fresh_database(services) as url,
        served("http://127.0.0.1:1", "tnothing", DATABASE_URL=url, REDIS_URL=redis_url) as client,
        closing(Redis.from_url(redis_url)) as redis,
    ):
        engine = open_store(url)
        upgrade(engine)
        yield Server(client, engine, redis)
        engine.dispose()


@pytest.fixture
def server(here: Server) -> Server:
    with here.engine.begin() as connection:
        connection.exec_driver_sql(
            "TRUNCATE records, changes, person_keys, person_events, person_event_summaries, waiting_person_events,"
            " attributes"
        )
    here.redis.flushdb()
    return here


def test_an_event_in_the_vendors_shape_is_taken_once(server: Server) -> None:
    server.post("people", ADA, 200)
    server.redis.flushdb()
    assert server.post("events", EXPORT, 202) == {**NOTHING, "created": 1}
    assert server.redis.keys(), "no worker was woken"
    assert server.post("events", EXPORT, 202) == {**NOTHING, "unchanged": 1}
    assert server.counts("p1") == {"export": 1}


def test_events_of_a_batch_are_refused_one_by_one(server: Server) -> None:
    server.post("people", [ADA, {**ADA, "id": "p2", "external_id": "u-2"}], 200)
    batch = [
        EXPORT,
        {"event_name": "export", "created_at": AT},
        "export",
        {**EXPORT, "created_at": AT + 1, "metadata": {"a.b": 1, "format": "csv"}},
        {"event_name": "export", "created_at": AT, "email": "ada@example.com"},
        {**EXPORT, "user_id": "u-9"},
    ]
    found = server.post("events", {"events": batch}, 202)
    assert [one["index"] for one in found["refused"]] == [1, 2, 4]
    assert [(one["index"], one["attribute"]) for one in found["values"]] == [(3, "metadata.a.b")]
    assert (found["created"], found["waiting"]) == (3, 1)
    assert server.counts("p1") == {"export": 2}
    assert server.post("events", batch, 202)["unchanged"] == 3


def test_an_event_alone_that_cannot_be_used_is_an_error(server: Server) -> None:
    assert server.post("events", {**EXPORT, "created_at": "soon"}, 422)["error"]["parameter"] == "created_at"
    assert server.post("events", {"created_at": AT, "user_id": "u-1"}, 422)["error"]["parameter"] == "event_name"


@pytest.mark.parametrize("path", ["events", "people"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"3", b'{"events":3}', b'{"people":[]}'])
def test_a_body_without_objects_is_refused(server: Server, path: str, body: bytes) -> None:
    said = server.client.post(f"/api/v1/{path}", params={"workspace": "acme"}, content=body)
    assert said.status_code in {200, 422}
    if said.status_code == 200:
        assert said.json()["created"] == 0


def test_too_many_objects_are_refused(server: Server) -> None:
    assert "1,000 is the most" in server.post("events", [EXPORT] * (MOST_OBJECTS + 1), 422)["error"]["message"]


def test_a_workspace_that_cannot_be_stored_is_refused(server: Server) -> None:
    assert server.post("events", EXPORT, 422, workspace="a:b")["error"]["parameter"] == "workspace"
    assert server.post("people", ADA, 422, workspace="a\0b")["error"]["parameter"] == "workspace"


def test_people_are_saved_whole_or_in_part_and_say_what_was_refused(server: Server) -> None:
    found = server.post(
        "people",
        [
            {**ADA, "custom_attributes": {"plan": "free", "seats": 3}},
            {"external_id": "u-1", "name": "Ada", "custom_attributes": {"seats": "many", "plan": None}},
            {"name": "Nobody"},
        ],
        200,
    )
    assert (found["created"], found["updated"], found["older"]) == (1, 0, 1)
    assert [(one["index"], one["path"]) for one in found["refused"]] == [(2, "id")]
    assert [(one["index"], one["attribute"]) for one in found["values"]] == [(1, "custom_attributes.seats")]
    assert found["attributes"] == {"plan": "string", "seats": "float"}
    ada = server.person("p1")
    assert (ada.standard["name"], set(ada.custom)) == ("Ada", {"seats"})


def test_notifications_of_webhooks_are_taken_like_records(server: Server) -> None:
    def notice(topic: str, item: object, at: int = AT + 10) -> dict[str, Any]:
        return {"type": "notification_event", "topic": topic, "created_at": at, "data": {"item": item}}

    ada, lead = {"type": "contact", **ADA}, {"type": "contact", **ADA, "id": "p2", "external_id": None}
    found = server.post(
        "people", [notice("contact.user.created", ada), lead, notice("event.created", {"type": "event", **EXPORT})], 200
    )
    assert (found["created"], found["refused"]) == (3, [])
    assert server.counts("p1") == {"export": 1}
    merged = server.post(
        "people", notice("contact.updated", {**ada, "merge_history": [{"source_contact_id": "p2"}]}), 200
    )
    assert (merged["unchanged"], merged["merged"]) == (1, 1)
    server.redis.flushdb()
    assert server.post("people", notice("contact.deleted", {"type": "contact", "id": "p1"}), 200)["updated"] == 1
    assert server.redis.keys(), "no worker was woken"
    assert server.counts("p1") == {}
    wrong = server.post("people", [notice("contact.merged", {"contacts": []}), notice("contact.updated", None)], 200)
    assert [(one["index"], one["path"]) for one in wrong["refused"]] == [(0, "data.item"), (1, "data.item")]
    assert server.post("people", notice("contact.deleted", {"type": "contact"}), 422)["error"]["parameter"] == "id"
