"""The one-time link of a server without accounts: the browser that opens it is the only one that is answered."""

import secrets
import threading


class OneTimeLink:
    """A secret that a terminal shows, and the session of the browser that opened it; both are in memory only."""

    def __init__(self) -> None:
        """Nobody has opened it."""
        self.secret = secrets.token_urlsafe(32)
        self._session: str | None = None
        self._lock = threading.Lock()

    def open(self, secret: str, session: str | None = None) -> str | None:
        """The secret of its session; None if the link is another one, or has been opened by another browser.

        `session` is the one of the browser that opens it: the first browser may open it again.
        """
        with self._lock:
            if not _is_same(secret, self.secret):
                return None
            if self._session is not None:
                return self._session if self.holds(session) else None
            self._session = secrets.token_urlsafe(32)
            return self._session

    def holds(self, session: str | None) -> bool:
        """Whether this is the secret of its session."""
        return self._session is not None and session is not None and _is_same(session, self._session)


def _is_same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
