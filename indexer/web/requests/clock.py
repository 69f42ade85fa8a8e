"""The present, for questions that do not name one."""

import time


def now() -> int:
    """The present time in epoch seconds."""
    return int(time.time())
