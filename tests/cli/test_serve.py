"""`indexer serve` as a process, and its refusals."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.errors import OperatorError
from indexer.settings import settings
from indexer.store.access.scopes import EVERYTHING
from indexer.store.access.tokens import create_token
from indexer.store.database import open_store, upgrade


def refusal(*arguments: str) -> OperatorError:
    error = CliRunner().invoke(app, ["serve", *arguments]).exception
    assert isinstance(error, OperatorError)
    return error


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_the_server_prints_its_address_and_stops_when_interrupted(host: str) -> None:
    command = [sys.executable, "-m", "indexer", "serve", "--host", host, "--port", "0"]
    environment = {**os.environ, "INDEXER_ELASTICSEARCH_URL": "http://127.0.0.1:1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        url = said.split()[4]
        assert httpx.get(f"{url}healthz", timeout=30).json() == {"status": "ok"}
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


@pytest.mark.services
def test_with_a_link_it_prints_one_that_can_be_opened_once(database_url: str) -> None:
    store = open_store(database_url)
    upgrade(store)
    store.dispose()
    command = [sys.executable, "-m", "indexer", "serve", "--port", "0", "--link"]
    services = {"INDEXER_ELASTICSEARCH_URL": "http://127.0.0.1:1", "INDEXER_DATABASE_URL": database_url}
    with subprocess.Popen(command, env=os.environ | services, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        link = process.stdout.readline().split()[4]
        assert [httpx.get(link, timeout=30).status_code for _ in range(2)] == [303, 403]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def test_with_a_token_the_server_listens_for_other_machines_and_asks_for_the_token() -> None:
    command = [sys.executable, "-m", "indexer", "serve", "--host", "0.0.0.0", "--port", "0"]  # noqa: S104
    environment = {
        **os.environ,
        "INDEXER_ELASTICSEARCH_URL": "http://127.0.0.1:1",
        "INDEXER_API_TOKEN": "a-token-for-tests",
    }
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().split()[4].rpartition(":")[2].strip("/")
        url = f"http://127.0.0.1:{port}/api/v1/reports"
        assert httpx.get(url, timeout=30).status_code == 401
        assert httpx.get(url, headers={"Authorization": "Bearer a-token-for-tests"}, timeout=30).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


@pytest.mark.services
def test_with_an_account_the_server_listens_for_other_machines_and_asks_for_it(database_url: str) -> None:
    store = open_store(database_url)
    upgrade(store)
    with store.begin() as connection:
        _, secret = create_token(connection, "first", EVERYTHING)
    store.dispose()
    command = [sys.executable, "-m", "indexer", "serve", "--host", "0.0.0.0", "--port", "0"]  # noqa: S104
    services = {"INDEXER_ELASTICSEARCH_URL": "http://127.0.0.1:1", "INDEXER_DATABASE_URL": database_url}
    with subprocess.Popen(command, env=os.environ | services, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().split()[4].rpartition(":")[2].strip("/")
        url = f"http://127.0.0.1:{port}/api/v1/reports"
        assert httpx.get(url, timeout=30).status_code == 401
        assert httpx.get(url, headers={"Authorization": f"Bearer {secret}"}, timeout=30).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def test_a_host_that_there_is_not_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEXER_API_TOKEN", "a-token-for-tests")
    settings.cache_clear()
    error = refusal("--host", "nowhere.invalid", "--port", "0")
    settings.cache_clear()
    assert str(error).startswith("--host: cannot listen on nowhere.invalid port 0: ")


@pytest.mark.parametrize("token", ["two words", "tökén", "line\nbreak"])
def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("INDEXER_API_TOKEN", token)
    settings.cache_clear()
    error = refusal("--port", "0")
    settings.cache_clear()
    assert str(error).startswith("settings are wrong: INDEXER_API_TOKEN: ")
    assert token not in str(error)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com"])  # noqa: S104
def test_an_address_that_others_can_reach_is_refused(host: str) -> None:
    error = refusal("--host", host)
    assert str(error).startswith(f"--host: {host} can be reached from other machines")
    assert "127.0.0.1" in error.remedy
    assert "INDEXER_API_TOKEN" in error.remedy
    assert error.exit_code == 2


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        error = refusal("--port", str(port))
    assert str(error).startswith(f"--port: cannot listen on 127.0.0.1 port {port}: ")
    assert "--port 0" in error.remedy


def test_in_a_container_it_listens_everywhere_and_still_answers_to_its_own_names_only() -> None:
    command = [sys.executable, "-m", "indexer", "serve", "--host", "0.0.0.0", "--port", "0", "--in-container"]  # noqa: S104
    environment = {**os.environ, "INDEXER_ELASTICSEARCH_URL": "http://127.0.0.1:1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().split()[4].rpartition(":")[2].strip("/")
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30).status_code == 200
        foreign = httpx.get(f"http://127.0.0.1:{port}/healthz", headers={"Host": "evil.example"}, timeout=30)
        assert foreign.status_code == 400
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def test_a_demo_tries_its_port_before_anything_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "-m", "indexer", "demo", "--port", str(taken.getsockname()[1])],
            env={**os.environ, "INDEXER_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "--port: cannot listen" in done.stderr
    assert not (tmp_path / "home").exists()
