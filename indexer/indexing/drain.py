"""The way of a change from the queue into the index: lease, read, compute, write, settle.

Failures are decided change by change: a change goes to quarantine if it cannot be computed or Elasticsearch will
never take it, and is due again after a delay if it may succeed later. The others of its batch are indexed.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import structlog
from elasticsearch import ApiError, Elasticsearch, TransportError
from sqlalchemy import Engine

from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.document_inputs import Inputs, Uncomputable, read_inputs
from indexer.errors import DrainStopped
from indexer.prometheus import counters
from indexer.search import NOT_SENT, TOO_LATE, BulkWriter, Outcome, Settled, Write, answers, is_missing
from indexer.store.database import snapshot
from indexer.store.jobs.rebuilds import count_refused, write_targets
from indexer.store.queue.leased_change import LeasedChange, Poisoned, Release, Settle
from indexer.store.queue.leases import lease_changes, quarantine_changes, release_changes, settle_changes
from indexer.store.queue.quarantine_limit import Guard

log = structlog.get_logger()

LONGEST_DELAY_SECONDS = 300.0

_TRUSTED_ATTEMPTS = 2
"""Workers are killed for many reasons; only after this many leases are the changes themselves suspected."""


@dataclass(frozen=True, slots=True)
class Drain:
    """The source of changes, the target of documents, and the size of the steps.

    An indexed entity rests for `rest_seconds` before it is indexed again, however often it changes. A change whose
    lease is older than `lease_seconds` is not sent any more: other workers have taken it over, or will.
    """

    store: Engine
    search: Elasticsearch
    writer: BulkWriter
    alias: str
    guard: Guard
    batch: int = 500
    lease_seconds: float = 60
    rest_seconds: float = 0
    most_attempts: int = 10
    bots_interrupt: bool = False
    dataset: Dataset = field(kw_only=True)

    @classmethod
    def from_connections(cls, connections: Connections, dataset: Dataset) -> Self:
        """Make a drain that works through these connections."""
        used = connections.settings
        return cls(
            connections.store,
            connections.search,
            connections.writer,
            connections.alias_of(dataset),
            connections.guard(dataset),
            batch=used.drain_batch,
            lease_seconds=used.lease_seconds,
            rest_seconds=used.index_interval_seconds,
            most_attempts=used.most_attempts,
            bots_interrupt=used.literal_reply_times,
            dataset=dataset,
        )

    def run(self, shard: int | None = None, *, go_on: Callable[[], bool] = lambda: True) -> Counter[str]:
        """Drain a shard (None: all of them) until nothing is due or `go_on` says to stop; counts by outcome.

        A batch that the shard does not fill is the last: changes that became due meanwhile have sent a message of their
        own, and other shards wait. It also takes due changes of these: a small request costs Elasticsearch nearly as
        much as a larger one, and one small request per shard is a queue. Stops at once if Elasticsearch does not
        answer, or takes nothing of a batch: the sweep tries again. Raises `OtherInstallation` if the index belongs to
        another installation.
        """
        counts: Counter[str] = Counter()
        if not self.writer.heard_lately() and not answers(self.search):
            log.warning("elasticsearch_away", shard=shard)
            return counts
        try:
            self.writer.expect_own(self.alias)  # before anything is leased, since each lease would be an attempt
        except (ApiError, TransportError) as error:
            log.warning("elasticsearch_away", shard=shard, error=str(error))
            return counts
        while go_on() and not self.guard.stopped():
            until = time.monotonic() + self.lease_seconds
            leases = self._lease(shard, self.batch)
            full = len(leases) == self.batch
            if shard is not None and not full:
                leases += self._lease(None, self.batch - len(leases))
            if not leases:
                break
            counters.leased(len(leases), self.dataset)
            with counters.batch():
                taken = self._without_crowd(leases)
                ended = self._batch(taken, until)
            counts += ended
            if ended["retry"] == len(taken) or (len(taken) == len(leases) and not full):
                break
        return counts

    def _lease(self, shard: int | None, most: int) -> list[LeasedChange]:
        with self.store.begin() as connection:
            return lease_changes(connection, self.dataset, shard, most, self.lease_seconds)

    def _without_crowd(self, leases: list[LeasedChange]) -> list[LeasedChange]:
        """The leases to work on now: ever fewer at a time if earlier leases on them expired.

        One of the changes may be killing its workers. The fewer changes are tried with it, the fewer are held up,
        until it is alone and goes to quarantine by itself. The others are given back untried.
        """
        most = max(lease.attempts for lease in leases)
        size = self.batch >> 2 * max(0, most - _TRUSTED_ATTEMPTS)
        if size >= len(leases):
            return leases
        suspects_first = sorted(leases, key=lambda lease: -lease.attempts)
        taken, rest = suspects_first[: max(1, size)], suspects_first[max(1, size) :]
        with self.store.begin() as connection:
            release_changes(connection, [Release(lease, 0, None) for lease in rest])
        return taken

    def _batch(self, leases: Sequence[LeasedChange], until: float) -> Counter[str]:
        """Compute and write changes that are leased `until` then (monotonic), and end every lease by its outcome."""
        taken: list[_Taken] = []
        ending = _Ending()
        for lease, made in self._documents(leases):
            match made:
                case Write():
                    taken.append(_Taken(lease, made))
                case Poisoned():
                    ending.poisoned.append(made)
                case None:
                    ending.done.append(Settle(lease, "deleted"))
        held = self._write_beside([one.write for one in taken], until)
        for place, settled in held.items():
            ending.add(taken[place], settled)
        taken = [one for place, one in enumerate(taken) if place not in held]
        settlements = self.writer.write(self.alias, [one.write for one in taken], until)
        for one, settled in zip(taken, settlements, strict=True):
            ending.add(one, settled)
        counts = Counter[str](one.fate for one in ending.done)
        counts["quarantined"] = self._end(ending)
        counts["retry"] = len(leases) - counts.total()
        return +counts

    def _write_beside(self, writes: Sequence[Write], until: float) -> dict[int, Settled]:
        """Write to the indices of a rebuild too, before anything is written through the alias (`rebuilder`).

        Returns the writes that must not go through the alias yet, because one of these indices did not take them now,
        by their place in `writes`. Documents that such an index will never take are counted for the rebuild, and must
        not hold up what readers see.
        """
        with self.store.connect() as connection:
            targets = write_targets(connection, self.dataset)
        held: dict[int, Settled] = {}
        for target in targets:
            refused: list[Settled] = []
            for place, settled in enumerate(self.writer.write(target.alias, writes, until)):
                match settled.outcome:
                    case Outcome.INDEXED | Outcome.SUPERSEDED:
                        pass
                    case Outcome.RETRY if not is_missing(settled):
                        held[place] = settled
                    case Outcome.RETRY | Outcome.POISON:
                        refused.append(settled)
            if refused:
                with self.store.begin() as connection:
                    count_refused(
                        connection,
                        self.dataset,
                        target.alias,
                        len(refused),
                        f"{refused[0].id}: {refused[0].reason}",
                    )
        return held

    def _documents(self, leases: Sequence[LeasedChange]) -> Iterator[tuple[LeasedChange, Write | Poisoned | None]]:
        """For each change the write it needs, the reason why that is impossible, or None if nothing is stored."""
        with snapshot(self.store) as connection:
            keys = [lease.key for lease in leases]
            stored = read_inputs(connection, self.dataset, keys, bots_interrupt=self.bots_interrupt)
        with counters.computing(len(stored)):
            for lease in leases:
                yield lease, self._document(lease, stored.get(lease.key))

    def _document(self, lease: LeasedChange, inputs: Inputs | None) -> Write | Poisoned | None:
        if inputs is None:
            return None
        if lease.attempts > self.most_attempts:
            return Poisoned(lease, "too many attempts", f"{lease.attempts - 1} leases ended without a result")
        match inputs.write():
            case Uncomputable(reason, error):
                return Poisoned(lease, reason, error, inputs.stored.payload)
            case write:
                return write

    def _end(self, ending: "_Ending") -> int:
        """End every lease; returns how many went to quarantine: all poisoned ones or, beyond the limit, none."""
        done, releases, poisoned = ending.done, ending.releases, ending.poisoned
        # One transaction each: a statement locks its rows in the order of their keys, several together would not.
        with self.store.begin() as connection:
            settle_changes(connection, done, self.rest_seconds)
        try:
            self.guard.admit(len(done) + len(poisoned), poisoned)
        except DrainStopped:
            releases = releases + [self._held_back(poison) for poison in poisoned]
            poisoned = []
        with self.store.begin() as connection:
            release_changes(connection, releases)
        with self.store.begin() as connection:
            quarantine_changes(connection, poisoned)
        for poison in poisoned:
            log.warning(
                "quarantined",
                workspace=poison.lease.workspace_id,
                entity=poison.lease.entity_id,
                reason=poison.reason,
                error=poison.error,
            )
        if failed := [release.error for release in releases if release.error is not None]:
            counters.retried(len(failed), self.dataset)
            log.warning("released", changes=len(failed), error=failed[0])
        if ending.too_late:
            log.warning("lease_over", changes=len(ending.too_late), seconds=self.lease_seconds)
        return len(poisoned)

    def _held_back(self, poison: Poisoned) -> Release:
        # An error would clear the attempts, and a change that kills its workers would kill as many again.
        error = None if poison.lease.attempts > self.most_attempts else poison.error
        return Release(poison.lease, delay_seconds(poison.lease.retries), error)


class _Taken(NamedTuple):
    """A lease and the write that its change needs. The outcome of the write ends this lease, whatever its `_id`."""

    lease: LeasedChange
    write: Write


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the leases of a batch are to be ended; those in `too_late` have expired, and count as such."""

    done: list[Settle] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    poisoned: list[Poisoned] = field(default_factory=list)
    too_late: list[LeasedChange] = field(default_factory=list)

    def add(self, taken: _Taken, settled: Settled) -> None:
        """Decide by the outcome of a write."""
        lease, write = taken
        match settled.outcome:
            case Outcome.INDEXED:
                self.done.append(Settle(lease, "deleted" if write.body is None else "indexed"))
            case Outcome.SUPERSEDED:
                self.done.append(Settle(lease, "superseded"))
            case Outcome.RETRY if settled.reason == TOO_LATE:
                self.too_late.append(lease)
            case Outcome.RETRY:
                self.releases.append(_release(lease, settled))
            case Outcome.POISON:
                self.poisoned.append(Poisoned(lease, "refused by Elasticsearch", settled.reason))


def _release(lease: LeasedChange, settled: Settled) -> Release:
    """Give a change back: due after a delay if it was not taken, or at once if it was not sent."""
    if settled.reason == NOT_SENT:
        return Release(lease, 0, None)
    return Release(lease, delay_seconds(lease.retries), settled.reason)


def delay_seconds(retries: int) -> float:
    """The delay before the next attempt, by retries: doubling from 1 s to five minutes, jittered to disperse crowds."""
    return min(LONGEST_DELAY_SECONDS, 2.0 ** min(retries, 10)) * random.uniform(0.5, 1)  # noqa: S311 - no secret
