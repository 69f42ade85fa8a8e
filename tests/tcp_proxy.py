"""A proxy between a program and a service, at the level of TCP, that fails on command."""

import contextlib
import socket
import threading
from typing import Self
from urllib.parse import urlsplit

from tests.faults.waiting import eventually


class TcpProxy:
    """Listens on a port of its own in front of `target`, a URL; lets everything pass until it is told otherwise.

    `held` counts how often something has been kept back, so that a test can show that it was.
    """

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._passing = threading.Event()
        self._passing.set()
        self._is_cut = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.held = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The target's URL, with our port."""
        user, at, _ = self._target.netloc.rpartition("@")
        return self._target._replace(netloc=f"{user}{at}127.0.0.1:{self._listener.getsockname()[1]}").geturl()

    def hang(self) -> None:
        """Connections are accepted and stay open, and nothing gets through any more."""
        self._passing.clear()

    def cut(self) -> None:
        """Every connection ends, also each new one."""
        self._is_cut = True
        self._end_all()

    def heal(self) -> None:
        """Let everything pass again, including pieces that were kept back."""
        self._is_cut = False
        self._passing.set()

    def wait_until_held(self, number: int = 1) -> None:
        """Wait until this many more pieces have been kept back."""
        wanted = self.held + number
        eventually(lambda: self.held >= wanted, "nothing is kept back")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._end_all()
        self._passing.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                near.close()
                continue
            far = socket.create_connection((str(self._target.hostname), self._target.port or 0))
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                if not self._passing.is_set():
                    with self._lock:
                        self.held += 1
                    self._passing.wait()
                sink.sendall(piece)
        self._end(source, sink)

    def _end_all(self) -> None:
        with self._lock:
            ending = list(self._open)
        self._end(*ending)

    def _end(self, *sockets: socket.socket) -> None:
        with self._lock:
            self._open -= set(sockets)
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
