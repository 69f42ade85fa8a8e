"""How much may be on its way to Elasticsearch at once?"""

import threading
from typing import NamedTuple


class Admission(NamedTuple):
    """Leave for one request: its bytes, and how often the budget had been halved when it was given."""

    size: int
    halvings: int


class InFlight:
    """A budget of bytes for the requests under way, which follows what the server bears. Threads share one.

    Additive increase, multiplicative decrease, as TCP does it: a request that went well adds `rise` bytes to the
    budget up to `ceiling`, one that met congestion halves it down to `floor`. A budget of which less than half is
    used is not raised, since nothing was learnt about it. Requests that left before the last halving do not halve
    it again: a burst of refusals is one event.

    A request larger than the budget goes when nothing else is under way.
    """

    def __init__(self, *, start: int, floor: int, ceiling: int, rise: int, most_requests: int) -> None:
        """All but `most_requests` are bytes; the budget is `start` at first."""
        if not (0 < floor <= start <= ceiling and rise >= 0 and most_requests > 0):
            raise ValueError(f"no budget: {floor} <= {start} <= {ceiling} bytes, {rise=}, {most_requests=}")
        self._floor = floor
        self._ceiling = ceiling
        self._rise = rise
        self._most_requests = most_requests
        # A condition's lock is reentrant, so a signal handler may stop who is just holding it.
        self._changed = threading.Condition()
        self._budget = start
        self._bytes = 0
        self._requests = 0
        self._halvings = 0
        self._stopped = False

    @property
    def budget(self) -> int:
        """Bytes that may be under way now."""
        return self._budget

    @property
    def bytes(self) -> int:
        """Bytes that are under way now."""
        return self._bytes

    @property
    def stopped(self) -> bool:
        """Whether nothing is let through any more."""
        return self._stopped

    def enter(self, size: int) -> Admission | None:
        """Wait until a request of `size` bytes may go; None where it may not go any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._has_room(size))
            if self._stopped:
                return None
            self._bytes += size
            self._requests += 1
            return Admission(size, self._halvings)

    def leave(self, admission: Admission, *, congested: bool) -> None:
        """A request is over, whatever came of it."""
        with self._changed:
            if congested and admission.halvings == self._halvings:
                self._budget = max(self._floor, self._budget // 2)
                self._halvings += 1
            elif not congested and 2 * self._bytes > self._budget:
                self._budget = min(self._ceiling, self._budget + self._rise)
            self._bytes -= admission.size
            self._requests -= 1
            self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Wait so long, or until nothing is let through any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped, seconds)

    def stop(self) -> None:
        """Let nothing through any more, and wake who waits."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _has_room(self, size: int) -> bool:
        if self._requests == 0:
            return True
        return self._requests < self._most_requests and self._bytes + size <= self._budget
