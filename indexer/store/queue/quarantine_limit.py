"""The limit of the quarantine, which is for single documents: stops the drain if too many documents fail.

If many documents in a row can never be indexed, the mapping or the program is wrong, not the documents. In quarantine
they would go unnoticed, and each would have to be replayed. So a worker counts the outcomes of its last documents,
and stops the drain of all workers if too many of them are for quarantine.
"""

import re
import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Self

import structlog
from sqlalchemy import Engine

from indexer.datasets.dataset import Dataset
from indexer.errors import DrainStopped
from indexer.store.queue.drain_stops import DrainStop, drain_stop, stop_drain
from indexer.store.queue.leased_change import Poisoned
from indexer.store.queue.quarantine import quarantined_among

if TYPE_CHECKING:
    from indexer.keys import EntityKey

log = structlog.get_logger()

WINDOW = 1_000
"""The number of latest documents that are counted, rounded up to whole batches."""

_SAY_AGAIN_SECONDS = 60.0


class _Failure(NamedTuple):
    """An entity that cannot be indexed; the kind of its error leaves out numbers and quoted values."""

    kind: str
    example: str

    @classmethod
    def of(cls, poison: Poisoned) -> Self:
        error = f"{poison.reason}: {poison.error}"
        return cls(
            kind=re.sub(r"'[^']*'|\d+", "", error),
            example=f"{poison.lease.workspace_id} {poison.lease.entity_id}: {error}",
        )


class _Batch(NamedTuple):
    documents: int
    failures: tuple[_Failure, ...]


class Guard:
    """Guards the quarantine in each process that drains; the stop itself is in the store, for all of them.

    The drain stops when at least `minimum` of the last documents, and more than `share` of them, would go to
    quarantine for the first time. An entity that is in quarantine already is not counted again, so neither a replay
    of entries that still fail nor a bad conversation that changes all day stops anything. A share of 1 switches the
    limit off.
    """

    def __init__(self, store: Engine, dataset: Dataset, share: float = 0.2, minimum: int = 20) -> None:
        """`share` is between 0 and 1, `minimum` a number of documents."""
        self._store = store
        self._share = share
        self._minimum = minimum
        self._dataset = dataset
        self._batches: deque[_Batch] = deque()
        self._documents = 0
        self._say_again_at = 0.0

    def stopped(self) -> bool:
        """Whether nothing may be leased; logs the reason once a minute. Reads a table of at most one row."""
        with self._store.connect() as connection:
            stop = drain_stop(connection, self._dataset)
        if stop is None:
            return False
        # Outcomes from before an operator resumes say nothing about those after it.
        self._forget()
        if time.monotonic() >= self._say_again_at:
            self._say(stop)
        return True

    def admit(self, documents: int, poisoned: Sequence[Poisoned]) -> None:
        """Count a batch, and let all of its poisoned changes into quarantine or raise `DrainStopped`.

        `documents` counts those whose outcome is known: indexed, superseded or poisoned, not those to be retried. To be
        called for batches without poison as well; those cost no statement.
        """
        known: set[EntityKey] = set()
        if poisoned:
            keys = [poison.lease.key for poison in poisoned]
            with self._store.connect() as connection:
                stop = drain_stop(connection, self._dataset)
                known = quarantined_among(connection, keys, self._dataset)
            if stop is not None:
                raise DrainStopped(_told(stop))
        failures = tuple(_Failure.of(poison) for poison in poisoned if poison.lease.key not in known)
        self._count(_Batch(documents - len(known), failures))
        if failures and self._exceeded():
            raise DrainStopped(_told(self._stop()))

    def _count(self, batch: _Batch) -> None:
        if batch.documents:
            self._batches.append(batch)
            self._documents += batch.documents
        while self._batches and self._documents - self._batches[0].documents >= WINDOW:
            self._documents -= self._batches.popleft().documents

    def _forget(self) -> None:
        self._batches.clear()
        self._documents = 0

    def _failures(self) -> list[_Failure]:
        return [failure for batch in self._batches for failure in batch.failures]

    def _exceeded(self) -> bool:
        failed = len(self._failures())
        return failed >= self._minimum and failed > self._share * self._documents

    def _stop(self) -> DrainStop:
        """Record the stop, with an example of the most frequent error."""
        failures = self._failures()
        reason = (
            f"{len(failures)} of the last {self._documents} documents of a worker cannot be indexed; "
            f"the limit is {self._share:.0%} and at least {self._minimum}"
        )
        [(commonest, _)] = Counter(failure.kind for failure in failures).most_common(1)
        example = next(failure.example for failure in failures if failure.kind == commonest)
        with self._store.begin() as connection:
            stop = stop_drain(connection, self._dataset, reason, example)
        self._forget()
        self._say(stop)
        return stop

    def _say(self, stop: DrainStop) -> None:
        self._say_again_at = time.monotonic() + _SAY_AGAIN_SECONDS
        log.error(
            "drain_stopped",
            dataset=stop.dataset,
            since=stop.since.isoformat(),
            reason=stop.reason,
            error=stop.error,
            remedy="correct the cause, then: indexer quarantine resume",
        )


def _told(stop: DrainStop) -> str:
    return f"{stop.reason}; for example {stop.error}; correct the cause, then: indexer quarantine resume"
