"""Backfills as operators see them: how far each is, how fast it is, and how long it will take."""

from typing import NamedTuple

from sqlalchemy import Connection

from indexer.store.jobs.backfills import Backfill, Progress, get_backfill, list_backfills, progress


class BackfillStatus(NamedTuple):
    """A backfill as it was ordered, and its progress."""

    backfill: Backfill
    progress: Progress

    @property
    def per_second(self) -> float:
        """Conversations a second since it started, pauses included; 0 if none is done yet."""
        return self.progress.conversations / self.progress.seconds if self.progress.seconds else 0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at that rate; None if it is not running, or if no rate is known yet."""
        if self.backfill.state != "running" or not self.per_second:
            return None
        return max(0, self.backfill.conversations - self.progress.conversations) / self.per_second

    @property
    def waits_for_a_worker(self) -> bool:
        """Whether it is running, and no worker works on it at this moment."""
        return self.backfill.state == "running" and not self.progress.working


def read_backfill(connection: Connection, backfill_id: int) -> BackfillStatus | None:
    """The backfill of that number; None if it does not exist."""
    backfill = get_backfill(connection, backfill_id)
    return None if backfill is None else BackfillStatus(backfill, progress(connection, backfill_id))


def read_backfills(connection: Connection) -> list[BackfillStatus]:
    """The latest backfills, including those of rebuilds, the newest first."""
    return [BackfillStatus(one, progress(connection, one.backfill_id)) for one in list_backfills(connection)]
