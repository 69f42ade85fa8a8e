"""The server while its services are away or hang: it still answers, loses no thread, and stops when told to."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from indexer.embedded import supervisor
from indexer.settings import Settings
from tests.faults.waiting import eventually
from tests.reports.indexed import conversation, indexed
from tests.tcp_proxy import TcpProxy
from tests.web.server import served

pytestmark = pytest.mark.services

REPORT = "/api/v1/reports/new_inbound_conversations"
MARCH = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-31", "time_zone": "UTC"}
OF_THE_STORE = {name: value for name, value in MARCH.items() if name != "time_zone"}
NO_EXPORT = "/api/v1/exports/0123456789abcdef"
READERS = 40
BEYOND_THE_READERS_PATIENCE = 35.0
A_WHILE = 5.0
PATIENCE = 120.0


@pytest.fixture(scope="module")
def prefix(elasticsearch_url: str) -> Iterator[str]:
    with indexed(elasticsearch_url, [conversation(1, 1_709_251_200, "acme")]) as prefix:
        yield prefix


@pytest.fixture
def index(elasticsearch_url: str) -> Iterator[TcpProxy]:
    """Stands between the server and Elasticsearch."""
    with TcpProxy(elasticsearch_url) as between:
        yield between


@pytest.fixture
def store(empty_store_url: str) -> Iterator[TcpProxy]:
    """Stands between the server and PostgreSQL."""
    with TcpProxy(empty_store_url) as between:
        yield between


@contextmanager
def serving(
    index: TcpProxy, store: TcpProxy, prefix: str, log: Path, **settings: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`indexer serve` as a process, and its address; what it logs is written to `log`."""
    environment = {
        **os.environ,
        "INDEXER_ELASTICSEARCH_URL": index.url,
        "INDEXER_DATABASE_URL": store.url,
        "INDEXER_INDEX_PREFIX": prefix,
        **settings,
    }
    command = [sys.executable, "-m", "indexer", "serve", "--port", "0"]
    with (
        log.open("w") as logged,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=logged, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[4].rstrip("/")
        finally:
            process.kill()


def forged_cursors(url: str) -> list[str]:
    """Cursors of the right list that no server has given: places that are not numbers of 64 bits, odd views."""
    given = httpx.get(f"{url}{REPORT}/conversations", params=MARCH | {"limit": "1"}, timeout=PATIENCE).json()["cursor"]
    fingerprint, view, _ = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    forged = [[fingerprint, view, [2**70, 1]], [fingerprint, view, [-(2**63) - 1]], [fingerprint, "\ud800", [1, 1]]]
    nested = "[" * 20_000
    return [base64.urlsafe_b64encode(text.encode()).decode() for text in (*map(json.dumps, forged), nested)]


class Readers:
    """Forty readers who ask for different things until they are told to stop; `said` counts the answers by status."""

    def __init__(self, url: str, cursors: list[str]) -> None:
        asked = [
            (REPORT, MARCH),
            (REPORT, OF_THE_STORE),
            (REPORT, MARCH | {"group_by": "team"}),
            ("/", {"workspace": "acme"}),
            (NO_EXPORT, {}),
            *((f"{REPORT}/conversations", MARCH | {"cursor": cursor}) for cursor in cursors),
        ]
        self.said: Counter[int] = Counter()
        self.unanswered: list[str] = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._ask, args=(url, *asked[number % len(asked)]), daemon=True)
            for number in range(READERS)
        ]
        for thread in self._threads:
            thread.start()

    def _ask(self, url: str, path: str, params: dict[str, str]) -> None:
        with httpx.Client(base_url=url, timeout=PATIENCE) as client:
            while not self._stopped.is_set():
                try:
                    status = client.get(path, params=params).status_code
                except httpx.HTTPError as error:
                    self.unanswered.append(f"{path} {error!r}")
                    return
                with self._lock:
                    self.said[status] += 1

    def stop(self) -> None:
        """Wait for the answers that are still to come."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()


def is_well(url: str) -> bool:
    """Whether both services are asked and answer."""
    answers = [
        httpx.get(f"{url}{REPORT}", params=MARCH, timeout=PATIENCE),
        httpx.get(f"{url}{NO_EXPORT}", timeout=PATIENCE),
    ]
    return [answer.status_code for answer in answers] == [200, 404]


def test_forty_readers_two_outages_forged_cursors_and_a_hung_store_cost_no_thread(
    index: TcpProxy, store: TcpProxy, prefix: str, tmp_path: Path
) -> None:
    with serving(index, store, prefix, tmp_path / "log") as (process, url):
        eventually(lambda: is_well(url))
        readers = Readers(url, forged_cursors(url))
        for fail, seconds in (
            (index.cut, A_WHILE),
            (index.hang, BEYOND_THE_READERS_PATIENCE),
            (store.cut, A_WHILE),
            (store.hang, BEYOND_THE_READERS_PATIENCE),
        ):
            until = time.monotonic() + seconds
            fail()
            while time.monotonic() < until:
                assert httpx.get(f"{url}/healthz", timeout=PATIENCE).status_code == 200
                time.sleep(0.5)
            index.heal()
            store.heal()
            eventually(lambda: is_well(url), "no report is answered after the outage", within=PATIENCE)
        readers.stop()
        assert not readers.unanswered
        assert readers.said.keys() == {200, 404, 422, 503}
        with ThreadPoolExecutor(READERS) as threads:
            list(threads.map(lambda _: eventually(lambda: is_well(url), within=PATIENCE), range(READERS)))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == -signal.SIGTERM  # of itself, not by force


def test_requests_that_wait_for_a_service_do_not_keep_the_server_from_ending(
    index: TcpProxy, store: TcpProxy, prefix: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with (
        serving(index, store, prefix, log, INDEXER_SHUTDOWN_SECONDS="2") as (process, url),
        ThreadPoolExecutor(READERS) as threads,
    ):
        eventually(lambda: is_well(url))
        index.hang()
        asked = [threads.submit(httpx.get, f"{url}{REPORT}", params=MARCH, timeout=PATIENCE) for _ in range(3)]
        index.wait_until_held(3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 1
        assert "shutdown_forced" in log.read_text()
        assert all(isinstance(one.exception(timeout=PATIENCE), httpx.HTTPError) for one in asked)


def test_more_searches_than_can_be_answered_are_told_to_come_again_and_nothing_else_waits(
    index: TcpProxy, prefix: str, empty_store_url: str
) -> None:
    with (
        served(index.url, prefix, DATABASE_URL=empty_store_url) as client,
        ThreadPoolExecutor(READERS) as threads,
    ):
        assert client.get(REPORT, params=MARCH).status_code == 200
        index.hang()
        held = index.held
        url = str(client.base_url).rstrip("/")
        asked = [threads.submit(httpx.get, f"{url}{REPORT}", params=MARCH, timeout=PATIENCE) for _ in range(READERS)]
        eventually(lambda: index.held >= held + 16)
        refused = client.get(REPORT, params=MARCH, timeout=PATIENCE)
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert "try again" in refused.json()["error"]["message"]
        assert client.get("/healthz").status_code == 200
        assert client.get("/api/v1/reports").status_code == 200
        assert client.get("/static/style.css").status_code == 200
        assert client.get(NO_EXPORT).status_code == 404
        index.heal()
        assert {one.result(timeout=PATIENCE).status_code for one in asked} == {200, 503}
        assert client.get(REPORT, params=MARCH).status_code == 200


def test_a_postgresql_that_never_answers_holds_up_no_report_that_does_not_need_it(
    elasticsearch_url: str, prefix: str
) -> None:
    token = {"Authorization": "Bearer a-token-of-more-than-twenty"}
    link = f"{NO_EXPORT}/download"
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(READERS) as threads:
        port = silent.getsockname()[1]
        database = f"postgresql://reporter:secret@127.0.0.1:{port}/internal_db"
        with served(
            elasticsearch_url, prefix, DATABASE_URL=database, api_token="a-token-of-more-than-twenty"
        ) as client:
            url = f"{str(client.base_url).rstrip('/')}{link}"
            asked = [threads.submit(httpx.get, url, params={"token": "x"}, timeout=PATIENCE) for _ in range(8)]
            eventually(lambda: any(one.done() for one in asked))
            assert client.get(REPORT, params=MARCH, headers=token).status_code == 200
            for one in asked:
                response = one.result(timeout=PATIENCE)
                assert response.status_code == 503
                for told in ("127.0.0.1", str(port), "reporter", "secret", "internal_db", "PostgreSQL"):
                    assert told not in response.text


def test_an_embedded_store_that_has_died_is_started_again_by_the_next_request(home: Path) -> None:
    with served("http://127.0.0.1:1", "tnothing", home=str(home)) as client:
        eventually(lambda: client.get(NO_EXPORT, timeout=PATIENCE).status_code == 404, within=PATIENCE)
        [dead] = supervisor.recorded(Settings(home=home))
        os.kill(dead.pid, signal.SIGKILL)
        eventually(lambda: not dead.alive)
        eventually(lambda: client.get(NO_EXPORT, timeout=PATIENCE).status_code == 404, within=PATIENCE)
        [again] = supervisor.recorded(Settings(home=home))
        assert again.pid != dead.pid
