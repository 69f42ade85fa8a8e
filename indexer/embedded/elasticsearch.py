"""Elasticsearch as one node of our own on the loopback interface, for requests with a password only."""

import base64
import hashlib
import http.client
import json
import os
import secrets
import shutil
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from indexer.embedded import programs
from indexer.embedded.download import VERSION
from indexer.embedded.passwords import new_password
from indexer.embedded.service import Launch, ServiceKind

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.embedded.directories import Directories
    from indexer.settings import Settings

# Options that the wheel's Java lacks, that write growing files beside the logs we keep, or that choose a collector.
_UNWANTED_OPTIONS = ("--add-modules=jdk.incubator.vector", "-Xlog:gc*", "-XX:+UseG1GC")

# On a small heap and few cores pauses are short, and what G1 does beside the program to keep them so takes a tenth of
# the processor time of writing.
_COLLECTOR = "-XX:+UseParallelGC"
_OK = 200

USER = "indexer"
"""The only user, who may do everything."""

# The fewest rounds allowed, which make a password costly to guess: ours has 192 random bits.
_ROUNDS = 1000

SECURITY: "dict[str, object]" = {
    "xpack.security.enabled": True,
    # Nothing leaves the loopback interface.
    "xpack.security.http.ssl.enabled": False,
    "xpack.security.transport.ssl.enabled": False,
    # One user, in a file: no users and keys in an index, no rights for single documents and fields.
    "xpack.security.authc.realms.file.users.order": 0,
    "xpack.security.authc.realms.native.none.order": 1,
    "xpack.security.authc.realms.native.none.enabled": False,
    "xpack.security.authc.reserved_realm.enabled": False,
    "xpack.security.authc.token.enabled": False,
    "xpack.security.authc.api_key.enabled": False,
    "xpack.security.dls_fls.enabled": False,
    "xpack.security.enrollment.enabled": False,
    "xpack.security.http.filter.enabled": False,
    "xpack.security.transport.filter.enabled": False,
}
"""Settings of a node with one user, who needs a password."""

NO_ROLES_INDEX = "-Des.queryable_built_in_roles_enabled=false"
"""An option for the node's Java: otherwise it would make an index of roles, which needs a filter that is missing."""


QUICK_TO_COMPILE = "-XX:TieredStopAtLevel=1"
"""Options for the Java of the start script, which ends before the better compiler pays off: it takes half the time."""


def prepare(settings: "Settings", directories: "Directories", port: int) -> Launch:
    """Programs, configuration and directories of the node; everything but the start.

    The password is new each time: clients of a dead node send the old one to the program that has taken its port.
    """
    home = programs.elasticsearch_home(directories, settings.cache_dir.absolute())
    java = programs.java_home(directories)
    folder = directories.service_folder("elasticsearch")
    configuration = directories.owned_folder("elasticsearch", "config")
    data = directories.owned_folder("elasticsearch", "data")
    logs = directories.owned_folder("elasticsearch", "logs")
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    scratch = directories.owned_folder("elasticsearch", "tmp")
    password = new_password()
    write_configuration(directories, home / "config", configuration, _node_settings(data, logs, port), password)
    heap = settings.elasticsearch_heap
    return Launch(
        command=[str(home / "bin" / "elasticsearch")],
        environment={
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "LC_ALL": "C",
            "ES_PATH_CONF": str(configuration),
            "ES_JAVA_HOME": str(java),
            # Options of the user's own come last, and win.
            "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap} {_COLLECTOR} {NO_ROLES_INDEX} {os.environ.get('ES_JAVA_OPTS', '')}",
            "ES_TMPDIR": str(scratch),
            "CLI_JAVA_OPTS": QUICK_TO_COMPILE,
            # For the start script's own Java programs too, which otherwise leave directories in /tmp.
            "JDK_JAVA_OPTIONS": f'-XX:-UsePerfData "-Djava.io.tmpdir={scratch}"',
        },
        directory=folder,
        log=folder / "elasticsearch.log",
        url=f"http://{USER}:{password}@127.0.0.1:{port}",
        version=VERSION,
    )


def _node_settings(data: "Path", logs: "Path", port: int) -> dict[str, object]:
    return {
        "cluster.name": "reporting-indexer",
        "node.name": "embedded",
        "path.data": str(data),
        "path.logs": str(logs),
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": 0,
        "discovery.type": "single-node",
        **SECURITY,
        "action.auto_create_index": False,
        # This collector leaves garbage until it needs the memory. By the heap's real size, requests would be refused
        # although there is room for them; the memory of requests, aggregations and segments still counts.
        "indices.breaker.total.use_real_memory": False,
        # By default a tenth of the heap: then writing runs at full speed for seconds and stands still for one, while
        # the gathered documents become a segment. In smaller portions it is steadier, and also faster.
        "indices.memory.index_buffer_size": "32mb",
        # The defaults are shares of the disk (85, 90, 95 %): they lock every index on a developer's well-filled
        # disk that still has tens of gigabytes. Limits in bytes protect the node.
        "cluster.routing.allocation.disk.watermark.low": "1gb",
        "cluster.routing.allocation.disk.watermark.high": "750mb",
        "cluster.routing.allocation.disk.watermark.flood_stage": "500mb",
    }


def write_configuration(
    directories: "Directories", shipped: "Path", configuration: "Path", node: dict[str, object], password: str
) -> None:
    """The shipped configuration, fit for our Java, `elasticsearch.yml` with the settings of `node`, and the user."""
    for source in shipped.iterdir():
        if source.name == "jvm.options":
            kept = [
                line
                for line in source.read_text().splitlines()
                if not any(unwanted in line for unwanted in _UNWANTED_OPTIONS)
            ]
            directories.write(configuration / source.name, "\n".join(kept) + "\n")
        elif source.is_file() and source.name != "elasticsearch.yml":
            directories.write(configuration / source.name, source.read_text())
    lines = (f"{name}: {json.dumps(value)}\n" for name, value in node.items())
    directories.write(configuration / "elasticsearch.yml", "".join(lines))
    directories.write(configuration / "users", f"{USER}:{_hashed(password)}\n")
    directories.write(configuration / "users_roles", f"superuser:{USER}\n")


def _hashed(password: str) -> str:
    """The password as Elasticsearch keeps it in a file; its own program for that takes seconds."""
    salt = secrets.token_bytes(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, dklen=32)
    return f"{{PBKDF2}}{_ROUNDS}${_base64(salt)}${_base64(digest)}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def answers(url: str) -> bool:
    """Whether the node takes requests; the colour of the cluster is another question."""
    return _get(url, "/_cluster/health?filter_path=status", timeout=2) == _OK


def settle(url: str) -> None:
    """Wait until the primaries of existing indices are assigned, at most 30 s."""
    _get(url, "/_cluster/health?wait_for_status=yellow&timeout=30s", timeout=35)


def _get(url: str, path: str, timeout: float) -> int:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout)
    credentials = _base64(f"{address.username}:{address.password}".encode())
    try:
        connection.request("GET", path, headers={"Authorization": f"Basic {credentials}"})
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return response.status
    finally:
        connection.close()


KIND = ServiceKind(prepare, answers, settle, signal.SIGTERM, patience=300)
