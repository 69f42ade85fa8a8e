"""Which processes use the services of a home."""

import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer.embedded.processes import started_at
from indexer.embedded.worker_pids import User, end, sign_in, signed_in
from indexer.settings import Settings

URLS = {"ELASTICSEARCH_URL": "http://es.example:9200", "DATABASE_URL": "postgresql://db.example/x"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({**URLS, "home": tmp_path})


def test_a_worker_is_known_as_long_as_it_runs(settings: Settings) -> None:
    assert signed_in(settings) == []
    sign_in(settings, "worker")
    sign_in(settings, "worker")
    assert signed_in(settings) == [User("worker", os.getpid(), started_at(os.getpid()) or 0)]


def test_a_worker_that_was_killed_is_forgotten_also_when_its_number_is_taken(settings: Settings) -> None:
    sign_in(settings, "worker")
    (mine,) = (settings.home / "workers").iterdir()
    mine.write_text("1.0 worker")
    with subprocess.Popen(["true"]) as ended:
        (settings.home / "workers" / str(ended.pid)).write_text("2.0 worker")
    assert signed_in(settings) == []
    assert list((settings.home / "workers").iterdir()) == []


def test_a_worker_that_uses_other_servers_only_is_of_no_interest(settings: Settings) -> None:
    elsewhere = Settings.model_validate({**URLS, "REDIS_URL": "redis://redis.example", "home": settings.home})
    sign_in(elsewhere, "worker")
    assert signed_in(elsewhere) == []


def test_a_process_works_even_if_its_home_cannot_be_written_to(settings: Settings) -> None:
    (settings.home / "workers").write_text("a file where the directory should be")
    sign_in(settings, "worker")
    assert signed_in(settings) == []


def test_a_damaged_file_names_no_process(settings: Settings) -> None:
    sign_in(settings, "server")
    (mine,) = (settings.home / "workers").iterdir()
    mine.write_text(mine.read_text().replace("server", "neighbour"))
    assert signed_in(settings) == []


def test_a_process_that_is_just_signing_in_is_not_forgotten(settings: Settings) -> None:
    """`indexer down` may look at the files at any moment, also at one that is being written."""
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            signed_in(settings)

    with ThreadPoolExecutor() as pool:
        looking = pool.submit(look)
        try:
            for _ in range(300):
                sign_in(settings, "worker")
                assert (settings.home / "workers" / str(os.getpid())).exists()
        finally:
            over.set()
        looking.result()


def test_only_the_process_that_signed_in_is_ended(settings: Settings) -> None:
    with subprocess.Popen(["sleep", "600"]) as mine, subprocess.Popen(["sleep", "600"]) as other:
        user = User("worker", mine.pid, started_at(mine.pid) or 0)
        predecessor = User("worker", other.pid, (started_at(other.pid) or 0) - 1)
        assert end([user, predecessor], patience=30) == []
        assert mine.wait(30) == -signal.SIGTERM
        assert other.poll() is None
        other.kill()


def test_a_process_that_does_not_end_in_time_is_killed(settings: Settings) -> None:
    deaf = ["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"]
    with subprocess.Popen(deaf, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        user = User("server", process.pid, started_at(process.pid) or 0)
        assert end([user], patience=0.3) == [user]
        assert process.wait(30) == -signal.SIGKILL
