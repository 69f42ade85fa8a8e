"""The choice of a service's port."""

import random
import socket
import time

from indexer.errors import OperatorError

# Below every system's range of ephemeral ports (Linux 32768, macOS and Windows 49152): there an outgoing
# connection can take the port between our look and the service's bind, and a client that keeps trying a
# dead service's port can even connect to itself and hold the port against the service's return.
_RANGE = range(20000, 30000)
_TRIES = 200
# A killed launcher of Elasticsearch is gone at once; its server follows after it has stopped in an orderly way.
_PATIENCE = 5.0


def free_port(preferred: int | None = None) -> int:
    """A free port of 127.0.0.1; `preferred` if it becomes free within a few seconds."""
    if preferred is not None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if _is_free(preferred):
                return preferred
            time.sleep(0.05)
    for port in random.sample(_RANGE, _TRIES):
        if _is_free(port):
            return port
    raise OperatorError(
        f"no free port found between {_RANGE.start} and {_RANGE.stop} on 127.0.0.1",
        "stop a program there, or set ELASTICSEARCH_URL, DATABASE_URL and REDIS_URL to servers of your own",
    )


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
