"""Segments over HTTP: saved, counted, frozen, deleted, and asked for in reports."""

from collections.abc import Iterator

import httpx
import pytest

from tests.embedded.harness import Run
from tests.people.grouped_people import NOW, Place, as_documents, conversations, installation, people
from tests.web.server import served

pytestmark = pytest.mark.services

OF_W = {"workspace": "w"}


@pytest.fixture(scope="module")
def place(services: Run, elasticsearch_url: str) -> Iterator[Place]:
    with installation(services, elasticsearch_url, {"w": people(1), "v": people(2)}) as found:
        found.write("conversations", as_documents(conversations("w", 3)))
        yield found


@pytest.fixture(scope="module")
def client(place: Place, elasticsearch_url: str) -> Iterator[httpx.Client]:
    url = place.store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with served(elasticsearch_url, place.prefix, DATABASE_URL=url) as found:
        yield found


def test_a_segment_lives_from_its_creation_to_its_end(client: httpx.Client) -> None:
    asked = {"name": "Pro / large", "filter": 'plan is "pro"  and seats>4'}
    made = client.post("/api/v1/segments", params=OF_W, json=asked)
    assert (made.status_code, made.json()["filter"]) == (201, 'plan is "pro" and seats > 4')
    assert client.post("/api/v1/segments", params=OF_W, json=asked).status_code == 409
    listed = {one["name"]: one for one in client.get("/api/v1/segments", params=OF_W).json()}
    assert list(listed) == ["New", "Active", "Slipping away", "Pro / large"]
    expected = sum(
        one.person.custom.get("plan", (0, 0))[1] == "pro" and one.person.custom.get("seats", (0, 0))[1] > 4
        for one in people(1)
    )
    assert listed["Pro / large"]["people"] == expected > 0
    assert listed["Pro / large"]["counted_at"] > NOW
    assert client.get("/api/v1/segments", params={"workspace": "v"}).json()[-1]["name"] == "Slipping away"
    assert client.delete("/api/v1/segments/Pro%20%2F%20large", params=OF_W).status_code == 204
    assert client.get("/api/v1/segments/Pro%20%2F%20large", params=OF_W).status_code == 404


def test_a_fixed_audience_is_counted_like_a_segment(client: httpx.Client) -> None:
    client.post("/api/v1/segments", params=OF_W, json={"name": "Free", "filter": 'plan is "free"'})
    frozen = client.post("/api/v1/segments/audiences", params=OF_W, json={"segment": "Free", "name": "Free then"})
    assert frozen.status_code == 201
    assert client.get("/api/v1/segments/Free", params=OF_W).json()["people"] == frozen.json()["people"] > 0
    assert client.get("/api/v1/segments/Free then", params=OF_W).json() | {"counted_at": 0} == frozen.json() | {
        "counted_at": 0
    }


def test_reports_take_segments_and_attributes_and_name_what_there_is_not(client: httpx.Client) -> None:
    address, asked = "/api/v1/reports/new_conversations", {"workspace": "w", "from": "2024-03-10", "to": "2024-04-01"}

    def total(**more: str) -> int:
        found = client.get(address, params={**asked, "as_of": str(NOW), **more}).json()
        count: int = found["total"]["count"]
        return count

    assert 0 < total(where="person.custom.plan=free") < total()
    rows = client.get(address, params={**asked, "interval": "range", "group_by": "person.custom.plan"}).json()["rows"]
    assert {"free", "pro", None, "(no person known)"} <= {row["group"] for row in rows}
    wrong = client.get(address, params={**asked, "where": "person.segment=Nobody"})
    assert (wrong.status_code, wrong.json()["error"]["parameter"]) == (422, "where")
    listed = client.get(
        f"{address}/conversations",
        params={**asked, "as_of": str(NOW), "where": "person.custom.plan=free", "group_by": "person.role"}
        | {"group": "(no person known)"},
    )
    assert listed.json()["total"] == 0
    many = [{"report": "new_conversations", **asked, "where": [where]} for where in ("person.x=1", "person.role=user")]
    first, second = client.post("/api/v1/reports/answers", json=many).json()
    assert first["error"]["parameter"] == "where"
    assert second["total"]["count"] > 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "A", "filter": "plan is"}, 422),
        ({"name": "A", "filter": ""}, 422),
        ({"name": "", "filter": 'plan is "free"'}, 422),
        ({"name": "A\0", "filter": 'plan is "free"'}, 422),
        ({"name": "A\nBcc: b@example.com", "filter": 'plan is "free"'}, 409),
        ({"name": "\x1b[2J", "filter": 'plan is "free"'}, 409),
        ({"name": "A\u202e", "filter": 'plan is "free"'}, 409),
        ({"name": "New", "filter": 'plan is "free"'}, 409),
        ({"name": "A", "filter": 'plan is "free"', "more": 1}, 422),
    ],
)
def test_what_cannot_be_saved_is_refused(client: httpx.Client, body: dict[str, object], status: int) -> None:
    assert client.post("/api/v1/segments", params=OF_W, json=body).status_code == status
