"""Exports over HTTP: ordered, shown, cancelled, and fetched by the link."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from elasticsearch import Elasticsearch
from structlog.testing import capture_logs

from indexer.exports.export_writer import ExportWriter
from indexer.search import alias_name
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.embedded.harness import Run
from tests.exports.made_messages import files, made, table
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.web.server import served

pytestmark = pytest.mark.services

TOKEN = "a-token-for-tests"
BEARING = {"Authorization": f"Bearer {TOKEN}"}
MARCH = 1_709_251_200
ORDER = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-02"}


class Server:
    """A server with a token, and a worker that writes when it is told to."""

    def __init__(self, client: httpx.Client, writer: ExportWriter) -> None:
        self.client = client
        self.writer = writer

    def order(self, **more: Any) -> dict[str, Any]:
        answer = self.client.post("/api/v1/exports", json=ORDER | more, headers=BEARING)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def fetch(self, link: str) -> httpx.Response:
        """Without the server's token, as from a mail."""
        address = urlsplit(link)
        return self.client.get(f"{address.path}?{address.query}")

    def expire(self) -> None:
        with self.writer.store.begin() as connection:
            connection.exec_driver_sql("UPDATE exports SET expires_at = now()")


@pytest.fixture
def server(services: Run, elasticsearch_url: str, tmp_path: Path) -> Iterator[Server]:
    with ordering(services, elasticsearch_url, tmp_path) as server:
        yield server


@pytest.fixture
def mailing_server(services: Run, elasticsearch_url: str, tmp_path: Path) -> Iterator[Server]:
    """One that takes two orders with mail an hour, for addresses of example.org."""
    mail = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "reports@example.org", "mail_per_hour": "2"}
    with ordering(services, elasticsearch_url, tmp_path, **mail) as server:
        yield server


@contextmanager
def ordering(services: Run, elasticsearch_url: str, tmp_path: Path, **other: str) -> Iterator[Server]:
    documents = [
        conversation(
            number,
            MARCH + number,
            "acme",
            legacy={
                "conversation_created_at": MARCH,
                "message_type": "UserMessage",
                "thread_created_at": MARCH + number,
            },
        )
        for number in range(5)
    ]
    with (
        fresh_database(services) as url,
        indexed(elasticsearch_url, documents) as prefix,
        served(
            elasticsearch_url, prefix, DATABASE_URL=url, api_token=TOKEN, exports_dir=str(tmp_path), **other
        ) as client,
        Elasticsearch(elasticsearch_url) as search,
    ):
        store = open_store(url)
        upgrade(store)
        with store.begin() as connection:
            save_workspace(connection, Workspace("acme"))
        settings = Settings(exports_dir=tmp_path)
        yield Server(client, ExportWriter(store, search, alias_name(prefix, "conversations"), settings))
        store.dispose()


def test_an_export_is_ordered_followed_and_fetched_by_its_link(server: Server) -> None:
    ordered = server.order()
    assert (ordered["state"], ordered["rows"], ordered["total"]) == ("queued", 0, None)
    assert ordered["link"].startswith(f"http://127.0.0.1:8080/api/v1/exports/{ordered['id']}/download?token=")
    early = server.fetch(ordered["link"])
    assert early.status_code == 409
    server.writer.run()
    status = server.client.get(f"/api/v1/exports/{ordered['id']}", headers=BEARING).json()
    assert (status["state"], status["rows"], status["total"]) == ("complete", 5, 5)
    assert "link" not in status
    fetched = server.fetch(ordered["link"])
    assert fetched.status_code == 200
    assert fetched.headers["content-disposition"] == 'attachment; filename="conversations-2024-03-01-2024-03-02.csv"'
    assert len(fetched.text.splitlines()) == 6


def test_neither_the_token_of_another_link_nor_that_of_the_server_opens_a_link(server: Server) -> None:
    ordered, other = server.order(), server.order()
    server.writer.run()
    path = urlsplit(ordered["link"]).path
    others = urlsplit(other["link"]).query
    for query in (others, f"token={TOKEN}", "token=", ""):
        assert server.client.get(f"{path}?{query}", headers=BEARING).status_code in {404, 422}
    assert server.client.get(f"/api/v1/exports/{'0' * 16}/download?token=a").status_code == 404


def test_a_link_ends_with_its_time(server: Server) -> None:
    ordered = server.order()
    server.writer.run()
    server.expire()
    server.writer.run()
    gone = server.fetch(ordered["link"])
    assert gone.status_code == 410
    assert "order the export again" in gone.json()["error"]["message"]


def test_the_time_of_a_link_is_over_before_anybody_removes_the_file(server: Server) -> None:
    ordered = server.order()
    server.writer.run()
    server.expire()
    assert server.fetch(ordered["link"]).status_code == 410


def test_a_complete_export_is_ended_before_its_time(server: Server) -> None:
    ordered = server.order()
    server.writer.run()
    assert server.client.delete(f"/api/v1/exports/{ordered['id']}", headers=BEARING).json()["state"] == "cancelled"
    assert server.fetch(ordered["link"]).status_code == 410
    server.writer.run()
    assert list(server.writer.directory.iterdir()) == []


def test_it_is_logged_who_orders_fetches_and_ends_an_export_and_no_secret_with_it(server: Server) -> None:
    with capture_logs() as lines:
        ordered = server.order()
        server.writer.run()
        address = urlsplit(ordered["link"])
        looked = server.client.head(f"{address.path}?{address.query}")  # as programs do that look for harmful files
        assert (looked.status_code, looked.content) == (200, b"")
        server.fetch(ordered["link"])
        server.client.delete(f"/api/v1/exports/{ordered['id']}", headers=BEARING)
    said = [line for line in lines if line["event"].startswith("export_")]
    assert [line["event"] for line in said] == ["export_ordered", "export_fetched", "export_ended"]
    for line in said:
        assert (line["export"], line["client"], line["workspace"]) == (ordered["id"], "127.0.0.1", "acme")
    assert urlsplit(ordered["link"]).query.removeprefix("token=") not in str(lines)
    assert TOKEN not in str(lines)


def test_an_export_is_cancelled_once(server: Server) -> None:
    ordered = server.order()
    address = f"/api/v1/exports/{ordered['id']}"
    assert server.client.delete(address, headers=BEARING).json()["state"] == "cancelled"
    again = server.client.delete(address, headers=BEARING)
    assert again.status_code == 409
    assert "already cancelled" in again.json()["error"]["message"]
    assert server.fetch(ordered["link"]).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"from": "2024-03-03"}, "to"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"email": "ann@example.org\r\nBcc: b@example.org"}, "email"),
        ({"packing": "rar"}, "packing"),
        ({"colour": "red"}, "colour"),
        ({"dataset": "people"}, "dataset"),
        ({"workspace": "Your account is locked, see https://evil.example"}, "workspace"),
        ({"workspace": "w" * 5_000}, "workspace"),
    ],
)
def test_an_impossible_order_is_refused_with_the_parameter(
    server: Server, wrong: dict[str, Any], parameter: str
) -> None:
    refused = server.client.post("/api/v1/exports", json=ORDER | wrong, headers=BEARING)
    assert refused.status_code == 422
    assert refused.json()["error"]["parameter"] == parameter


def test_mail_to_a_foreign_domain_and_too_much_of_it_is_refused(mailing_server: Server) -> None:
    server = mailing_server
    wrong = server.client.post("/api/v1/exports", json=ORDER | {"email": "victim@elsewhere.example"}, headers=BEARING)
    assert (wrong.status_code, wrong.json()["error"]["parameter"]) == (422, "email")
    server.order(email="ann@example.org")
    server.order(email="ben@example.org")
    refused = server.client.post("/api/v1/exports", json=ORDER | {"email": "ann@example.org"}, headers=BEARING)
    assert refused.status_code == 429
    assert "INDEXER_MAIL_PER_HOUR" in refused.json()["error"]["remedy"]


def test_ordering_and_looking_need_the_servers_token(server: Server) -> None:
    assert server.client.post("/api/v1/exports", json=ORDER).status_code == 401
    assert server.client.get(f"/api/v1/exports/{server.order()['id']}").status_code == 401


def test_mail_that_cannot_be_sent_is_not_promised(server: Server) -> None:
    refused = server.client.post("/api/v1/exports", json=ORDER | {"email": "ann@example.org"}, headers=BEARING)
    assert refused.status_code == 503
    assert "INDEXER_SMTP_URL" in refused.json()["error"]["remedy"]


def test_messages_are_ordered_one_at_a_time_and_fetched_by_their_link(server: Server) -> None:
    messages = made()
    with server.writer.store.begin() as connection:
        messages.save(connection, "acme")
    asked = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-12"}

    def order(**more: Any) -> httpx.Response:
        return server.client.post("/api/v1/exports/messages", json=asked | more, headers=BEARING)

    first = order()
    assert first.status_code == 202, first.text
    assert (first.json()["state"], first.json()["request"]["dataset"]) == ("pending", "messages")
    second = order(report="overview")
    assert second.status_code == 429
    assert first.json()["id"] in second.json()["error"]["message"]
    assert server.fetch(first.json()["link"]).status_code == 409
    server.writer.run()
    status = server.client.get(f"/api/v1/exports/{first.json()['id']}", headers=BEARING).json()
    total = len(messages.receipts) + len(messages.checkpoints)
    assert (status["state"], status["rows"], status["total"]) == ("completed", total, total)
    fetched = server.fetch(first.json()["link"])
    name = "messages-detailed-2024-03-01-2024-03-12.zip"
    assert fetched.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert len(table(files(fetched.content)["receipt.csv"])) == len(messages.receipts)

    empty = order(**{"from": "2023-01-01", "to": "2023-01-31"}).json()
    server.writer.run()
    assert server.client.get(f"/api/v1/exports/{empty['id']}", headers=BEARING).json()["state"] == "no_data"
    nothing = server.fetch(empty["link"])
    assert (nothing.status_code, "has no data" in nothing.text) == (409, True)
    refused = order(series="1", message="2")
    assert (refused.status_code, refused.json()["error"]["parameter"]) == (422, "series")
    waiting = order().json()
    ended = server.client.delete(f"/api/v1/exports/{waiting['id']}", headers=BEARING).json()
    assert ended["state"] == "canceled"
