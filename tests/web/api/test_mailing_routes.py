"""Subscriptions and alerts over HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from indexer.mailings.workspace_subscriptions import MOST_OF_A_WORKSPACE
from indexer.store.database import open_store
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.web.server import served

pytestmark = pytest.mark.services

OF_ACME = {"workspace": "acme"}
SUBSCRIPTIONS, ALERTS = "/api/v1/subscriptions", "/api/v1/alerts"


@pytest.fixture(scope="module")
def client(services: Run, elasticsearch_url: str) -> Iterator[httpx.Client]:
    mail = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "reports@example.com"}
    with (
        fresh_database(services) as url,
        indexed(elasticsearch_url, [conversation(1, 1_709_251_200, "acme")]) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=url, **mail) as client,
    ):
        for name, address in {
            "Moving": "/pages/overview",
            "Fixed": "/pages/overview?from=2024-01-01&to=2024-01-31",
        }.items():
            client.post("/api/v1/views", params=OF_ACME, json={"name": name, "address": address})
        store = open_store(url)
        with store.begin() as connection:
            save_workspace(connection, Workspace("acme"))
        store.dispose()
        yield client


def test_a_subscription_lives_from_its_creation_to_its_end(client: httpx.Client) -> None:
    asked = {"name": "Month", "view": "Moving", "to": "ann@example.com", "every": "monthly", "on": "31", "at": "07:30"}
    made = client.post(SUBSCRIPTIONS, params=OF_ACME, json=asked | {"time_zone": "Asia/Kathmandu"})
    assert made.status_code == 201
    shown = made.json()
    assert (shown["every"], shown["at"], shown["on_day"], shown["time_zone"]) == (
        "monthly",
        "07:30",
        31,
        "Asia/Kathmandu",
    )
    assert shown["next_at"].endswith("T01:45:00Z")
    assert client.post(SUBSCRIPTIONS, params=OF_ACME, json=asked).status_code == 409
    assert client.get(SUBSCRIPTIONS, params=OF_ACME).json() == [shown]
    assert client.get(SUBSCRIPTIONS, params={"workspace": "zenith"}).json() == []
    assert client.get(f"{SUBSCRIPTIONS}/Month", params=OF_ACME).json() == shown
    needed = client.delete("/api/v1/views/Moving", params=OF_ACME)
    assert (needed.status_code, needed.json()["error"]["message"]) == (
        409,
        "the view Moving is mailed by the subscription Month",
    )
    assert client.delete(f"{SUBSCRIPTIONS}/Month", params=OF_ACME).status_code == 204
    assert client.get(f"{SUBSCRIPTIONS}/Month", params=OF_ACME).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status", "parameter"),
    [
        ({"view": "Fixed"}, 409, None),
        ({"view": "Nothing"}, 404, None),
        ({"to": "ann@other.example"}, 422, "to"),
        ({"to": "not an address"}, 422, "to"),
        ({"on": "someday"}, 422, "on"),
        ({"at": "25:00"}, 422, "at"),
        ({"time_zone": "Mars"}, 422, "time_zone"),
        ({"every": "hourly"}, 422, "every"),
    ],
)
def test_a_subscription_that_could_never_be_sent_is_refused(
    client: httpx.Client, wrong: dict[str, str], status: int, parameter: str | None
) -> None:
    asked = {"name": "Wrong", "view": "Moving", "to": "ann@example.com", "every": "weekly"} | wrong
    refused = client.post(SUBSCRIPTIONS, params=OF_ACME, json=asked)
    assert (refused.status_code, refused.json()["error"].get("parameter")) == (status, parameter)


def test_an_alert_lives_from_its_creation_to_its_end(client: httpx.Client) -> None:
    asked = {
        "name": "Slow",
        "report": "median_first_response_time",
        "to": "ann@example.com",
        "above": "2h",
        "range": "7d",
    }
    made = client.post(ALERTS, params=OF_ACME, json=asked | {"where": ["channel=email"], "office_hours": True})
    assert made.status_code == 201
    shown = made.json()
    assert (shown["direction"], shown["threshold"], shown["told"]) == ("above", 7200, "not_crossed")
    assert shown["question"] == {"range": "7d", "where": ["channel=email"], "office_hours": True}
    assert client.post(ALERTS, params=OF_ACME, json=asked).status_code == 409
    assert client.get(ALERTS, params=OF_ACME).json() == [shown]
    assert client.get(f"{ALERTS}/Slow", params=OF_ACME).json() == shown
    wrong = client.post(ALERTS, params=OF_ACME, json=asked | {"above": "soon"})
    assert (wrong.status_code, wrong.json()["error"]["parameter"]) == (422, "above")
    assert client.post(ALERTS, params=OF_ACME, json=asked | {"report": "nothing"}).status_code == 404
    assert client.delete(f"{ALERTS}/Slow", params=OF_ACME).status_code == 204
    assert client.get(f"{ALERTS}/Slow", params=OF_ACME).status_code == 404


TEXT = "Your account is locked, see evil.example"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (SUBSCRIPTIONS, {"name": "A", "view": "Moving", "to": "ann@example.com", "every": "daily"}),
        (ALERTS, {"name": "A", "report": "new_conversations", "to": "ann@example.com", "above": "1"}),
    ],
    ids=["subscription", "alert"],
)
def test_no_mail_goes_out_in_the_name_of_a_workspace_that_does_not_exist(
    client: httpx.Client, path: str, asked: dict[str, str]
) -> None:
    of_nothing = {"workspace": TEXT}
    view = {"name": "Moving", "address": "/pages/overview"}
    assert client.post("/api/v1/views", params=of_nothing, json=view).status_code == 201
    refused = client.post(path, params=of_nothing, json=asked)
    assert (refused.status_code, refused.json()["error"]["parameter"]) == (422, "workspace")
    assert client.get(path, params=of_nothing).json() == []
    client.delete("/api/v1/views/Moving", params=of_nothing)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (SUBSCRIPTIONS, {"view": "Moving", "to": "ann@example.com", "every": "daily"}),
        (ALERTS, {"report": "new_conversations", "to": "ann@example.com", "above": "1"}),
    ],
    ids=["subscriptions", "alerts"],
)
def test_a_workspace_has_so_many_of_them_and_no_more(client: httpx.Client, path: str, asked: dict[str, str]) -> None:
    names = [f"{number:03}" for number in range(MOST_OF_A_WORKSPACE)]
    for name in names:
        assert client.post(path, params=OF_ACME, json=asked | {"name": name}).status_code == 201
    refused = client.post(path, params=OF_ACME, json=asked | {"name": "one more"})
    assert refused.status_code == 429
    assert "delete one of them first" in refused.json()["error"]["remedy"]
    for name in names:
        assert client.delete(f"{path}/{name}", params=OF_ACME).status_code == 204
