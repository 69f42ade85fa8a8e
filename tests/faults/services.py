"""A set of services that tests may kill, pause and restart."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import psutil

from indexer.embedded import elasticsearch, processes, redis, supervisor
from indexer.embedded.passwords import new_password
from indexer.embedded.service import Service
from indexer.settings import Settings
from tests.embedded.harness import clean_up, make_home

if TYPE_CHECKING:
    from indexer.embedded.services_file import Record

ROOT = Path(__file__).parents[2]
"""Where modules of the tests can be run."""

_STOP = {Service.ELASTICSEARCH: signal.SIGTERM, Service.POSTGRESQL: signal.SIGINT, Service.REDIS: signal.SIGTERM}


class Services:
    """Elasticsearch, PostgreSQL and Redis of one process of the test run, each with one port and one password.

    Programs reach them by URLs, as they reach servers of an operator's own.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._settings = Settings(home=home, elasticsearch_heap="384m")
        self._records: dict[Service, Record] = {}
        self._paused: list[psutil.Process] = []
        self._password = new_password()

    def heal(self) -> None:
        """All of them are there and answer afterwards, whatever was done to them, under the passwords they had."""
        self.resume()
        with ExitStack() as patches:
            for module in (elasticsearch, redis):
                patches.enter_context(patch.object(module, "new_password", lambda: self._password))
            found = supervisor.ensure(self._settings, list(Service))
        self._records = {each.record.service: each.record for each in found}

    def url(self, service: Service) -> str:
        return self._records[service].url

    def pid(self, service: Service) -> int:
        return self._records[service].pid

    def kill(self, service: Service) -> None:
        """`kill -9` of all its processes at once."""
        family = self._family(service)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=10)

    def stop(self, service: Service) -> None:
        """The orderly end: a fast shutdown."""
        record = self._records[service]
        processes.stop([((record.pid, record.started), _STOP[service])])

    def pause(self, service: Service) -> None:
        """SIGSTOP: connections stay open, nothing is answered."""
        self._paused = self._family(service)
        for process in self._paused:
            process.suspend()

    def resume(self) -> None:
        for process in self._paused:
            with suppress(psutil.NoSuchProcess):
                process.resume()
        self._paused = []

    def _family(self, service: Service) -> list[psutil.Process]:
        process = psutil.Process(self.pid(service))
        return [process, *process.children(recursive=True)]


@contextmanager
def own_services() -> Iterator[Services]:
    """Services in a home of their own; gone afterwards, also when this process is killed."""
    home = make_home("indexer-faults-")
    command = [sys.executable, "-m", "tests.embedded.guardian", str(home), str(os.getpid())]
    guardian = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    services = Services(home)
    try:
        services.heal()
        yield services
    finally:
        services.resume()
        guardian.kill()
        guardian.wait()
        clean_up(home)
