"""A proxy between a worker and a real Elasticsearch that fails on command."""

import contextlib
import enum
import http.client
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson

BULK, EVERYTHING = "_bulk", ""
"""What has this in its path: what a worker writes, and all that it asks for."""

_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}
_PRODUCT = {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/json"}


class Fault(enum.Enum):
    """What becomes of a request."""

    TOO_MANY_REQUESTS = "429 for the whole request, which is not carried out"
    TOO_MANY_WRITES = "429 for every second write of a bulk request, the others are carried out"
    UNAVAILABLE = "503 in the words of a load balancer, not carried out"
    TOO_LARGE = "413 for a body beyond the limit, not carried out"
    BROKEN_OFF = "carried out, and the connection ends in the middle of the answer"
    HUNG_UP = "the connection ends, not carried out"
    HELD = "carried out only when the fault has ended"


class _Answer(NamedTuple):
    status: int
    body: bytes
    headers: dict[str, str]


class FaultProxy:
    """An HTTP server of its own in front of `target` and its user; lets everything pass until it is told otherwise.

    `struck` counts how often each fault has met a request, so that a test can show that it did.
    """

    def __init__(self, target: str) -> None:
        address = urlsplit(target)
        assert address.hostname is not None
        self._target = (address.hostname, address.port or 80)
        self._user = address.netloc.rpartition("@")[0]
        self._fault: Fault | None = None
        self._only = ""
        self._most_bytes = 0
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self.struck: Counter[Fault] = Counter()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                proxy._handle(self)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # a worker was killed while it was waiting for an answer

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{self._user}@127.0.0.1:{self._server.server_port}"

    @contextmanager
    def failing(self, fault: Fault, only: str = EVERYTHING, most_bytes: int = 0) -> Iterator[Callable[[], None]]:
        """Every request, or those with `only` in their path, meets the fault; calling what is given ends it sooner."""
        with self._lock:
            self._fault, self._only, self._most_bytes = fault, only, most_bytes
            self._ended.clear()
        try:
            yield self._end
        finally:
            self._end()

    def _end(self) -> None:
        with self._lock:
            self._fault = None
        self._ended.set()

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        match self._strikes(request.path, body):
            case None:
                _say(request, self._forward(request, body))
            case Fault.TOO_MANY_REQUESTS:
                _say(request, _refused(429, "es_rejected_execution_exception"))
            case Fault.TOO_MANY_WRITES:
                _say(request, self._every_second(request, body))
            case Fault.UNAVAILABLE:
                _say(request, _Answer(503, b"<html>503 Service Unavailable</html>", {"Content-Type": "text/html"}))
            case Fault.TOO_LARGE:
                _say(request, _Answer(413, b"", {}))
            case Fault.BROKEN_OFF:
                answer = self._forward(request, body)
                _say(request, answer, cut=max(1, len(answer.body) // 2))
                _hang_up(request)
            case Fault.HUNG_UP:
                _hang_up(request)
            case Fault.HELD:
                self._ended.wait()
                _say(request, self._forward(request, body))

    def _strikes(self, path: str, body: bytes) -> Fault | None:
        with self._lock:
            fault = self._fault if self._only in path else None
            if fault is Fault.TOO_LARGE and len(body) <= self._most_bytes:
                fault = None
            if fault is not None:
                self.struck[fault] += 1
            return fault

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> _Answer:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        connection = http.client.HTTPConnection(*self._target, timeout=120)
        try:
            connection.request(request.command, request.path, body or None, headers)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
            return _Answer(answer.status, answer.read(), kept)
        except (OSError, http.client.HTTPException) as error:
            return _Answer(502, f"<html>502 {error}</html>".encode(), {"Content-Type": "text/html"})
        finally:
            connection.close()

    def _every_second(self, request: BaseHTTPRequestHandler, body: bytes) -> _Answer:
        """A bulk request of which every second write is turned away, as by a full queue of one shard."""
        writes = list(_writes(body))
        answer = self._forward(request, b"".join(writes[::2]))
        said = orjson.loads(answer.body)
        refusal = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue is full"}}
        refused = [{_action(write): refusal} for write in writes[1::2]]
        items: list[object] = [None] * len(writes)
        items[::2], items[1::2] = said["items"], refused
        whole = {"errors": bool(refused) or said["errors"], "items": items}
        return answer._replace(body=orjson.dumps(whole))


def _writes(body: bytes) -> Iterator[bytes]:
    """The lines of each write of a bulk request."""
    lines = iter(body.split(b"\n")[:-1])
    for action in lines:
        yield action + b"\n" if _action(action) == "delete" else action + b"\n" + next(lines) + b"\n"


def _action(write: bytes) -> str:
    return str(next(iter(orjson.loads(write.split(b"\n", 1)[0]))))


def _refused(status: int, kind: str) -> _Answer:
    body = {"error": {"type": kind, "reason": "for a reason"}, "status": status}
    return _Answer(status, orjson.dumps(body), _PRODUCT)


def _say(request: BaseHTTPRequestHandler, answer: _Answer, cut: int | None = None) -> None:
    with contextlib.suppress(OSError):  # the client may be gone
        request.send_response(answer.status)
        for name, value in answer.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(answer.body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(answer.body[:cut])
            request.wfile.flush()


def _hang_up(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    with contextlib.suppress(OSError):
        request.connection.shutdown(socket.SHUT_RDWR)
