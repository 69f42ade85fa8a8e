"""Waiting for what must happen."""

import time
from collections.abc import Callable


def eventually(what: Callable[[], object], otherwise: str = "it does not happen", within: float = 240) -> float:
    """Wait until it is so, `within` seconds at most; the seconds that it took."""
    started = time.monotonic()
    while not what():
        assert time.monotonic() - started < within, otherwise
        time.sleep(0.05)
    return time.monotonic() - started
