"""The limit of what may be on its way to Elasticsearch at once."""

import threading
from typing import NamedTuple


class Admission(NamedTuple):
    """The permission for one request: its bytes, and how often the budget had been halved when it was given."""

    size: int
    halvings: int


class InFlight:
    """A budget of bytes for the requests under way, which follows the capacity of the server. Threads share one.

    Additive increase, multiplicative decrease, as in TCP: a successful request adds `rise` bytes to the budget up to
    `ceiling`, one that met congestion halves it down to `floor`. If less than half of the budget is used, it is not
    raised, since nothing was learnt about it. Requests sent before the last halving do not halve it again: a burst of
    refusals is one event.

    A request larger than the budget is sent when nothing else is under way.
    """

    def __init__(self, *, start: int, floor: int, ceiling: int, rise: int, most_requests: int) -> None:
        """All arguments but `most_requests` are bytes; the budget begins with `start`."""
        if not (0 < floor <= start <= ceiling and rise >= 0 and most_requests > 0):
            raise ValueError(f"no budget: {floor} <= {start} <= {ceiling} bytes, {rise=}, {most_requests=}")
        self._floor = floor
        self._ceiling = ceiling
        self._rise = rise
        self._most_requests = most_requests
        # A condition's lock is reentrant, so a signal handler may call `stop` in a thread that holds it.
        self._changed = threading.Condition()
        self._budget = start
        self._bytes = 0
        self._requests = 0
        self._halvings = 0
        self._stopped = False

    @property
    def budget(self) -> int:
        """The bytes that may be under way now."""
        return self._budget

    @property
    def bytes(self) -> int:
        """The bytes that are under way now."""
        return self._bytes

    @property
    def stopped(self) -> bool:
        """Whether no further requests may be sent."""
        return self._stopped

    def enter(self, size: int) -> Admission | None:
        """Wait until a request of `size` bytes may be sent; returns None if it may not be sent any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._has_room(size))
            if self._stopped:
                return None
            self._bytes += size
            self._requests += 1
            return Admission(size, self._halvings)

    def leave(self, admission: Admission, *, congested: bool) -> None:
        """Record that a request is over, whatever its outcome."""
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
        """Wait this long, or until `stop` is called."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped, seconds)

    def stop(self) -> None:
        """Refuse all further requests, and wake the threads that wait."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _has_room(self, size: int) -> bool:
        if self._requests == 0:
            return True
        return self._requests < self._most_requests and self._bytes + size <= self._budget
