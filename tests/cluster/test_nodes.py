"""Several addresses of one cluster: each node dies in turn, and everything continues."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from redis import Redis

from indexer.embedded.ports import free_port
from indexer.settings import Settings
from tests.cluster.nodes import NODES, Nodes, three_nodes
from tests.faults.faulty import Faulty, everything_is_right
from tests.faults.histories import conversations, versions
from tests.faults.waiting import eventually
from tests.tcp_proxy import TcpProxy

pytestmark = pytest.mark.services

COUNT = 150
_VERSIONS = 2 * NODES + 1
_REPORT = "/api/v1/reports/new_inbound_conversations?workspace=w&from=2000-01-01&to=2099-12-31&interval=range"


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    with three_nodes() as nodes:
        yield nodes


@pytest.fixture
def installation(nodes: Nodes, database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Faulty]:
    """An empty installation on the cluster: three shards, a copy of each, and all of them for one workspace."""
    with contextlib.closing(Redis.from_url(redis_url)) as redis:
        redis.flushdb()
    made = Faulty(
        Settings.model_validate(
            {
                "DATABASE_URL": database_url,
                "ELASTICSEARCH_URL": nodes.url,
                "REDIS_URL": redis_url,
                "index_prefix": "cluster",
                "index_interval_seconds": 0,
            }
        ),
        tmp_path,
    )
    made.use(INDEXER_INDEX_SHARDS="3", INDEXER_WORKSPACE_SHARDS="2")
    yield made
    made.close()


class Readers:
    """Requests to a server that never pause, and every answer that was not the first one."""

    def __init__(self, url: str, count: int) -> None:
        self.total = httpx.get(url).json()["total"]
        self.answers = 0
        self.failures: list[str] = []
        self._url = url
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(count)]

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        # The server gives up a search in its own time; on a busy machine that takes a while.
        with httpx.Client(timeout=240) as client:
            while not self._over.wait(0.05):
                try:
                    answer = client.get(self._url)
                except httpx.TransportError as error:
                    self.failures.append(repr(error))
                    continue
                self.answers += 1
                if answer.status_code != 200 or answer.json()["total"] != self.total:
                    self.failures.append(answer.text)


@contextlib.contextmanager
def serving(installation: Faulty) -> Iterator[str]:
    """`indexer serve`, and the address where it answers."""
    port = free_port()
    command = [sys.executable, "-m", "indexer", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=installation.environment, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _answers(url))
        yield url
    finally:
        server.terminate()
        server.wait(timeout=60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _rebuild(installation: Faulty) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "indexer", "index", "rebuild", "--max-rate", "40"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=installation.environment, stdout=quiet, stderr=quiet)


def test_each_node_dies_in_turn_under_changes_a_rebuild_and_readers(nodes: Nodes, installation: Faulty) -> None:
    raws = conversations(COUNT)
    installation.imports(versions(raws, 1, _VERSIONS))
    installation.worker()
    installation.drains()
    installation.search.indices.refresh(index=installation.alias)
    with serving(installation) as url, Readers(url + _REPORT, 4) as readers:
        for number in range(NODES):
            before = readers.answers
            rebuild = _rebuild(installation) if number == 1 else None
            installation.imports(versions(raws, 2 * number + 2, _VERSIONS))
            nodes.kill(number)
            installation.imports(versions(raws, 2 * number + 3, _VERSIONS))
            if not installation.json("index", "status")["rebuilds"]:
                installation.drains()
            eventually(lambda before=before: readers.answers > before + 20)
            nodes.start(number)
            # An index that is being filled has no copies: changes wait for its node, and the command may give up.
            installation.drains()
            assert rebuild is None or rebuild.wait(timeout=120) in (0, 3)
        assert readers.total["count"]
        assert not readers.failures
    if installation.json("index", "status")["rebuilds"][0]["step"] != "grace":
        assert installation.json("index", "rebuild")["step"] == "grace"
    everything_is_right(installation, raws)


def test_a_command_needs_one_address_of_several(nodes: Nodes, installation: Faulty) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    installation.use(INDEXER_ELASTICSEARCH_URL=f"{dead}, {nodes.urls[0]}")
    for _ in range(4):
        installation.run("index", "status")
    installation.use(INDEXER_ELASTICSEARCH_URL=f"{dead},http://127.0.0.1:{free_port()}")
    assert "cannot be reached" in installation.said("index", "status", code=3)


def test_a_node_that_comes_back_is_asked_again(nodes: Nodes) -> None:
    from indexer.search import connect

    first, second, third = nodes.urls
    with TcpProxy(second) as between, connect(f"{first},{between.url},{third}") as client:
        port = urlsplit(between.url).port
        between.cut()
        asked = {client.cluster.health().meta.node.port for _ in range(6)}
        between.heal()
        assert port not in asked
        eventually(lambda: client.cluster.health().meta.node.port == port)
