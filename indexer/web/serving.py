"""The HTTP server as `indexer serve` runs it."""

import os
import signal
from types import FrameType

import structlog
import uvicorn

from indexer.settings import Settings
from indexer.web.app import create_app
from indexer.web.auth.one_time_link import OneTimeLink
from indexer.web.requests.limits import MOST_HEAD_BYTES, LimitedConnection

log = structlog.get_logger()

_SECOND_SIGNAL_SECONDS = 1.0


class Server(uvicorn.Server):
    """A server that ends within a limited time after it was told to stop, whatever its requests wait for.

    Only the end of the process can end a thread that waits for a service, and Python would wait for the thread. The
    process's own alarm needs no lock and no event loop.
    """

    def __init__(self, settings: Settings, *, needs_accounts: bool = False, link: OneTimeLink | None = None) -> None:
        """Make the server; raises `OperatorError` if a report's definition cannot be used.

        With `needs_accounts` nobody is answered without an account; `link` is for the only reader without one.
        """
        super().__init__(
            uvicorn.Config(
                create_app(settings, needs_accounts=needs_accounts, link=link),
                http=LimitedConnection,
                h11_max_incomplete_event_size=MOST_HEAD_BYTES,
                log_level="warning",
                access_log=False,
                ws="none",
            )
        )
        self._shutdown_seconds = settings.shutdown_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second signal stops at once."""
        is_first = not self.should_exit
        super().handle_exit(sig, frame)
        signal.signal(signal.SIGALRM, self._end_by_force)
        signal.setitimer(signal.ITIMER_REAL, self._shutdown_seconds if is_first else _SECOND_SIGNAL_SECONDS)

    def _end_by_force(self, *_: object) -> None:
        log.error("shutdown_forced", seconds=self._shutdown_seconds)
        os._exit(1)
