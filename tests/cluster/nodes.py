"""A cluster of three Elasticsearch nodes, of which tests may kill any."""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
from elasticsearch import ApiError, Elasticsearch, TransportError

from indexer.embedded import elasticsearch, programs
from indexer.embedded.directories import Directories, make_directories
from indexer.embedded.passwords import new_password
from indexer.embedded.ports import free_port
from indexer.settings import Settings
from tests.embedded.harness import make_home
from tests.faults.waiting import eventually

NODES = 3
_HEAP = "512m"
_DIE_WITH_PARENT = 1
"""`PR_SET_PDEATHSIG` of prctl: a test run that is killed leaves no node behind."""


class Nodes:
    """Three nodes of one cluster on the loopback interface, each with data of its own that outlives its death."""

    def __init__(self, directories: Directories) -> None:
        self._directories = directories
        self._http = [free_port(None) for _ in range(NODES)]
        self._transport = [free_port(None) for _ in range(NODES)]
        self._password = new_password()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def urls(self) -> list[str]:
        """The address of each node."""
        return [f"http://{elasticsearch.USER}:{self._password}@127.0.0.1:{port}" for port in self._http]

    @property
    def url(self) -> str:
        """The setting that names all of them."""
        return ",".join(self.urls)

    def start(self, *numbers: int) -> None:
        """Start these nodes, and wait until the cluster has all its nodes and every copy of every shard."""
        for number in numbers:
            self._processes[number] = self._launch(number)
        with Elasticsearch(self.urls[numbers[0]], request_timeout=30) as client:
            eventually(lambda: self._is_whole(client), "the cluster does not come together", within=600)

    def kill(self, number: int) -> None:
        """`kill -9` of a node."""
        process = self._processes.pop(number)
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
        psutil.wait_procs(family, timeout=10)

    def close(self) -> None:
        for number in list(self._processes):
            self.kill(number)

    @staticmethod
    def _is_whole(client: Elasticsearch) -> bool:
        try:
            found = client.cluster.health(wait_for_nodes=str(NODES), wait_for_status="green", timeout="5s")
        except (ApiError, TransportError):
            return False
        return not found["timed_out"]

    def _launch(self, number: int) -> subprocess.Popen[bytes]:
        directories, name = self._directories, f"node-{number}"
        home = programs.elasticsearch_home(directories, Settings().cache_dir.absolute())
        configuration = directories.owned_folder(name, "config")
        scratch = directories.owned_folder(name, "tmp")
        node = {
            "cluster.name": "of-three",
            "node.name": name,
            "path.data": str(directories.owned_folder(name, "data")),
            "path.logs": str(directories.owned_folder(name, "logs")),
            "network.host": "127.0.0.1",
            "http.port": self._http[number],
            "transport.port": self._transport[number],
            "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in self._transport],
            "cluster.initial_master_nodes": [f"node-{one}" for one in range(NODES)],
            **elasticsearch.SECURITY,
            "action.auto_create_index": False,
            "indices.breaker.total.use_real_memory": False,
            "cluster.routing.allocation.disk.threshold_enabled": False,
        }
        elasticsearch.write_configuration(directories, home / "config", configuration, node, self._password)
        account = directories.account
        with (directories.folder(name) / "output.log").open("ab") as log:
            return subprocess.Popen(
                [str(home / "bin" / "elasticsearch")],
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(scratch),
                    "ES_PATH_CONF": str(configuration),
                    "ES_JAVA_HOME": str(programs.java_home(directories)),
                    "ES_JAVA_OPTS": (
                        f"-Xms{_HEAP} -Xmx{_HEAP} -XX:+UseSerialGC {elasticsearch.NO_ROLES_INDEX} "
                        f"{os.environ['ES_JAVA_OPTS']}"
                    ),
                    "ES_TMPDIR": str(scratch),
                    "CLI_JAVA_OPTS": elasticsearch.QUICK_TO_COMPILE,
                },
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one function of libc, looked up before the fork
                start_new_session=True,
            )


_prctl = ctypes.CDLL(None).prctl


def _die_with_parent() -> None:
    _prctl(_DIE_WITH_PARENT, signal.SIGKILL)


@contextmanager
def three_nodes() -> Iterator[Nodes]:
    """A cluster that is whole; gone afterwards."""
    home = make_home("indexer-cluster-")
    nodes = Nodes(make_directories(Settings(home=home)))
    try:
        nodes.start(*range(NODES))
        yield nodes
    finally:
        nodes.close()
        shutil.rmtree(home)
