import os
from pathlib import Path

import httpx
import psutil
import pytest
from elasticsearch import AuthenticationException, Elasticsearch

from indexer.clients import search_client
from indexer.embedded import elasticsearch, supervisor
from indexer.embedded.service import Service
from indexer.settings import Settings
from tests.embedded.helpers import kill, running_under, up

pytestmark = pytest.mark.services


def _keep_a_document(client: Elasticsearch) -> None:
    client.indices.create(index="kept", settings={"number_of_replicas": 0})
    client.index(index="kept", id="1", document={"answer": 42}, refresh=True)


def _listened_on(pid: int) -> set[str]:
    """The addresses on which a process and its children listen."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    found = [one for process in processes for one in process.net_connections() if one.status == "LISTEN"]
    return {one.laddr.ip.removeprefix("::ffff:") for one in found}


def _kept(client: Elasticsearch) -> object:
    return client.get(index="kept", id="1")["_source"]


def test_a_killed_elasticsearch_comes_back_with_its_data_and_another_password(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ES_JAVA_OPTS", f"{os.environ['ES_JAVA_OPTS']} -Xms300m -Xmx300m")
    [before] = up(settings, Service.ELASTICSEARCH)
    with search_client(settings) as client:
        [node] = client.nodes.info(metric="jvm")["nodes"].values()
        assert "-Xmx300m" in node["jvm"]["input_arguments"]
        _keep_a_document(client)
        kill(before)
        [after] = up(settings, Service.ELASTICSEARCH)

        assert after.port == before.port
        assert _kept(client) == {"answer": 42}
    with Elasticsearch(before.url, request_timeout=60) as late, pytest.raises(AuthenticationException):
        late.cluster.health()
    supervisor.stop(settings)
    assert running_under(home) == set()


def test_a_home_without_passwords_has_them_with_the_next_start_and_keeps_its_data(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(elasticsearch, "SECURITY", {"xpack.security.enabled": False})
        [before] = up(settings, Service.ELASTICSEARCH)
        address = f"http://127.0.0.1:{before.port}"
        with Elasticsearch(address, request_timeout=60) as anyone:
            _keep_a_document(anyone)
        supervisor.stop(settings)
    [after] = up(settings, Service.ELASTICSEARCH)

    address = f"http://127.0.0.1:{after.port}"
    with Elasticsearch(after.url, request_timeout=60) as client:
        assert _kept(client) == {"answer": 42}
        assert _listened_on(after.pid) == {"127.0.0.1"}
        assert set(client.indices.get(index="*", expand_wildcards="all")) == {"kept"}
        for request in (
            httpx.Request("GET", f"{address}/kept/_search"),
            httpx.Request("GET", f"{address}/_cluster/health", headers={"Host": "evil.example"}),
            httpx.Request("POST", f"{address}/kept/_close", headers={"Origin": "http://evil.example"}),
            httpx.Request("DELETE", f"{address}/kept"),
            httpx.Request("GET", f"{address}/", headers={"Authorization": "Basic ZWxhc3RpYzpjaGFuZ2VtZQ=="}),
        ):
            with httpx.Client(timeout=60) as anyone_else:
                assert anyone_else.send(request).status_code == 401
        assert _kept(client) == {"answer": 42}
    _is_written_nowhere(_password_of(after.url), home / "services")


def _password_of(url: str) -> str:
    password = httpx.URL(url).password
    assert len(password) == 32
    return password


def _is_written_nowhere(password: str, directory: Path) -> None:
    """Neither in a file nor in the name of one, and what it is made of is for the account of the node alone."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert not [path for path in files if password.encode() in path.read_bytes()]
    [users] = [path for path in files if path.name == "users"]
    assert users.stat().st_mode & 0o007 == 0
    assert (directory.parent / "services.json").stat().st_mode & 0o777 == 0o600
