import contextlib
import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from elasticsearch import Elasticsearch

from indexer.embedded import fleet, processes, redis, state
from indexer.embedded.service import Service
from indexer.embedded.state import Record
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.settings import Settings

pytestmark = pytest.mark.services


def up(settings: Settings, *services: Service) -> list[Record]:
    return [found.record for found in fleet.ensure(settings, services)]


def kill(record: Record) -> None:
    os.kill(record.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while record.alive:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def running_under(home: Path) -> set[int]:
    """The services' processes of a home, whoever started them and whatever is recorded."""
    found = set()
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.name() in ("java", "postgres", "redis-server") and str(home) in process.cwd():
                found.add(process.pid)
    return found


def test_a_service_that_runs_is_found_not_started_again(settings: Settings) -> None:
    [first] = fleet.ensure(settings, [Service.REDIS])
    [second] = fleet.ensure(settings, [Service.REDIS])

    assert first.was_started
    assert not second.was_started
    assert first.record == second.record


def test_only_what_is_wanted_is_started(settings: Settings) -> None:
    up(settings, Service.REDIS)

    assert [record.service for record in fleet.recorded(settings)] == [Service.REDIS]


def test_two_commands_that_start_at_once_end_with_one_set(settings: Settings, home: Path) -> None:
    script = (
        "from indexer.settings import settings; from indexer.services import Service, service_urls;"
        "print(service_urls(settings(), Service.POSTGRESQL, Service.REDIS))"
    )
    environment = {**os.environ, "INDEXER_HOME": str(home)}
    command = [sys.executable, "-c", script]
    with (
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as other,
    ):
        answers = {one.communicate()[0], other.communicate()[0]}

    assert len(answers) == 1
    assert "postgresql://" in answers.pop()
    postmasters = {pid for pid in running_under(home) if psutil.Process(pid).name() == "redis-server"}
    assert postmasters == {record.pid for record in fleet.recorded(settings) if record.service is Service.REDIS}


def test_a_killed_redis_is_said_and_started_again_where_it_was(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    [before] = up(settings, Service.REDIS)
    kill(before)

    [after] = up(settings, Service.REDIS)

    told = capsys.readouterr().err
    assert f"Redis (pid {before.pid}) is no longer running; the last lines of {before.log}:" in told
    assert "Ready to accept connections" in told
    assert "starting it again" in told
    assert after.pid != before.pid
    assert after.url == before.url


def test_a_killed_postgresql_comes_back_with_its_data(settings: Settings) -> None:
    [before] = up(settings, Service.POSTGRESQL)
    with psycopg.connect(before.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill(before)

    [after] = up(settings, Service.POSTGRESQL)

    assert after.url == before.url
    with psycopg.connect(after.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchall() == [(42,)]


def test_a_killed_elasticsearch_comes_back_with_its_data(settings: Settings, home: Path) -> None:
    [before] = up(settings, Service.ELASTICSEARCH)
    with Elasticsearch(before.url) as client:
        client.indices.create(index="kept", settings={"number_of_replicas": 0})
        client.index(index="kept", id="1", document={"answer": 42}, refresh=True)
    kill(before)

    [after] = up(settings, Service.ELASTICSEARCH)

    assert after.url == before.url
    with Elasticsearch(after.url) as client:
        assert client.get(index="kept", id="1")["_source"] == {"answer": 42}
    fleet.stop(settings)
    assert running_under(home) == set()


def test_a_service_that_is_stuck_is_started_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fleet, "_STUCK_AFTER", 0.2)
    monkeypatch.setattr(processes, "stop", lambda running: stop_at_once([each[0] for each in running]))
    [before] = up(settings, Service.REDIS)
    os.kill(before.pid, signal.SIGSTOP)

    [after] = up(settings, Service.REDIS)

    assert f"Redis (pid {before.pid}) does not answer" in capsys.readouterr().err
    assert after.pid != before.pid
    assert not before.alive


def stop_at_once(running: list[processes.Identity]) -> None:
    for pid, _ in running:
        os.kill(pid, signal.SIGKILL)


def test_stopping_leaves_other_processes_alone(settings: Settings, home: Path) -> None:
    """A pid in the records may have become somebody else's; here it is this very process."""
    [record] = up(settings, Service.REDIS)
    mistaken = dataclasses.replace(record, service=Service.POSTGRESQL, pid=os.getpid())
    state.write(home, {Service.REDIS: record, Service.POSTGRESQL: mistaken})

    stopped = fleet.stop(settings)

    assert [each.service for each in stopped] == [Service.REDIS]
    assert not record.alive
    assert fleet.recorded(settings) == []


def test_stopping_where_nothing_runs_does_nothing(tmp_path: Path) -> None:
    assert fleet.stop(Settings(home=tmp_path / "never")) == []
    assert list(tmp_path.iterdir()) == []


def test_deleting_the_data_deletes_all_of_it(settings: Settings) -> None:
    up(settings, Service.REDIS)
    fleet.stop(settings)
    assert fleet.data_directory(settings) is not None

    fleet.delete_data(settings)

    assert fleet.data_directory(settings) is None


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("service", [Service.POSTGRESQL, Service.REDIS])
def test_a_port_taken_at_the_last_moment_is_exchanged(
    settings: Settings, service: Service, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fleet.free_port
    ports = iter([taken_port])
    monkeypatch.setattr(fleet, "free_port", lambda preferred=None: next(ports, None) or real())

    [record] = up(settings, service)

    assert record.port != taken_port


def test_a_service_that_cannot_start_is_a_message_with_the_end_of_its_log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(*arguments: object) -> object:
        launch = redis.prepare(*arguments)  # type: ignore[arg-type]
        return dataclasses.replace(launch, command=["/bin/sh", "-c", "echo the reason; exit 1"])

    kind = dataclasses.replace(redis.KIND, prepare=prepare)  # type: ignore[arg-type]
    monkeypatch.setitem(fleet._KINDS, Service.REDIS, kind)

    with pytest.raises(ServiceUnavailable, match=r"Redis ended while starting(.|\n)*the reason") as caught:
        up(settings, Service.REDIS)
    assert "REDIS_URL" in caught.value.remedy
    assert fleet.recorded(settings) == []


def test_a_service_that_never_answers_is_a_message_and_is_stopped(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = dataclasses.replace(redis.KIND, answers=lambda _: False, patience=0.2)
    monkeypatch.setitem(fleet._KINDS, Service.REDIS, kind)

    with pytest.raises(ServiceUnavailable, match="did not answer within"):
        up(settings, Service.REDIS)
    assert running_under(home) == set()


def test_a_full_disk_is_a_message(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "services.json")

    monkeypatch.setattr(state, "write", full)

    with pytest.raises(OperatorError, match="No space left on device") as caught:
        up(settings, Service.REDIS)
    assert "INDEXER_HOME" in caught.value.remedy


def test_data_of_another_postgresql_is_refused(settings: Settings) -> None:
    [record] = up(settings, Service.POSTGRESQL)
    fleet.stop(settings)
    (record.log.parent / "data" / "PG_VERSION").write_text("16\n")

    with pytest.raises(OperatorError, match="holds data of PostgreSQL 16"):
        up(settings, Service.POSTGRESQL)


def test_a_pid_file_whose_pid_is_another_programs_is_forgotten(settings: Settings) -> None:
    """As after a reboot, when a small number comes round again; PostgreSQL alone would refuse to start."""
    [record] = up(settings, Service.POSTGRESQL)
    pid_file = record.log.parent / "data" / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    kill(record)
    [other] = up(settings, Service.REDIS)
    pid_file.write_text("\n".join([str(other.pid), *lines[1:]]))

    [after] = up(settings, Service.POSTGRESQL)

    assert after.alive


def test_services_ask_for_a_password(settings: Settings) -> None:
    records = up(settings, Service.POSTGRESQL, Service.REDIS)

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres:wrong@127.0.0.1:{records[0].port}/postgres")
    with socket.create_connection(("127.0.0.1", records[1].port)) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(100).startswith(b"-NOAUTH")


def test_services_listen_on_the_loopback_interface_only(settings: Settings) -> None:
    for record in up(settings, Service.POSTGRESQL, Service.REDIS):
        addresses = {each.laddr.ip for each in psutil.Process(record.pid).net_connections() if each.status == "LISTEN"}
        assert addresses == {"127.0.0.1"}


def test_the_records_name_what_runs(settings: Settings, home: Path) -> None:
    [record] = up(settings, Service.REDIS)

    [stored] = json.loads((home / "services.json").read_text()).values()
    assert stored["pid"] == record.pid
    assert stored["url"] == record.url
    assert stored["version"].count(".") == 2
