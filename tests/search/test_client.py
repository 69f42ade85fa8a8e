import base64
import socket
from collections.abc import Callable

import pytest
from elasticsearch import ApiError, AuthenticationException, Elasticsearch

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.search import connect
from tests.search.scripted import HEALTHY, Answer, ScriptedServer


@pytest.mark.parametrize("body", [{"size": 2**70}, {"query": "\ud800"}])
def test_a_request_that_is_not_json_is_a_defect_and_no_outage(server: ScriptedServer, body: dict[str, object]) -> None:
    with connect(server.url) as client, pytest.raises(ValueError, match="is not JSON") as failed:
        client.search(body=body)
    assert "ud800" not in str(failed.value)


@pytest.mark.services
def test_a_node_that_does_not_answer_get_slash_is_connected_to(client: Elasticsearch) -> None:
    assert client.indices.exists(index="no-such-index").body is False


def test_an_address_without_a_server_is_an_unavailable_service_without_the_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ServiceUnavailable, match=f"http://127.0.0.1:{port} cannot be reached") as caught:
            connect(f"http://elastic:secret@127.0.0.1:{port}")
    assert "ELASTICSEARCH_URL" in caught.value.remedy
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_that_is_not_ready_is_an_unavailable_service(server: ScriptedServer, status: int) -> None:
    server.health = lambda: Answer(status)
    with pytest.raises(ServiceUnavailable):
        connect(server.url)


def test_a_server_that_hangs_up_is_an_unavailable_service(server: ScriptedServer) -> None:
    server.health = lambda: None
    with pytest.raises(ServiceUnavailable):
        connect(server.url)


@pytest.mark.parametrize("answer", [Answer(200, {"it": "works"}, {}), Answer(404, "not here", {})])
def test_another_kind_of_server_is_a_wrong_setting(server: ScriptedServer, answer: Answer) -> None:
    server.health = lambda: answer
    with pytest.raises(OperatorError, match="is not Elasticsearch") as caught:
        connect(server.url)
    assert caught.value.exit_code == 2


def test_a_refused_password_is_a_wrong_setting(server: ScriptedServer) -> None:
    server.health = lambda: Answer(401, {"error": {"type": "security_exception"}})
    with pytest.raises(OperatorError, match="refuses the user name") as caught:
        connect(server.url)
    assert caught.value.exit_code == 2


def _only(server: ScriptedServer, password: str) -> Callable[[], Answer]:
    """The answers of a server that lets in the user `u` with this password."""
    right = "Basic " + base64.b64encode(f"u:{password}".encode()).decode()
    return lambda: Answer(200, HEALTHY) if server.passwords[-1] == right else Answer(401, {"error": {}})


def test_a_server_with_another_password_is_asked_with_that_one_from_then_on(server: ScriptedServer) -> None:
    urls = [server.url.replace("//", f"//u:{password}@") for password in ("first", "second")]
    current = urls[0]
    server.health = _only(server, "first")
    with connect(urls[0], renewed=lambda: current) as client:
        server.health, current = _only(server, "second"), urls[1]
        for _ in range(3):
            client.cluster.health()
    assert len(server.passwords) == 1 + 2 + 2
    assert len(set(server.passwords)) == 2


@pytest.mark.parametrize("renewed", [None, "u:first@"])
def test_a_password_that_is_refused_is_not_sent_twice(server: ScriptedServer, renewed: str | None) -> None:
    server.health = _only(server, "first")
    same = renewed and server.url.replace("//", f"//{renewed}")
    with connect(server.url.replace("//", "//u:first@"), renewed=lambda: same) as client:
        before = len(server.passwords)
        server.health = _only(server, "second")
        with pytest.raises(AuthenticationException):
            client.cluster.health()
        assert len(server.passwords) == before + 1


def test_a_user_who_may_not_see_the_cluster_is_let_in(server: ScriptedServer) -> None:
    server.health = lambda: Answer(403, {"error": {"type": "security_exception"}})
    connect(server.url).close()


@pytest.mark.parametrize("url", ["127.0.0.1:9200", "elasticsearch", "http://"])
def test_an_invalid_url_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(OperatorError, match="not the address of an Elasticsearch"):
        connect(url)


def test_the_client_never_repeats_a_request(server: ScriptedServer, scripted: Elasticsearch) -> None:
    server.health = lambda: Answer(503)
    before = len(server.paths)
    with pytest.raises(ApiError, match="503"):
        scripted.cluster.health()
    assert len(server.paths) == before + 1
