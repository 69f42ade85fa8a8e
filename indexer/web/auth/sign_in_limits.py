"""Limits on wrong passwords: a guesser is slowed down, and nobody else is locked out."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import cast

from fastapi import Request

WINDOW_SECONDS = 900.0
MOST_FOR_A_USER = 5
"""The most wrong passwords for one name from one address in the window."""

MOST_FOR_AN_ADDRESS = 50
"""The most wrong passwords from one address in the window, for any names."""

_MOST_KEPT = 10_000


class SignInLimits:
    """Counts wrong passwords by name and address, and by address alone.

    A name by itself is never locked: guesses from elsewhere do not keep a user from signing in. Only the last ten
    thousand names and addresses with wrong passwords are remembered, in this process.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str | None], deque[float]] = OrderedDict()

    def wait_seconds(self, address: str, name: str) -> float:
        """How long the next attempt for the name from the address has to wait; 0 if it may be made now."""
        with self._lock:
            return max(self._wait((address, name), MOST_FOR_A_USER), self._wait((address, None), MOST_FOR_AN_ADDRESS))

    def note_failure(self, address: str, name: str) -> None:
        """Count a wrong password."""
        with self._lock:
            for key in ((address, name), (address, None)):
                self._failures.setdefault(key, deque(maxlen=MOST_FOR_AN_ADDRESS)).append(self._clock())
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_KEPT:
                self._failures.popitem(last=False)

    def note_success(self, address: str, name: str) -> None:
        """Forget the wrong passwords for the name from the address."""
        with self._lock:
            self._failures.pop((address, name), None)

    def _wait(self, key: tuple[str, str | None], most: int) -> float:
        failures = self._failures.get(key)
        if failures is None:
            return 0.0
        now = self._clock()
        while failures and failures[0] <= now - WINDOW_SECONDS:
            failures.popleft()
        return 0.0 if len(failures) < most else failures[-most] + WINDOW_SECONDS - now


def limits_of(request: Request) -> SignInLimits:
    """The limits of the server that answers the request."""
    return cast("SignInLimits", request.app.state.sign_in_limits)
