"""Supervising the services of one home: finding, starting, restarting and stopping them."""

import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.embedded import elasticsearch, postgresql, processes, programs, redis, services_file
from indexer.embedded.directories import Directories, locate, make_directories
from indexer.embedded.locks import locked
from indexer.embedded.notice import say
from indexer.embedded.ports import free_port
from indexer.embedded.service import Service, ServiceKind
from indexer.embedded.services_file import Record
from indexer.errors import OperatorError, ServiceUnavailable

if TYPE_CHECKING:
    from indexer.settings import Settings

_KINDS: dict[Service, ServiceKind] = {
    Service.ELASTICSEARCH: elasticsearch.KIND,
    Service.POSTGRESQL: postgresql.KIND,
    Service.REDIS: redis.KIND,
}
_TRIES = 5
_PAUSE = 2.0
_STUCK_AFTER = 20.0
# Failures that may pass: another program took the port meanwhile, or processes of a killed service are still ending.
_PASSING = ("in use", "BindException", "BindHttpException", "failed to obtain node locks")


@dataclass(frozen=True, slots=True)
class EnsuredService:
    """A service that is up, and whether this call had to start it."""

    record: Record
    was_started: bool


def ensure(settings: "Settings", wanted: Collection[Service]) -> list[EnsuredService]:
    """The wanted services, all answering; starts those that do not. Takes milliseconds if all do.

    Raises `OperatorError` if a service is not installed or cannot be prepared, and `ServiceUnavailable` with the end
    of its log if one does not come up.
    """
    home = settings.home.absolute()
    records = services_file.read(home)
    if all(service in records and _is_well(records[service]) for service in wanted):
        return [EnsuredService(records[service], was_started=False) for service in wanted]
    programs.expect_installed(service for service in Service if service in wanted)
    directories = make_directories(settings)
    with _alone(home):
        start = _Start(settings, directories, services_file.read(home))
        # All are launched before the wait for the first one; Elasticsearch, the slowest, comes first in the enum.
        started = [s for s in Service if s in wanted and not _still_serves(start.records.get(s))]
        for service in started:
            start.launch(service)
        for service in started:
            start.await_answer(service)
    return [EnsuredService(start.records[service], service in started) for service in wanted]


@dataclass(frozen=True, slots=True)
class _Start:
    """One start of services by a single process; each launched service is recorded before anything else happens."""

    settings: "Settings"
    directories: Directories
    records: dict[Service, Record]

    def launch(self, service: Service) -> None:
        """Start a service on the port it had before, so that processes with its URL find it again."""
        before = self.records.get(service)
        port = free_port(before.port if before else None)
        launch = _KINDS[service].prepare(self.settings, self.directories, port)
        pid = processes.start(launch, self.directories.account)
        started = processes.started_at(pid) or 0.0
        record = Record(service, pid, started, port, launch.url, launch.version, launch.log)
        self.records[service] = record
        try:
            self._write()
        except BaseException:
            _stop(record)
            raise

    def await_answer(self, service: Service) -> None:
        """Wait for the first answer; launches a service again if its port was taken."""
        kind = _KINDS[service]
        say(f"starting {service.label} {self.records[service].version}")
        for tries_left in reversed(range(_TRIES)):
            record = self.records[service]
            if _answers_within(record, kind.patience):
                kind.settle(record.url)
                return
            was_alive = record.alive
            _stop(record)
            if was_alive or not tries_left or not _may_pass(record.log):
                break
            say(f"{service.label} did not start: its port was taken, or its predecessor is still ending")
            time.sleep(_PAUSE)
            self.launch(service)
        del self.records[service]
        self._write()
        did = f"did not answer within {kind.patience:.0f} s" if was_alive else "ended while starting"
        raise ServiceUnavailable(
            f"{service.label} {did}{_log_tail(record.log)}",
            f"read {record.log}; or set {service.url_variable} to a server of your own",
        )

    def _write(self) -> None:
        services_file.write(self.settings.home.absolute(), self.records)


def _is_well(record: Record) -> bool:
    return record.alive and _KINDS[record.service].answers(record.url)


def _still_serves(record: Record | None) -> bool:
    """Whether a recorded service can be used; reports a dead or stuck one, and stops it if necessary."""
    if record is None:
        return False
    name = f"{record.service.label} (pid {record.pid})"
    if not record.alive:
        say(f"{name} is no longer running{_log_tail(record.log)}\nstarting it again")
        return False
    if _answers_within(record, _STUCK_AFTER):
        return True
    say(f"{name} does not answer{_log_tail(record.log)}\nstarting it again")
    _stop(record)
    return False


def _may_pass(log: Path) -> bool:
    return any(sign in line for line in processes.last_lines(log, count=60) for sign in _PASSING)


def _answers_within(record: Record, patience: float) -> bool:
    deadline = time.monotonic() + patience
    answers = _KINDS[record.service].answers
    while record.alive:
        if answers(record.url):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return False


def _log_tail(log: Path) -> str:
    lines = processes.last_lines(log)
    return f"; the last lines of {log}:\n" + "\n".join(f"  | {line}" for line in lines) if lines else ""


def _stop(*records: Record) -> None:
    processes.stop(((r.pid, r.started), _KINDS[r.service].stop_signal) for r in records)


def recorded(settings: "Settings") -> list[Record]:
    """The services that were started for this home and not stopped; their processes may have died since."""
    return list(services_file.read(settings.home.absolute()).values())


def stop(settings: "Settings") -> list[Record]:
    """Stop the services of this home and no other process; returns those that were running."""
    home = settings.home.absolute()
    if not home.is_dir():
        return []
    with _alone(home):
        running = [record for record in recorded(settings) if record.alive]
        _stop(*running)
        services_file.write(home, {})
    return running


def data_directory(settings: "Settings") -> Path | None:
    """The directory of the services' data; None if there is none."""
    services = locate(settings).services
    return services if services.is_dir() else None


def delete_data(settings: "Settings") -> None:
    """Delete the services' data, if any; the services must have been stopped."""
    data = data_directory(settings)
    if data is not None:
        with _alone(settings.home.absolute()):
            shutil.rmtree(data)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Be the only process that starts or stops services of this home; reports a full disk as an error."""
    try:
        with locked(home / ".services.lock", "waiting for another command that is starting or stopping services"):
            yield
    except OSError as error:
        raise OperatorError(
            f"the services of {home} cannot be managed: {error.strerror or error} ({error.filename or home})",
            "check free disk space and the permissions of the directory, or set INDEXER_HOME to another one",
        ) from error
