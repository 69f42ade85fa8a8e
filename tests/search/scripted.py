"""An HTTP server that answers as a test tells it to, for what a real Elasticsearch will not do on request."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HEALTHY = {"status": "green"}

KINDS = {
    400: "document_parsing_exception",
    409: "version_conflict_engine_exception",
    429: "es_rejected_execution_exception",
    503: "unavailable_shards_exception",
}
"""The types of the errors that items of a bulk request most often have."""


@dataclass
class Answer:
    """Status, body and headers of an answer; `None` in the place of an answer hangs up instead.

    `breaks_off` hangs up in the middle of it.
    """

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=lambda: {"X-Elastic-Product": "Elasticsearch"})
    breaks_off: bool = False


Script = Callable[[bytes], Answer | None]


def taken(body: bytes) -> Answer:
    """What Elasticsearch says to a bulk request all of whose writes it takes."""
    return Answer(200, {"errors": False, "items": [{"index": {"status": 201}} for _ in ids(body)]})


def refused(status: int, kind: str = "some_exception", reason: str = "not now") -> Answer:
    """What Elasticsearch says to a bulk request that it refuses as a whole."""
    return Answer(status, {"error": {"type": kind, "reason": reason}, "status": status})


def each(body: bytes, statuses: Mapping[str, int]) -> Answer:
    """What Elasticsearch says to a bulk request with these statuses by id; it takes the others."""
    answer = taken(body)
    for name, item in zip(ids(body), answer.body["items"], strict=True):
        if (status := statuses.get(name, 201)) >= 400:
            answer.body["errors"] = True
            error = {"type": KINDS.get(status, "some_exception"), "reason": "for a reason"}
            item["index"] = {"_index": "i-1", "status": status, "error": error}
    return answer


def ids(body: bytes) -> list[str]:
    """The ids that a bulk request writes, in its order (no deletes)."""
    return [json.loads(action)["index"]["_id"] for action in body.splitlines()[::2]]


class ScriptedServer:
    """Serves on loopback; `bulk` answers the bulk requests, `health` all others. `bodies` is what came in.

    `passwords` has the header with the password of every request. `crowds` has, for each bulk request that came in,
    the sizes of all that were being answered then, its own last.
    """

    def __init__(self) -> None:
        self.bulk: Script = taken
        self.health: Callable[[], Answer | None] = lambda: Answer(200, HEALTHY)
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.passwords: list[str | None] = []
        self.crowds: list[list[int]] = []
        self._answering: list[int] = []
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                server._connections.append(self.connection)

            def do_GET(self) -> None:
                server.paths.append(self.path)
                server.passwords.append(self.headers["Authorization"])
                self._say(server.health())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.paths.append(self.path)
                server.passwords.append(self.headers["Authorization"])
                with server._lock:
                    server.bodies.append(body)
                    server._answering.append(len(body))
                    server.crowds.append(server._answering.copy())
                answer = server.bulk(body)
                with server._lock:  # before the answer, after which the next request may come
                    server._answering.remove(len(body))
                self._say(answer)

            def _say(self, answer: Answer | None) -> None:
                if answer is None:
                    self.close_connection = True
                    return
                content = b"" if answer.body is None else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2] if answer.breaks_off else content)
                if answer.breaks_off:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        """Stop serving, and cut the connections that clients keep."""
        self._http.shutdown()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._http.server_close()
        self._thread.join()
