"""An HTTP server that answers as a test tells it to, for what a real Elasticsearch will not do on request."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HEALTHY = {"status": "green"}


@dataclass
class Answer:
    """Status, body and headers of an answer; `None` in the place of an answer hangs up instead."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=lambda: {"X-Elastic-Product": "Elasticsearch"})


Script = Callable[[bytes], Answer | None]


def taken(body: bytes) -> Answer:
    """What Elasticsearch says to a bulk request all of whose writes it takes."""
    return Answer(200, {"errors": False, "items": [{"index": {"status": 201}} for _ in ids(body)]})


def ids(body: bytes) -> list[str]:
    """The ids that a bulk request writes, in its order (no deletes)."""
    return [json.loads(action)["index"]["_id"] for action in body.splitlines()[::2]]


class ScriptedServer:
    """Serves on loopback; `bulk` answers the bulk requests, `health` all others. `bodies` is what came in."""

    def __init__(self) -> None:
        self.bulk: Script = taken
        self.health: Callable[[], Answer | None] = lambda: Answer(200, HEALTHY)
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
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
                self._say(server.health())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.paths.append(self.path)
                server.bodies.append(body)
                self._say(server.bulk(body))

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
                self.wfile.write(content)

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
