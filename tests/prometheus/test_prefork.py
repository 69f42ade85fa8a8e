"""The figures of a real Celery worker, whose pool replaces its processes and loses some."""

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery

from tests.prometheus.scrape_result import Scrape, scrape

LEASED = 'indexer_changes_leased_total{dataset="conversations"}'


@pytest.fixture
def queue(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/none")
    monkeypatch.setenv("INDEXER_METRICS_ADDRESS", "127.0.0.1:0")
    return uuid.uuid4().hex


@contextmanager
def prefork_worker(queue: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.prometheus.prefork_worker", queue]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def wait_for(url: str, until: Callable[[Scrape], bool]) -> None:
    """Scrape until it is so; fails after a minute."""
    end = time.monotonic() + 60
    while not until(found := scrape(url)):
        assert time.monotonic() < end, found
        time.sleep(0.05)


@pytest.mark.services
def test_a_prefork_pool_is_added_up_though_its_processes_come_and_go(redis_url: str, queue: str) -> None:
    with Celery("sender", broker=redis_url, set_as_current=False) as sender, prefork_worker(queue) as worker:
        assert worker.stdout is not None
        url, directory = worker.stdout.readline().split()
        for _ in range(6):
            sender.send_task("count", queue=queue)
        wait_for(url, lambda found: found["indexer_wakes_total"] == 6)
        sender.send_task("die", queue=queue)
        wait_for(url, lambda found: found[LEASED] == 7)
        for _ in range(4):
            sender.send_task("count", queue=queue)
        wait_for(url, lambda found: found["indexer_wakes_total"] == 10)
        # The request under way was that of a process that is no more.
        wait_for(url, lambda found: found["indexer_bulk_requests_in_flight"] == 0)
        # Five processes at least were needed; files are left of the two alive, the worker, and all that have ended.
        wait_for(url, lambda _: len(list(Path(directory).glob("counter_*.db"))) <= 4)
        found = scrape(url)
        assert (found["indexer_wakes_total"], found[LEASED]) == (10, 7)
        worker.terminate()
        assert worker.wait(60) == 0
        assert not Path(directory).exists()
