"""`indexer serve` as a process, and what it refuses."""

import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.errors import OperatorError


def refusal(*arguments: str) -> OperatorError:
    error = CliRunner().invoke(app, ["serve", *arguments]).exception
    assert isinstance(error, OperatorError)
    return error


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_it_says_where_it_is_and_ends_when_interrupted(host: str) -> None:
    command = [sys.executable, "-m", "indexer", "serve", "--host", host, "--port", "0"]
    environment = {**os.environ, "INDEXER_ELASTICSEARCH_URL": "http://127.0.0.1:1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        url = said.split()[4]
        assert httpx.get(f"{url}healthz", timeout=30).json() == {"status": "ok"}
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com"])  # noqa: S104
def test_an_address_that_others_can_reach_is_refused(host: str) -> None:
    error = refusal("--host", host)
    assert str(error).startswith(f"--host: {host} can be reached from other machines")
    assert "127.0.0.1" in error.remedy


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        error = refusal("--port", str(port))
    assert str(error).startswith(f"--port: cannot listen on 127.0.0.1 port {port}: ")
    assert "--port 0" in error.remedy
