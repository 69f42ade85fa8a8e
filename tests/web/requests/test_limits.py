"""Limits on requests before they are read: size, time, number of connections."""

import contextlib
import socket
from collections.abc import Iterator

import httpx
import pytest

from indexer.web.requests import limits
from tests.faults.waiting import eventually
from tests.reports.indexed import conversation, indexed
from tests.tcp_proxy import TcpProxy
from tests.web.server import served

ANSWERS = "/api/v1/reports/answers"
REPORT = "/api/v1/reports/new_inbound_conversations"
JSON = {"Content-Type": "application/json"}
PATIENCE = 60.0
TOKEN = "t" * 30


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """A server that has no services: nothing here needs them, and only the token of the settings is known."""
    nowhere = "postgresql://u@127.0.0.1:1/x"
    with served("http://127.0.0.1:1", "tnothing", DATABASE_URL=nowhere, api_token=TOKEN) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        yield client


def connection(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=PATIENCE)


def said(on: socket.socket) -> bytes:
    """Everything up to the end of the connection."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := on.recv(65_536):
            found += piece
    return found


def read_until(on: socket.socket, end: bytes) -> bytes:
    """Everything up to `end`, or up to the end of the connection."""
    found = b""
    while end not in found and (piece := on.recv(65_536)):
        found += piece
    return found


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: httpx.Client, kind: str) -> None:
    with connection(client) as raw:
        head = (
            f"POST {ANSWERS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {10**12}\r\n\r\n"
        )
        raw.sendall(head.encode() + b" " * (limits.MOST_BODY_BYTES + 1))
        answer = read_until(raw, b"}}")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"the body has more than 1,000,000 bytes" in answer


def test_a_body_of_unknown_length_is_counted(client: httpx.Client) -> None:
    pieces = (b" " * 10_000 for _ in range(101))
    assert client.post(ANSWERS, content=pieces, headers=JSON).status_code == 413


def test_a_body_that_is_not_too_large_is_read(client: httpx.Client) -> None:
    body = b"[]".ljust(limits.MOST_BODY_BYTES)
    assert client.post(ANSWERS, content=body, headers=JSON).json()["error"]["parameter"] == "body"


def test_a_head_that_is_too_large_is_refused(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"X-Large": "x" * (limits.MOST_HEAD_BYTES - 1_000)}).status_code == 200
    with connection(client) as raw:
        with contextlib.suppress(ConnectionError):  # it may be refused while it is being sent
            raw.sendall(
                b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Large: ".ljust(2 * limits.MOST_HEAD_BYTES, b"x")
            )
            raw.sendall(b"\r\n\r\n")
        assert b"200 OK" not in said(raw)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: local",
        b"POST /api/v1/exports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
    ],
    ids=["nothing", "a part of the head", "a part of the body"],
)
def test_a_request_that_does_not_come_whole_in_time_ends_its_connection(
    monkeypatch: pytest.MonkeyPatch, client: httpx.Client, sent: bytes
) -> None:
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 1.0)
    with connection(client) as raw:
        raw.sendall(sent)
        assert b"200 OK" not in said(raw)


def test_a_second_request_on_a_connection_has_no_more_time(
    monkeypatch: pytest.MonkeyPatch, client: httpx.Client
) -> None:
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 1.0)
    with connection(client) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in read_until(raw, b'"ok"}')
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: local")
        assert b"200 OK" not in said(raw)


def test_connections_beyond_the_limit_are_ended(monkeypatch: pytest.MonkeyPatch, client: httpx.Client) -> None:
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 10)
    with contextlib.ExitStack() as opened:
        first = [opened.enter_context(connection(client)) for _ in range(10)]
        with connection(client) as further:
            assert said(further) == b""
        first[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in read_until(first[0], b'"ok"}')
    eventually(lambda: _answers(client), "closed connections go on counting")


@pytest.mark.services
def test_an_answer_may_take_longer_than_its_request(
    monkeypatch: pytest.MonkeyPatch, elasticsearch_url: str, empty_store_url: str
) -> None:
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 0.5)
    march = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-31"}
    with (
        indexed(elasticsearch_url, [conversation(1, 1_709_251_200, "acme")]) as prefix,
        TcpProxy(elasticsearch_url) as index,
        served(index.url, prefix, DATABASE_URL=empty_store_url) as client,
    ):
        assert client.get(REPORT, params=march).status_code == 200
        index.hang()
        raw = connection(client)
        query = "&".join(f"{name}={value}" for name, value in march.items())
        with raw:
            raw.sendall(f"GET {REPORT}?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            index.wait_until_held()
            raw.settimeout(2.0)
            with pytest.raises(TimeoutError):  # the connection is still open, and nothing is said yet
                raw.recv(1)
            raw.settimeout(PATIENCE)
            index.heal()
            assert b"200 OK" in read_until(raw, b"200 OK")


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.HTTPError:
        return False
