"""Writing documents in bulk: bytes in, one outcome per document out.

This is only what the hot path needs, over the client's transport. The client's own helpers cannot be used for it:
they encode every document again, `max_retries` does nothing for a refused document while `raise_on_error` is on,
`parallel_bulk` never retries, and a caller that acknowledges while iterating over them does so before the request is
sent.
"""

import math
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, InvalidStateError, wait
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

from elasticsearch import ApiError, Elasticsearch, TransportError

from indexer.search.bulk_request import Sender
from indexer.search.inflight import Admission, InFlight
from indexer.search.outcomes import NOT_SENT, Answer, Outcome, Settled, same_for_all
from indexer.search.owner import Owner
from indexer.search.writes import Write, cut

THREAD_NAME = "bulk-request"

_LATELY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is sent at once, and how long the writer waits for it.

    A request that begins as late as possible ends `retry_seconds` + `request_seconds` after the call; a lease on the
    documents should last longer.
    """

    request_bytes: int = 4_000_000
    """The largest body of a request; a larger document goes alone."""

    start_bytes: int = 4_000_000
    floor_bytes: int = 500_000
    ceiling_bytes: int = 16_000_000
    """The budget of all requests under way: its start and its bounds."""

    rise_bytes: int = 500_000
    """The bytes that a successful request adds to the budget."""

    most_requests: int = 4
    """The most requests under way, however small; not more than the client's connections (10 by default)."""

    request_seconds: float = 30
    """Silence after which a request has failed."""

    most_retries: int = 4
    retry_seconds: float = 10
    """How often a call sends documents again that were refused for the moment, and for how long after its start."""

    first_delay_seconds: float = 0.25
    """The delay before the first retry; it doubles before each further one, and is jittered down by up to a half."""


class Exchange(NamedTuple):
    """A finished request: how much it carried, how long it took, whether the server kept up."""

    writes: int
    bytes: int
    seconds: float
    congested: bool


class _Request(NamedTuple):
    """Writes to an alias and their bytes, not to be sent from `until` on (monotonic)."""

    alias: str
    writes: Sequence[Write]
    body: bytes
    until: float


class BulkWriter:
    """Writes in bulk to one Elasticsearch, several requests at a time. A process has one; its threads share it.

    Every write carries its version (`external_gte`), so that writes may arrive late, twice and in any order. Once
    stopped it sends nothing more: writes that it has not sent are `RETRY` with the reason `NOT_SENT`. Leaving its
    context closes it.
    """

    def __init__(
        self,
        client: Elasticsearch,
        limits: Limits | None = None,
        *,
        owner: Owner | None = None,
        began: Callable[[], None] = lambda: None,
        observe: Callable[[Exchange], None] = lambda _: None,
    ) -> None:
        """Make a writer; with an `owner`, it writes only to indices of that installation.

        `began` is called before each request is sent, `observe` when it is over, in a thread of the writer's.
        """
        self._limits = limits = limits or Limits()
        self._owner = owner
        self._began = began
        self._observe = observe
        self.in_flight = InFlight(
            start=limits.start_bytes,
            floor=limits.floor_bytes,
            ceiling=limits.ceiling_bytes,
            rise=limits.rise_bytes,
            most_requests=limits.most_requests,
        )
        self._sender = Sender(client, limits.request_seconds, lambda: self.in_flight.stopped)
        self._under_way: set[Future[Answer]] = set()
        self._heard_at = -math.inf

    def write(self, alias: str, writes: Sequence[Write], until: float = math.inf) -> list[Settled]:
        """Write to the index behind `alias`; returns the outcome of each write, in their order.

        Never raises for what a server, a proxy or the network can answer. Of two writes of one id either may
        arrive first. From `until` on (seconds of `time.monotonic`) nothing is sent: such a write is `RETRY` with the
        reason `TOO_LATE`. Raises `OtherInstallation` if the index belongs to another installation.
        """
        return self.begin(alias, writes, until)()

    def begin(self, alias: str, writes: Sequence[Write], until: float = math.inf) -> Callable[[], list[Settled]]:
        """Send `writes`, waiting only for room in the budget; returns a function that waits for their outcomes.

        The function is to be called once, and also sends retries. Between the two calls the caller may compute its
        next writes.
        """
        again_until = time.monotonic() + self._limits.retry_seconds
        try:
            self.expect_own(alias)
        except (ApiError, TransportError) as error:
            unasked = same_for_all(writes, Outcome.RETRY, f"whose index it is could not be asked: {error}").settled
            return lambda: unasked
        sent = self._send(alias, writes, until)
        return lambda: self._finish(alias, writes, sent, again_until, until)

    def expect_own(self, alias: str) -> None:
        """Raise `OtherInstallation` if an index behind an alias belongs to another installation than the writer."""
        if self._owner is not None:
            self._owner.expect(alias)

    def heard_lately(self) -> bool:
        """Whether a request of the last few seconds succeeded, so that the server need not be asked if it answers."""
        return time.monotonic() - self._heard_at < _LATELY_SECONDS

    def stop(self) -> None:
        """Send nothing more; from any thread, or from a signal handler."""
        self.in_flight.stop()

    def close(self, wait_seconds: float = 10) -> None:
        """Stop, and wait at most this long for the requests under way; writes without an answer are then `RETRY`.

        The thread of a request without an answer ends with the request.
        """
        self.stop()
        for late in wait(set(self._under_way), wait_seconds).not_done:
            late.cancel()

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the writer."""
        self.close()

    def _send(self, alias: str, writes: Sequence[Write], until: float) -> list[tuple[Sequence[Write], Future[Answer]]]:
        """Send `writes` in requests that fit into the present budget; waits for room in it."""
        requests = cut(writes, lambda: min(self._limits.request_bytes, self.in_flight.budget))
        return [(of_request, self._dispatch(_Request(alias, of_request, body, until))) for of_request, body in requests]

    def _dispatch(self, request: _Request) -> Future[Answer]:
        """Send one request in a thread of its own, which costs nothing beside the request."""
        answered: Future[Answer] = Future()
        admission = self.in_flight.enter(len(request.body))
        if admission is None:
            answered.set_result(same_for_all(request.writes, Outcome.RETRY, NOT_SENT))
            return answered
        self._under_way.add(answered)
        try:
            # A daemon: a server that does not answer must not keep the process from ending.
            threading.Thread(
                target=self._exchange, args=(request, admission, answered), name=THREAD_NAME, daemon=True
            ).start()
        except BaseException:
            self._under_way.discard(answered)
            self.in_flight.leave(admission, congested=False)
            raise
        return answered

    def _exchange(self, request: _Request, admission: Admission, answered: Future[Answer]) -> None:
        started = time.monotonic()
        congested = False
        result: Answer | Exception
        try:
            self._began()
            try:
                result = self._sender.send(*request)
                congested = result.congested
                taken = any(one.outcome is not Outcome.RETRY for one in result.settled)
                self._heard_at = time.monotonic() if taken else -math.inf
            finally:
                self._observe(Exchange(len(request.writes), len(request.body), time.monotonic() - started, congested))
        except Exception as error:  # a defect of ours, raised where the outcome is awaited
            result = error
        self.in_flight.leave(admission, congested=congested)
        with suppress(InvalidStateError):  # no caller waits any more
            if isinstance(result, Answer):
                answered.set_result(result)
            else:
                answered.set_exception(result)
        self._under_way.discard(answered)

    def _finish(
        self,
        alias: str,
        writes: Sequence[Write],
        sent: list[tuple[Sequence[Write], Future[Answer]]],
        again_until: float,
        until: float,
    ) -> list[Settled]:
        """The outcomes of the requests, with retries of writes that were refused for the moment."""
        settled, again = _collect(sent)
        delay = self._limits.first_delay_seconds
        for _ in range(self._limits.most_retries):
            jittered = delay * random.uniform(0.5, 1)  # noqa: S311 - no secret
            if not again or time.monotonic() + jittered > again_until:
                break
            self.in_flight.pause(jittered)
            if self.in_flight.stopped:
                break
            answers, still = _collect(self._send(alias, [writes[place] for place in again], until))
            for place, one in zip(again, answers, strict=True):
                settled[place] = one
            again = [again[place] for place in still]
            delay *= 2
        return settled


def _collect(sent: list[tuple[Sequence[Write], Future[Answer]]]) -> tuple[list[Settled], list[int]]:
    """The outcomes of requests one after the other, and the places of those writes to be sent again."""
    settled: list[Settled] = []
    again: list[int] = []
    for writes, answered in sent:
        try:
            answer = answered.result()
        except CancelledError:
            answer = same_for_all(writes, Outcome.RETRY, "no answer before the writer was closed")
        again += [len(settled) + place for place in answer.again]
        settled += answer.settled
    return settled, again


def bulk_write(client: Elasticsearch, alias: str, writes: Sequence[Write]) -> list[Settled]:
    """Write once with a writer of its own; see `BulkWriter.write`."""
    with BulkWriter(client) as writer:
        return writer.write(alias, writes)
