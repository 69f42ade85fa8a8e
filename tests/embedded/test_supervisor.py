import dataclasses
import json
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from indexer.embedded import directories, processes, redis, services_file, supervisor
from indexer.embedded.service import Service
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.settings import Settings
from tests.embedded.helpers import kill, running_under, up

pytestmark = pytest.mark.services


def test_a_service_that_runs_is_found_not_started_again(settings: Settings) -> None:
    [first] = supervisor.ensure(settings, [Service.REDIS])
    [second] = supervisor.ensure(settings, [Service.REDIS])

    assert first.was_started
    assert not second.was_started
    assert first.record == second.record


def test_only_wanted_services_are_started(settings: Settings) -> None:
    up(settings, Service.REDIS)

    assert [record.service for record in supervisor.recorded(settings)] == [Service.REDIS]


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
    servers = {pid for pid in running_under(home) if psutil.Process(pid).name() == "redis-server"}
    assert servers == {record.pid for record in supervisor.recorded(settings) if record.service is Service.REDIS}


def test_a_killed_redis_is_reported_and_started_again_on_its_port(
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
    assert after.port == before.port


def test_a_redis_that_is_started_again_does_not_take_the_password_of_the_one_before(settings: Settings) -> None:
    [before] = up(settings, Service.REDIS)
    kill(before)
    [after] = up(settings, Service.REDIS)

    with Redis.from_url(before.url) as client, pytest.raises(AuthenticationError):
        client.ping()
    with Redis.from_url(after.url) as client:
        assert client.ping()
    assert not list((settings.home / "services" / "redis").glob("password"))


def test_a_service_that_is_stuck_is_started_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervisor, "_STUCK_AFTER", 0.2)
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
    """A pid in the records may have become another process's; here it is this very process."""
    [record] = up(settings, Service.REDIS)
    mistaken = dataclasses.replace(record, service=Service.POSTGRESQL, pid=os.getpid())
    services_file.write(home, {Service.REDIS: record, Service.POSTGRESQL: mistaken})

    stopped = supervisor.stop(settings)

    assert [each.service for each in stopped] == [Service.REDIS]
    assert not record.alive
    assert supervisor.recorded(settings) == []


def test_stopping_where_nothing_runs_does_nothing(tmp_path: Path) -> None:
    assert supervisor.stop(Settings(home=tmp_path / "never")) == []
    assert list(tmp_path.iterdir()) == []


def test_deleting_the_data_deletes_all_of_it(settings: Settings) -> None:
    up(settings, Service.REDIS)
    supervisor.stop(settings)
    assert supervisor.data_directory(settings) is not None

    supervisor.delete_data(settings)

    assert supervisor.data_directory(settings) is None


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
    real = supervisor.free_port
    ports = iter([taken_port])
    monkeypatch.setattr(supervisor, "_PAUSE", 0.0)
    monkeypatch.setattr(supervisor, "free_port", lambda preferred=None: next(ports, None) or real())

    [record] = up(settings, service)

    assert record.port != taken_port


def test_a_service_that_cannot_start_is_a_message_with_the_end_of_its_log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(*arguments: object) -> object:
        launch = redis.prepare(*arguments)  # type: ignore[arg-type]
        return dataclasses.replace(launch, command=["/bin/sh", "-c", "echo the reason; exit 1"])

    kind = dataclasses.replace(redis.KIND, prepare=prepare)  # type: ignore[arg-type]
    monkeypatch.setitem(supervisor._KINDS, Service.REDIS, kind)

    with pytest.raises(ServiceUnavailable, match=r"Redis ended while starting(.|\n)*the reason") as caught:
        up(settings, Service.REDIS)
    assert "REDIS_URL" in caught.value.remedy
    assert supervisor.recorded(settings) == []


def test_a_service_that_never_answers_is_a_message_and_is_stopped(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = dataclasses.replace(redis.KIND, answers=lambda _: False, patience=0.2)
    monkeypatch.setitem(supervisor._KINDS, Service.REDIS, kind)

    with pytest.raises(ServiceUnavailable, match="did not answer within"):
        up(settings, Service.REDIS)
    assert running_under(home) == set()


def test_a_full_disk_is_a_message_and_nothing_runs_unrecorded(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "services.json")

    monkeypatch.setattr(services_file, "write", full)

    with pytest.raises(OperatorError, match="No space left on device") as caught:
        up(settings, Service.REDIS)
    assert "INDEXER_HOME" in caught.value.remedy
    assert running_under(home) == set()


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


def test_the_records_name_the_running_services(settings: Settings, home: Path) -> None:
    [record] = up(settings, Service.REDIS)

    [stored] = json.loads((home / "services.json").read_text()).values()
    assert stored["pid"] == record.pid
    assert stored["url"] == record.url
    assert stored["version"].count(".") == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's services run as nobody; run the tests as root for this one")
def test_root_whose_home_is_closed_has_services_that_run_as_nobody_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(directories, "_SYSTEM_WIDE", home / "system-wide")
    (home / "closed").mkdir(mode=0o700)
    settings = Settings(home=home / "closed" / "home")
    try:
        records = up(settings, Service.POSTGRESQL, Service.REDIS)

        assert {psutil.Process(record.pid).uids().real for record in records} == {pwd.getpwnam("nobody").pw_uid}
        assert supervisor.data_directory(settings) != home / "closed" / "home" / "services"
        assert "running as root: the services run as nobody" in capsys.readouterr().err
        assert (home / "closed").stat().st_mode & 0o777 == 0o700
    finally:
        supervisor.stop(settings)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's services run as others; run the tests as root for this one")
def test_services_go_on_with_their_data_as_the_account_that_is_made_for_them(
    settings: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [before] = up(settings, Service.POSTGRESQL)
    with psycopg.connect(before.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    supervisor.stop(settings)
    monkeypatch.setattr(directories, "_ACCOUNTS", ("daemon", "nobody"))

    [after] = up(settings, Service.POSTGRESQL)

    own, former = pwd.getpwnam("daemon"), pwd.getpwnam("nobody")
    assert psutil.Process(after.pid).uids().real == own.pw_uid
    with psycopg.connect(after.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchall() == [(42,)]
    files = [path.lstat() for path in (home / "services").rglob("*")]
    assert not [one for one in files if one.st_uid == former.pw_uid or one.st_gid == former.pw_gid]
