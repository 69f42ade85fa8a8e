"""The installation as operators see it at one moment: what waits, which processes run, and the work in progress."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.operations.job_status import JobStatus, read_jobs
from indexer.operations.queue_status import QueueStatus, read_queues, total
from indexer.operations.waiting_events import WaitingEvents, read_waiting_events
from indexer.store.queue.changes import Depth
from indexer.store.signs import Role, Sign, list_signs

_MOST_NAMED = 3
"""The most records that are named of those that events wait for."""


class Overview(NamedTuple):
    """The store's side at one moment."""

    at: datetime
    queues: tuple[QueueStatus, ...]
    events: tuple[WaitingEvents, ...]
    signs: tuple[Sign, ...]
    jobs: tuple[JobStatus, ...]

    @property
    def waiting(self) -> int:
        """How many changes are not in the index yet, whether or not a worker has them."""
        return self._depth.unindexed

    @property
    def due(self) -> int:
        """How many of them a worker could take now."""
        return self._depth.due

    @property
    def oldest_age_seconds(self) -> float:
        """The age of the oldest of them, 0 if there are none."""
        return self._depth.oldest_age_seconds

    @property
    def quarantined(self) -> int:
        """How many entries are in quarantine."""
        return self._depth.quarantined

    @property
    def _depth(self) -> Depth:
        return total([one.depth for one in self.queues])

    def alive(self, role: Role) -> list[Sign]:
        """The processes in a role that have given a sign lately."""
        return [sign for sign in self.signs if sign.role == role and sign.alive]

    def last(self, role: Role) -> Sign | None:
        """The process in a role that was seen last, alive or not; None if there has never been one."""
        return next((sign for sign in self.signs if sign.role == role), None)


def read_overview(connection: Connection) -> Overview:
    """The overview of an installation; reads all of the queue, and the events that wait."""
    return Overview(
        connection.exec_driver_sql("SELECT now()").scalar_one(),
        read_queues(connection),
        read_waiting_events(connection, named=_MOST_NAMED),
        tuple(list_signs(connection)),
        tuple(read_jobs(connection)),
    )
