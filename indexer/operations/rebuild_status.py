"""Rebuilds as operators see them: the step, what that step does, who acts, and how far history is."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.operations.backfill_status import BackfillStatus, read_backfill
from indexer.store.jobs.rebuild_lock import holder_of_rebuild
from indexer.store.jobs.rebuilds import Rebuild, Step, current_rebuild

ABOUT_STEPS: Mapping[Step, str] = {
    "create": "an empty index is created",
    "dual_write": "workers write the new index too",
    "backfill": "history is written to the new index",
    "settle_in": "the new index gets its settings for normal use",
    "verify": "the new index is compared with the store",
    "ready": "verified",
    "swap": "readers move to the new index",
    "undo": "readers move back to the old index",
    "grace": "readers see the new index, and the old one is still written",
}
"""What each step of a rebuild does, for people. A rebuild that has ended has no step to do."""


class RebuildStatus(NamedTuple):
    """A rebuild in progress; `backfill` writes its history, and is None before that step.

    `acting` names the process that acts on it, such as `pid 4711 on web-1`; None if none does.
    """

    rebuild: Rebuild
    backfill: BackfillStatus | None
    acting: str | None

    @property
    def about(self) -> str | None:
        """What its step does, for people."""
        return ABOUT_STEPS.get(self.rebuild.step)

    @property
    def waits_for_a_worker(self) -> bool:
        """Whether it is writing history, and no worker works on that at this moment."""
        return self.rebuild.step == "backfill" and self.backfill is not None and self.backfill.waits_for_a_worker

    @property
    def error(self) -> str | None:
        """The last error of its step, or else of its backfill."""
        return self.rebuild.last_error or (None if self.backfill is None else self.backfill.progress.last_error)


def read_rebuild(connection: Connection, dataset: Dataset) -> RebuildStatus | None:
    """The rebuild of a dataset that is in progress; None if none is."""
    rebuild = current_rebuild(connection, dataset)
    if rebuild is None:
        return None
    backfill = None if rebuild.backfill_id is None else read_backfill(connection, rebuild.backfill_id)
    return RebuildStatus(rebuild, backfill, holder_of_rebuild(connection, dataset))
