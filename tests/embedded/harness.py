"""The services of one test run: one set for all its processes, started by the first test that asks."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import psutil

from indexer.embedded import processes, supervisor
from indexer.embedded.service import Launch
from indexer.services import Service, ServiceUrls, service_urls
from indexer.settings import Settings
from tests.embedded.containers import VARIABLE, start_containers

URL_VARIABLES = {
    Service.ELASTICSEARCH: "INDEXER_ELASTICSEARCH_URL",
    Service.POSTGRESQL: "INDEXER_DATABASE_URL",
    Service.REDIS: "INDEXER_REDIS_URL",
}
_KEPT_FOR_CHILDREN = "INDEXER_TEST_RUN"
_ROOT = Path(__file__).parents[2]
_MEMORY = Path("/dev/shm")  # noqa: S108 - only homes with names that nobody can guess
_ROOM = 8 << 30
"""Bytes: what the services of a run save and need for themselves, several times."""


class Run:
    """One run of pytest: its home, and the process whose end is the end of the services."""

    def __init__(self, home: Path, controller: int) -> None:
        self.home = home
        self.controller = controller
        self.containers = ExitStack()
        self.databases = ExitStack()
        self._template: str | None = None

    @classmethod
    def begin(cls) -> "Run":
        """Make the run's home and set the environment that every process of the run inherits.

        The developer's own URLs and home are taken out of it: no test reaches their data. A server that the tests may
        use is named by a variable of its own, such as INDEXER_TEST_DATABASE_URL.
        """
        home = make_home("indexer-tests-")
        for service, variable in URL_VARIABLES.items():
            os.environ.pop(variable, None)
            os.environ.pop(service.url_variable, None)
            if url := os.environ.get(f"INDEXER_TEST_{service.url_variable}"):
                os.environ[variable] = url
        os.environ["INDEXER_HOME"] = str(home)
        os.environ.setdefault("INDEXER_ELASTICSEARCH_HEAP", "512m")
        # The better compiler does not pay off in the minutes that most of the nodes live.
        os.environ.setdefault("ES_JAVA_OPTS", "-XX:TieredStopAtLevel=1")
        os.environ[_KEPT_FOR_CHILDREN] = str(os.getpid())
        run = cls(home, os.getpid())
        if os.environ.get(VARIABLE) == "docker":
            run._use_containers()
        return run

    def _use_containers(self) -> None:
        try:
            urls = start_containers(self.containers)
        except BaseException:
            self.end()
            raise
        for service, url in urls.items():
            os.environ[URL_VARIABLES[service]] = url

    @classmethod
    def joined(cls) -> "Run":
        """The run that a worker process of pytest-xdist belongs to."""
        return cls(Path(os.environ["INDEXER_HOME"]), int(os.environ[_KEPT_FOR_CHILDREN]))

    def urls(self, *needed: Service) -> ServiceUrls:
        """The URLs of the run's services, started if they are not running yet."""
        self._set_guardian()
        return service_urls(Settings(), *needed)

    def store_template(self, made: Callable[[str], AbstractContextManager[str]]) -> str:
        """The database that this process copies for its tests, made on a server the first time."""
        if self._template is None:
            server = self.urls(Service.POSTGRESQL).database
            self._template = self.databases.enter_context(made(server))
        return self._template

    def _set_guardian(self) -> None:
        """Start, once per run, the process that cleans up behind a pytest that was killed."""
        pid_file = self.home / "guardian.pid"
        try:
            handle = os.open(pid_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return
        launch = Launch(
            command=[sys.executable, "-m", "tests.embedded.guardian", str(self.home), str(self.controller)],
            environment=dict(os.environ),
            directory=_ROOT,
            log=self.home / "guardian.log",
            url="",
            version="",
        )
        with os.fdopen(handle, "w") as file:
            file.write(str(processes.start(launch, None)))

    def end(self) -> None:
        """Stop the services and remove the home."""
        self.containers.close()
        pid_file = self.home / "guardian.pid"
        if pid_file.exists():
            guardian = int(pid_file.read_text())
            started = processes.started_at(guardian)
            if started is not None:
                processes.stop([((guardian, started), signal.SIGKILL)])
        clean_up(self.home)


def make_home(prefix: str) -> Path:
    """A new INDEXER_HOME with a short path, which the account that services run as under root can enter too.

    It lies in memory if there is plenty: most of the time of making a database or an index is waiting for the disk.
    """
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if _has_room_in_memory() else None))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return home


def _has_room_in_memory() -> bool:
    return _MEMORY.is_dir() and min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available) > _ROOM


def clean_up(home: Path) -> None:
    """Stop what runs for a home and delete all of it."""
    settings = Settings(home=home)
    supervisor.stop(settings)
    supervisor.delete_data(settings)
    shutil.rmtree(home)
