"""Indexing history again, range by range: read, compute, write, move on.

While a batch is on its way to Elasticsearch, the next one is read and computed. The cursor of the range moves when the
index has taken all of a batch. So after a crash, another worker writes at most the batches again that were under way,
under the same versions.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import structlog
from elasticsearch import ApiError, Elasticsearch, TransportError
from sqlalchemy import Engine

from indexer.connections import Connections
from indexer.document_inputs import Inputs, Uncomputable, add_inputs
from indexer.errors import RetryLater
from indexer.indexing.backfill_filter import Candidate, Choice
from indexer.keys import EntityKey
from indexer.search import BulkWriter, Outcome, Settled, Write, answers
from indexer.store.database import snapshot
from indexer.store.jobs.backfill_ranges import (
    Batch,
    LeasedRange,
    end_range,
    lease_range,
    move_on,
    read_selected,
    take_turn,
)
from indexer.store.jobs.backfills import Backfill, get_backfill

log = structlog.get_logger()

RETRY_SECONDS = 10.0
"""The delay after which a range is due again if its documents were not taken."""

_UNDER_WAY = 2
"""Batches on their way at once; more would only wait in Elasticsearch."""


@dataclass(slots=True)
class _Range:
    """A range in progress; `lost` once it was given back, or another worker has it.

    From `until` on (monotonic) the lease may have expired, and nothing is sent.
    """

    lease: LeasedRange
    until: float
    lost: bool = False


class _Sent(NamedTuple):
    """A batch on its way: its range, the cursor after it, known outcomes, and the call that waits for the others."""

    of: _Range
    last: EntityKey
    known: Batch
    outcomes: Callable[[], list[Settled]]


class _End(NamedTuple):
    """The mark after the last batch of a range: the range is given back, done or not."""

    of: _Range
    done: bool


@dataclass(frozen=True, slots=True)
class Backfiller:
    """Works on the ranges of a backfill, in batches of `batch`; if that is None, of as many as its dataset says."""

    store: Engine
    search: Elasticsearch
    writer: BulkWriter
    batch: int | None = None
    lease_seconds: float = 60
    bots_interrupt: bool = False

    @classmethod
    def from_connections(cls, connections: Connections) -> Self:
        """Make one that works through these connections."""
        return cls(
            connections.store,
            connections.search,
            connections.writer,
            lease_seconds=connections.settings.lease_seconds,
            bots_interrupt=connections.settings.literal_reply_times,
        )

    def run(self, backfill_id: int, *, go_on: Callable[[], bool] = lambda: True) -> int:
        """Work on ranges until none is free or `go_on` says to stop; returns how many conversations were done.

        The next range is begun while the last batches of the one before are still on their way.
        """
        under_way: deque[_Sent | _End] = deque()
        dealt_with = 0

        def arrive(at_most: int) -> None:
            nonlocal dealt_with
            while under_way and (
                isinstance(under_way[0], _End) or sum(isinstance(one, _Sent) for one in under_way) > at_most
            ):
                dealt_with += self._arrived(under_way.popleft())

        while go_on() and answers(self.search):
            until = time.monotonic() + self.lease_seconds
            with self.store.begin() as connection:
                backfill = get_backfill(connection, backfill_id)
                if backfill is not None:
                    self.writer.expect_own(backfill.target)  # before anything is leased
                lease = lease_range(connection, backfill_id, self.lease_seconds)
            if backfill is None or lease is None:
                break
            for one in self._range(backfill, _Range(lease, until), go_on):
                under_way.append(one)
                arrive(_UNDER_WAY - 1)
        arrive(0)
        return dealt_with

    def _range(self, backfill: Backfill, of: _Range, go_on: Callable[[], bool]) -> Iterator[_Sent | _End]:
        """Send the batches of a range on their way, one by one."""
        # With a rate the steps are small, so that no worker waits for longer than a lease lasts.
        batch = self.batch or backfill.dataset.batch
        size = batch if backfill.max_rate is None else min(batch, max(1, int(backfill.max_rate)))
        cursor, rest_is_known = of.lease.after, False
        try:
            while not rest_is_known and not of.lost and go_on():
                read = self._read(backfill, cursor, of.lease.until, size)
                if read is None:
                    break
                rest_is_known = len(read) < size
                if read:
                    cursor = read[-1].key
                    self._wait_for_turn(backfill, len(read))
                    yield self._send(backfill, of, read, cursor)
        except (RetryLater, ApiError, TransportError) as error:
            self._give_up(of, error)
        yield _End(of, done=rest_is_known)

    def _give_up(self, of: _Range, error: Exception) -> None:
        """Give the range back, to be continued from its cursor, which batches on their way do not move any more."""
        log.warning("backfill_held_up", backfill=of.lease.backfill_id, range=of.lease.number, error=str(error))
        of.lost = True
        with self.store.begin() as connection:
            end_range(connection, of.lease, done=False, delay_seconds=RETRY_SECONDS, error=str(error))

    def _read(
        self, backfill: Backfill, after: EntityKey | None, until: EntityKey | None, limit: int
    ) -> list[Inputs] | None:
        """The inputs of the next documents; None if the backfill is not to continue."""
        with snapshot(self.store) as connection:
            present = get_backfill(connection, backfill.backfill_id)
            if present is None or present.state != "running":
                return None
            stored = read_selected(connection, backfill.selected, after, until, limit, dataset=backfill.dataset)
            return list(add_inputs(connection, backfill.dataset, stored, bots_interrupt=self.bots_interrupt))

    def _wait_for_turn(self, backfill: Backfill, conversations: int) -> None:
        if backfill.max_rate is None:
            return
        with self.store.begin() as connection:
            seconds = take_turn(connection, backfill.backfill_id, conversations)
        time.sleep(seconds)

    def _send(self, backfill: Backfill, of: _Range, read: Sequence[Inputs], last: EntityKey) -> _Sent:
        """Compute a batch and send it on its way."""
        chosen = self._chosen(backfill, read)
        writes: list[Write] = []
        refused, error = 0, None
        for inputs in chosen:
            match inputs.write():
                case Uncomputable(_, why):
                    refused, error = refused + 1, f"{inputs.document_id}: {why}"
                case write:
                    writes.append(write)
        known = Batch(skipped=len(read) - len(chosen), refused=refused, error=error)
        return _Sent(of, last, known, self.writer.begin(backfill.target, writes, of.until))

    def _chosen(self, backfill: Backfill, read: Sequence[Inputs]) -> Sequence[Inputs]:
        if backfill.selected.chosen is None:
            return read
        dataset = backfill.dataset
        candidates = [
            Candidate(one.document_id, one.computation.office_hours.id if dataset.within_office_hours else None)
            for one in read
        ]
        names = Choice.parse(backfill.selected.chosen).among(
            self.search, backfill.target, candidates, dataset.definitions_version
        )
        return [one for one in read if one.document_id in names]

    def _arrived(self, one: _Sent | _End) -> int:
        """Wait for a batch and move the cursor of its range, or give the range back; returns how many were done."""
        if one.of.lost:
            return 0
        if isinstance(one, _End):
            with self.store.begin() as connection:
                end_range(connection, one.of.lease, done=one.done)
            return 0
        try:
            batch = _counted(one)
            until = time.monotonic() + self.lease_seconds
            with self.store.begin() as connection:
                if not move_on(connection, one.of.lease, one.last, batch, self.lease_seconds):
                    raise RetryLater("another process works on this range now")
            one.of.until = until
        except RetryLater as error:
            self._give_up(one.of, error)
            return 0
        return batch.indexed + batch.superseded + batch.skipped + batch.refused


def _counted(sent: _Sent) -> Batch:
    """Wait for a batch and count its outcomes; raises `RetryLater` if some documents were not taken."""
    indexed = superseded = 0
    refused, error = sent.known.refused, sent.known.error
    for settled in sent.outcomes():
        match settled.outcome:
            case Outcome.INDEXED:
                indexed += 1
            case Outcome.SUPERSEDED:
                superseded += 1
            case Outcome.POISON:
                refused, error = refused + 1, f"{settled.id}: {settled.reason}"
            case Outcome.RETRY:
                raise RetryLater(settled.reason)
    return Batch(indexed, superseded, sent.known.skipped, refused, error)
