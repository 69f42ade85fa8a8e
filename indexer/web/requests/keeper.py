"""The one client of a service that all requests of the server share."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.services import Service, service_urls
from indexer.settings import Settings

_T = TypeVar("_T")

_REMEMBERED_SECONDS = 3.0
"""How long a service that could not be reached is not tried again, so that other requests need not wait."""

_OTHERS_WAIT_SECONDS = 2.0
"""How long a request waits for another one that is connecting: starting an embedded service takes far longer."""


class Keeper(Generic[_T]):
    """Connects when the first request needs the service, and keeps the client for the life of the server.

    A client is never closed while others may use it, whatever has failed: it connects again by itself. After a failure
    one request looks for the service again, and starts an embedded one that has died; a new client is made only if the
    address has changed. No lock is held meanwhile.
    """

    def __init__(
        self,
        settings: Settings,
        service: Service,
        connect: Callable[[str], _T],
        check: Callable[[_T], None] = lambda _: None,
    ) -> None:
        """`connect` makes a client from a URL, `check` tries one that has failed; both may raise `OperatorError`."""
        self._settings = settings
        self._service = service
        self._connect = connect
        self._check = check
        self._lock = threading.Lock()
        self._client: _T | None = None
        self._url = ""
        self._is_doubted = False
        self._looking: Future[_T] | None = None
        self._failure: OperatorError | None = None
        self._failed_until = 0.0

    @property
    def client(self) -> _T | None:
        """The client, if any request has needed it yet."""
        return self._client

    def get(self) -> _T:
        """The client. Raises `OperatorError` and `ServiceUnavailable`, after a short wait if others are connecting."""
        with self._lock:
            if self._client is not None and not self._is_doubted:
                return self._client
            if self._failure is not None and time.monotonic() < self._failed_until:
                raise type(self._failure)(str(self._failure), self._failure.remedy)
            looking = self._looking
            if is_first := looking is None:
                looking = self._looking = Future()
        if is_first:
            self._look(looking)
        try:
            return looking.result(_OTHERS_WAIT_SECONDS)
        except TimeoutError:
            name = self._service.label
            raise ServiceUnavailable(f"the server is connecting to {name}", "try again in a few seconds") from None

    def doubt(self) -> None:
        """Make the next request look for the service again, because one has failed."""
        with self._lock:
            self._is_doubted = True

    def _look(self, looking: "Future[_T]") -> None:
        try:
            client, url = self._found()
        except Exception as error:  # whatever the error, the requests that wait for this look get it
            with self._lock:
                self._looking = None
                if isinstance(error, OperatorError):
                    self._failure, self._failed_until = error, time.monotonic() + _REMEMBERED_SECONDS
            looking.set_exception(error)
            return
        with self._lock:
            self._client, self._url, self._is_doubted = client, url, False
            self._looking = self._failure = None
        looking.set_result(client)

    def _found(self) -> tuple[_T, str]:
        """A usable client, and the URL of its service, which was started if necessary."""
        urls = service_urls(self._settings, self._service)
        url = urls.elasticsearch or urls.database
        if self._client is None or url != self._url:
            return self._connect(url), url
        self._check(self._client)
        return self._client, url
