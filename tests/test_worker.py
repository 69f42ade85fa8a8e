"""How a worker stops, what it survives, and how it restarts: `indexer worker` as a process, and real services."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest
from celery import Celery
from redis import Redis

from indexer.datasets.conversations import CONVERSATIONS
from indexer.embedded.worker_pids import signed_in
from indexer.services import Service
from indexer.settings import Settings
from indexer.store.queue.changes import mark_changed
from tests.builders import conversation
from tests.embedded.helpers import kill, up
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

MODULE = (sys.executable, "-m", "indexer")
SCRIPT = (str(Path(sys.executable).with_name("indexer")),)


def eventually(what: Callable[[], object]) -> None:
    until = time.monotonic() + 300
    while not what():
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.05)


class Worker:
    """A worker that is at work, with its log and its processes."""

    def __init__(self, installation: Installation, log: Path, *, program: tuple[str, ...] = MODULE) -> None:
        self.log = log
        self.said = log.with_suffix(".out")
        with log.open("wb") as errors, self.said.open("wb") as output:
            self.process = subprocess.Popen(
                [*program, "worker"],
                env=installation.environment,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        self.celery = Celery("test", broker=installation.environment["REDIS_URL"])
        eventually(self.answers)

    def answers(self) -> list[Any]:
        return self.celery.control.ping(timeout=0.3)

    def children(self) -> set[psutil.Process]:
        return set(psutil.Process(self.process.pid).children(recursive=True))

    def beat(self) -> psutil.Process:
        """The child that is none of the pool's processes."""
        told: dict[str, Any] = {}
        eventually(lambda: told or told.update(self.celery.control.inspect(timeout=1).stats() or {}))
        (stats,) = told.values()
        (beat,) = [child for child in self.children() if child.pid not in stats["pool"]["processes"]]
        return beat

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in map(orjson.loads, self.log.read_bytes().splitlines()) if line["event"] == name]

    def is_told_to_end(self) -> None:
        """Return when the worker has heard it."""
        self.process.terminate()
        eventually(lambda: b"ending: what is under way" in self.said.read_bytes())
        time.sleep(0.2)  # it tells its processes with its next breath

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.celery.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers; they are killed after the test, and what has been opened for them is closed."""
    with contextlib.ExitStack() as started:

        def start(installation: Installation, **how: Any) -> Worker:
            started.callback(installation.close)
            worker = Worker(installation, tmp_path / "worker.log", **how)
            started.callback(worker.kill)
            return worker

        yield start


@pytest.fixture
def own_redis(home: Path, test_settings: Settings) -> Settings:
    """Settings with a Redis that no other test uses."""
    (redis,) = up(Settings(home=home), Service.REDIS)
    return test_settings.model_copy(update={"redis_url": redis.url})


def imported(installation: Installation, count: int) -> None:
    lines = b"\n".join(orjson.dumps(conversation(id=str(number), at=1)) for number in range(count))
    installation.run("import", "-", "--workspace", "w", stdin=lines)


def leased(installation: Installation) -> int:
    with installation.engine.connect() as connection:
        found: int = connection.exec_driver_sql("SELECT count(lease_id) FROM changes").scalar_one()
        return found


@contextlib.contextmanager
def conversations_locked(installation: Installation) -> Iterator[None]:
    """Readers of conversations wait as long as this lasts."""
    with installation.engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_worker_that_is_told_to_end_finishes_its_batches_and_takes_nothing_more(
    test_settings: Settings, start: Callable[..., Worker]
) -> None:
    installation = Installation(test_settings, INDEXER_DRAIN_BATCH="10", INDEXER_LEASE_SECONDS="600")
    imported(installation, 800)
    with conversations_locked(installation):
        worker = start(installation)
        eventually(lambda: leased(installation) == 20)
        worker.is_told_to_end()
    assert worker.process.wait(60) == 0
    assert (installation.count("changes"), leased(installation)) == (780, 0)
    with installation.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT max(attempts) FROM changes").scalar_one() == 0


def test_a_worker_that_cannot_end_is_ended_with_its_processes_when_its_time_is_over(
    test_settings: Settings, start: Callable[..., Worker]
) -> None:
    installation = Installation(test_settings, INDEXER_SHUTDOWN_SECONDS="1", INDEXER_LEASE_SECONDS="600")
    imported(installation, 1)
    with conversations_locked(installation):
        worker = start(installation)
        eventually(lambda: leased(installation) == 1)
        children = worker.children()
        worker.process.terminate()
        assert worker.process.wait(60) == 1
        assert len(children) == 3
        assert not any(child.is_running() for child in children)
    assert [event["seconds"] for event in worker.events("shutdown_forced")] == [1]


def test_a_worker_whose_redis_is_silent_ends_by_itself(
    home: Path, own_redis: Settings, start: Callable[..., Worker]
) -> None:
    worker = start(Installation(own_redis, INDEXER_SHUTDOWN_SECONDS="110"))
    (redis,) = up(Settings(home=home), Service.REDIS)
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        time.sleep(5)  # by now it has something to send
        worker.process.terminate()
        assert worker.process.wait(120) == 0
    finally:
        os.kill(redis.pid, signal.SIGCONT)
    assert worker.events("shutdown_forced") == []


def test_a_worker_that_takes_no_messages_restarts_by_itself(
    test_settings: Settings, start: Callable[..., Worker]
) -> None:
    installation = Installation(test_settings, INDEXER_STALL_SECONDS="3")
    imported(installation, 1)
    worker = start(installation)
    eventually(lambda: installation.count("changes") == 0)
    before = worker.children()
    open_files = psutil.Process(worker.process.pid).num_fds()
    for queue in ("live", "backfill", "maintenance"):
        worker.celery.control.cancel_consumer(queue, reply=True)
    imported(installation, 10)
    eventually(lambda: installation.count("changes") == 0)
    eventually(worker.answers)
    assert worker.process.poll() is None
    assert len(worker.events("worker_stuck")) == 1
    assert not any(child.is_running() for child in before)
    assert len(worker.children()) == len(before)
    assert psutil.Process(worker.process.pid).num_fds() <= open_files + 2
    worker.process.terminate()
    assert worker.process.wait(60) == 0


def test_a_worker_whose_beat_has_died_restarts_by_itself(test_settings: Settings, start: Callable[..., Worker]) -> None:
    worker = start(Installation(test_settings, INDEXER_STALL_SECONDS="3"), program=SCRIPT)
    beat = worker.beat()
    beat.kill()
    eventually(lambda: worker.events("worker_stuck") and worker.answers())
    assert worker.beat() != beat
    assert worker.process.poll() is None


def test_a_worker_that_celery_gives_up_restarts_by_itself(
    tmp_path: Path, own_redis: Settings, start: Callable[..., Worker]
) -> None:
    installation = Installation(own_redis)
    trap = tmp_path / "trap"
    worker = start(installation, program=(sys.executable, "-m", "tests.worker_with_celery_error", str(trap)))
    trap.touch()
    with Redis.from_url(str(own_redis.redis_url)) as redis:
        redis.client_kill_filter(_type="normal", skipme=True)
    imported(installation, 10)
    eventually(lambda: installation.count("changes") == 0)
    assert not trap.exists()
    assert len(worker.events("worker_gave_up")) == 1
    worker.process.terminate()
    assert worker.process.wait(60) == 0


def test_a_worker_that_celery_gives_up_before_it_was_at_work_ends(tmp_path: Path, test_settings: Settings) -> None:
    installation = Installation(test_settings)
    trap = tmp_path / "trap"
    trap.touch()
    command = [sys.executable, "-m", "tests.worker_with_celery_error", str(trap), "worker"]
    done = subprocess.run(command, env=installation.environment, capture_output=True, check=False)
    installation.close()
    assert done.returncode == 1
    assert b"no attribute 'hostname'" in done.stderr


def test_a_worker_that_loses_its_connections_to_redis_continues(
    own_redis: Settings, start: Callable[..., Worker]
) -> None:
    installation = Installation(own_redis)
    worker = start(installation)
    before = worker.children()
    with Redis.from_url(str(own_redis.redis_url)) as redis:
        for round_ in (1, 2):
            for kind in ("normal", "pubsub"):
                redis.client_kill_filter(_type=kind, skipme=True)
            imported(installation, 10 * round_)
            eventually(lambda: installation.count("changes") == 0)
    assert worker.children() == before
    assert worker.events("worker_stuck") == []


def test_tasks_without_postgresql_say_so_in_a_line_and_are_done_when_it_is_back(
    home: Path, test_settings: Settings, start: Callable[..., Worker]
) -> None:
    (postgresql,) = up(Settings(home=home), Service.POSTGRESQL)
    installation = Installation(test_settings.model_copy(update={"database_url": postgresql.url}))
    imported(installation, 1)
    worker = start(installation)
    eventually(lambda: installation.count("changes") == 0)
    written = installation.writes()
    kill(postgresql)
    worker.celery.send_task("indexer.conversation_changed", args=["w", "0"], queue="live")
    eventually(lambda: len(worker.events("postgresql_away")) >= 4)
    up(Settings(home=home), Service.POSTGRESQL)
    eventually(lambda: installation.writes() > written)
    assert b"Traceback" not in worker.log.read_bytes()


@contextlib.contextmanager
def running(installation: Installation, *commands: Sequence[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """These commands as processes, killed if they still run in the end."""
    with contextlib.ExitStack() as started:
        processes = []
        for command in commands:
            process = started.enter_context(
                subprocess.Popen(
                    command, env=installation.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
            started.callback(process.kill)
            processes.append(process)
        yield processes


@pytest.fixture
def with_embedded_redis(home: Path, test_settings: Settings) -> Iterator[Installation]:
    """An installation whose Redis is the embedded one of a home of its own, named by no URL."""
    installation = Installation(test_settings, INDEXER_HOME=str(home), REDIS_URL="")
    yield installation
    installation.close()


def test_down_ends_the_workers_beats_and_servers_that_use_its_services(
    home: Path, with_embedded_redis: Installation
) -> None:
    installation = with_embedded_redis
    settings = installation.settings.model_copy(update={"home": home, "redis_url": None})
    imported(installation, 1)
    commands = (
        [*MODULE, "worker", "--no-beat"],
        [sys.executable, "-m", "celery", "-A", "indexer.tasks", "beat"],
        [*MODULE, "serve", "--port", "0"],
    )
    with running(installation, *commands) as processes:
        eventually(lambda: len(signed_in(settings)) == 3 and installation.count("changes") == 0)
        users = [f"{user.role} (pid {user.pid})" for user in signed_in(settings)]
        assert {user.pid for user in signed_in(settings)} == {process.pid for process in processes}
        told = installation.run("down", "--dry-run").splitlines()
        assert told[:3] == [f"would end the {user}" for user in users]
        assert len(signed_in(settings)) == 3
        told = installation.run("down").splitlines()
        assert told[:3] == [f"ended the {user}" for user in users]
        assert told[3].startswith("stopped Redis")
        assert processes[0].wait(60) == 0
        assert all(process.wait(60) is not None for process in processes)
        assert signed_in(settings) == []


def test_a_worker_finds_the_embedded_redis_again_under_its_new_password(
    home: Path, with_embedded_redis: Installation
) -> None:
    installation = with_embedded_redis
    imported(installation, 1)
    with running(installation, [*MODULE, "worker"]) as [worker]:
        eventually(lambda: installation.count("changes") == 0)
        before = set(psutil.Process(worker.pid).children(recursive=True))
        [redis] = up(Settings(home=home), Service.REDIS)
        kill(redis)
        [again] = up(Settings(home=home), Service.REDIS)
        assert again.url != redis.url
        imported(installation, 10)  # wakes the worker
        eventually(lambda: installation.count("changes") == 0)
        with installation.engine.begin() as connection:  # wakes no worker: only the beat finds due changes
            mark_changed(connection, CONVERSATIONS, "w", ["0"])
        eventually(lambda: installation.count("changes") == 0)
        assert set(psutil.Process(worker.pid).children(recursive=True)) == before
        worker.terminate()
        assert worker.wait(60) == 0


def seize_the_port(home: Path) -> socket.socket:
    """Kill the embedded Redis and listen at its port, before one of the worker's processes starts it again there."""
    while True:
        [redis] = up(Settings(home=home), Service.REDIS)
        kill(redis)
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", redis.port))


def test_a_worker_finds_the_embedded_redis_at_another_port_if_a_stranger_has_taken_the_one_it_had(
    home: Path, with_embedded_redis: Installation
) -> None:
    installation = with_embedded_redis
    imported(installation, 1)
    with running(installation, [*MODULE, "worker"]) as [worker]:
        eventually(lambda: installation.count("changes") == 0)
        with seize_the_port(home) as stranger:
            [again] = up(Settings(home=home), Service.REDIS)
            assert again.port != stranger.getsockname()[1]
            imported(installation, 10)
            eventually(lambda: installation.count("changes") == 0)
        worker.terminate()
        assert worker.wait(60) == 0
