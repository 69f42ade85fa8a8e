"""The server's log of requests and refusals, without their values."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from indexer.settings import Settings
from indexer.web.app import create_app
from indexer.web.needs import NEEDS
from indexer.web.requests.access_log import AccessLog
from tests.web.server import served

APP = create_app(Settings.model_validate({"ELASTICSEARCH_URL": "http://127.0.0.1:1"}))

TOKEN = "a-token-for-the-tests-of-logs"
BEARING = {"Authorization": f"Bearer {TOKEN}"}
ID = "0123456789abcdef"


@pytest.fixture(scope="module")
def guarded(empty_store_url: str) -> Iterator[httpx.Client]:
    """Over a server without an Elasticsearch."""
    with served("http://127.0.0.1:1", "tnothing", DATABASE_URL=empty_store_url, api_token=TOKEN) as client:
        yield client


def logged(client: httpx.Client, method: str, path: str, **more: Any) -> tuple[httpx.Response, list[dict[str, Any]]]:
    with capture_logs() as lines:
        response = client.request(method, path, **more)
        client.get("/static/style.css", headers=BEARING)  # whose line comes after those of the request
    return response, [dict(line) for line in lines if line.get("route") != "/static/{path}"]


@pytest.mark.services
@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/api/v1/reports", "/api/v1/reports", 200),
        ("HEAD", "/api/v1/reports", "/api/v1/reports", 200),
        ("GET", "/api/v1/reports/new_conversations/definition", "/api/v1/reports/{name}/definition", 200),
        ("GET", "/api/v1/reports/s3cret?workspace=s3cret", "/api/v1/reports/{name}", 404),
        ("GET", f"/api/v1/exports/{ID}", "/api/v1/exports/{export_id}", 404),
        ("GET", f"/api/v1/exports/{ID}/download?token=s3cret", "/api/v1/exports/{export_id}/download", 404),
        ("GET", "/s3cret/?token=s3cret", "none", 404),
        ("S3CRET", "/api/v1/reports", "/api/v1/reports", 405),
    ],
)
def test_a_request_is_a_line_without_a_value_of_it(
    guarded: httpx.Client, method: str, path: str, route: str, status: int
) -> None:
    response, [line] = logged(guarded, method, path, headers=BEARING | {"Accept-Encoding": "identity"})
    assert response.status_code == status
    assert line.pop("seconds") >= 0
    assert line.pop("bytes") == len(response.content)
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "other" if method == "S3CRET" else method,
        "route": route,
        "status": status,
        "client": "127.0.0.1",
    }


@pytest.mark.services
@pytest.mark.parametrize(
    ("request_", "kind", "parameter"),
    [
        (
            ("GET", "/api/v1/reports?token=s3cret", {"headers": {"Authorization": "Bearer s3cret-s3cret-s3cret"}}),
            "token",
            None,
        ),
        (
            ("POST", "/api/v1/exports", {"headers": {**BEARING, "Origin": "https://s3cret.example"}, "json": {}}),
            "access",
            None,
        ),
        (("POST", "/api/v1/exports", {"headers": BEARING, "json": {"packing": "s3cret"}}), "parameter", "workspace"),
        (("POST", "/api/v1/exports", {"headers": BEARING, "json": ["s3cret"]}), "parameter", "body"),
        (
            ("GET", "/api/v1/reports/new_conversations?workspace=w&s3cret=1", {"headers": BEARING}),
            "parameter",
            "another",
        ),
        (
            (
                "POST",
                "/api/v1/exports",
                {"headers": BEARING | {"Content-Type": "application/json"}, "content": b"s3cret" * 200_000},
            ),
            "size",
            None,
        ),
    ],
    ids=["token", "page", "missing", "body", "unknown", "size"],
)
def test_a_refusal_is_a_line_of_its_own(
    guarded: httpx.Client, request_: tuple[str, str, dict[str, Any]], kind: str, parameter: str | None
) -> None:
    method, path, more = request_
    response, [asked, refused] = logged(guarded, method, path, **more)
    assert (asked["event"], asked["status"]) == ("request", response.status_code)
    assert (refused["event"], refused["log_level"], refused["kind"]) == ("request_refused", "warning", kind)
    assert refused.get("parameter") == parameter
    assert refused["route"] == path.partition("?")[0].replace("new_conversations", "{name}")
    assert "s3cret" not in str([asked, refused])


@pytest.mark.services
@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8::7", "2001:db8::7"),
        ("192.0.2.7\x1b[2J", "unknown"),
        ("s3cret=1 <b>", "unknown"),
        ("fe80::1%s3cret", "fe80::1"),
        ("s3cret" * 1_000, "unknown"),
    ],
)
def test_the_client_is_an_address_whatever_a_header_says(guarded: httpx.Client, said: str, client: str) -> None:
    _, [line] = logged(guarded, "GET", "/api/v1/reports", headers=BEARING | {"X-Forwarded-For": said})
    assert line["client"] == client


@pytest.mark.services
def test_a_server_that_trusts_no_proxy_does_not_read_the_header(
    empty_store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "")
    with served("http://127.0.0.1:1", "tnothing", DATABASE_URL=empty_store_url, api_token=TOKEN) as client:
        _, [line] = logged(client, "GET", "/api/v1/reports", headers=BEARING | {"X-Forwarded-For": "192.0.2.7"})
    assert line["client"] == "127.0.0.1"


@pytest.mark.services
def test_looks_at_its_health_are_not_logged(guarded: httpx.Client) -> None:
    for path in ("/healthz", "/static/style.css"):
        _, lines = logged(guarded, "GET", path)
        assert [line["route"] for line in lines if line["event"] == "request"] == []


@pytest.mark.services
@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [
        ("/healthz", 200, "private, no-store"),
        ("/", 503, "private, no-store"),
        ("/nowhere", 404, "private, no-store"),
        ("/static/style.css", 200, "no-cache"),
        ("/api/v1/reports", 200, "private, no-cache"),
        (f"/api/v1/exports/{ID}", 404, "private, no-store"),
    ],
)
def test_every_answer_has_the_headers_that_protect_its_reader(
    guarded: httpx.Client, path: str, status: int, kept: str
) -> None:
    response = guarded.get(path, headers=BEARING)
    assert response.status_code == status
    assert {
        "Content-Security-Policy": response.headers["Content-Security-Policy"].partition(";")[0],
        **{
            name: response.headers[name]
            for name in (
                "X-Content-Type-Options",
                "X-Frame-Options",
                "Referrer-Policy",
                "Cross-Origin-Resource-Policy",
                "Cross-Origin-Opener-Policy",
                "Cross-Origin-Embedder-Policy",
                "Cache-Control",
            )
        },
    } == {
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cache-Control": kept,
    }
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_indexer_serve_writes_the_lines_to_standard_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "indexer", "serve", "--port", "0"]
    away = {"INDEXER_ELASTICSEARCH_URL": "http://127.0.0.1:1", "INDEXER_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}
    environment = {**os.environ, **away, "INDEXER_API_TOKEN": TOKEN}
    errors = tmp_path / "errors"
    with (
        errors.open("wb") as file,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=file, text=True) as process,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().split()[4]
        assert httpx.get(f"{url}api/v1/reports", headers=BEARING, timeout=60).status_code == 200
        assert httpx.get(f"{url}api/v1/reports", timeout=60).status_code == 401
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    lines = [orjson.loads(line) for line in errors.read_bytes().splitlines()]
    assert [(line["event"], line["status"]) for line in lines] == [
        ("request", 200),
        ("request", 401),
        ("request_refused", 401),
    ]
    assert TOKEN not in errors.read_text()


@pytest.mark.parametrize(("method", "template"), sorted(NEEDS))
def test_every_address_has_its_template_in_the_log(method: str, template: str) -> None:
    [args] = [one.kwargs for one in APP.user_middleware if one.cls is AccessLog]

    async def nothing(*_: Any) -> None:
        pass

    with capture_logs() as logs:
        path = re.sub(r"\{\w+(:path)?\}", "1", template)
        scope = {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}
        asyncio.run(AccessLog(nothing, args["routes"])(scope, nothing, nothing))  # type: ignore[arg-type]
    assert logs[0]["route"] != "none"
