"""Jobs as operators see them: the rebuilds, backfills and exports that are in progress, in one form."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from indexer.datasets.registry import datasets
from indexer.operations.backfill_status import BackfillStatus, read_backfills
from indexer.operations.export_status import ExportStatus, read_exports
from indexer.operations.rebuild_status import RebuildStatus, read_rebuild
from indexer.store.signs import has_taker


class JobStatus(NamedTuple):
    """Long work of the workers: how far it is, in conversations or rows (`total` is None if not counted yet).

    `unattended` if no living worker takes from the queue that it comes through, although it could be worked on.
    """

    kind: Literal["rebuild", "backfill", "export"]
    name: str
    state: str
    done: int
    total: int | None
    per_second: float
    unattended: bool
    error: str | None

    @classmethod
    def of_rebuild(cls, found: RebuildStatus, *, is_attended: bool) -> "JobStatus":
        """A rebuild; the progress is that of its history. `is_attended` if a worker takes from the queue backfill."""
        name, step, history = found.rebuild.dataset, found.rebuild.step, found.backfill
        if history is None:
            return cls("rebuild", name, step, 0, None, 0, unattended=False, error=found.error)
        unattended = found.waits_for_a_worker and not is_attended
        done, total = history.progress.conversations, history.backfill.conversations
        return cls("rebuild", name, step, done, total, history.per_second, unattended, found.error)

    @classmethod
    def of_backfill(cls, found: BackfillStatus, *, is_attended: bool) -> "JobStatus":
        """A backfill that is not of a rebuild. `is_attended` if a worker takes from the queue backfill."""
        return cls(
            "backfill",
            str(found.backfill.backfill_id),
            found.backfill.state,
            found.progress.conversations,
            found.backfill.conversations,
            found.per_second,
            found.waits_for_a_worker and not is_attended,
            found.progress.last_error,
        )

    @classmethod
    def of_export(cls, found: ExportStatus) -> "JobStatus":
        """An export, in rows."""
        export = found.export
        unattended = found.waits_for_a_worker
        return cls("export", export.export_id, export.status, export.rows, export.total, 0, unattended, export.error)


def read_jobs(connection: Connection) -> Iterator[JobStatus]:
    """The rebuilds in progress, then the backfills, then the exports; the backfill of a rebuild is the rebuild's."""
    is_attended = has_taker(connection, "backfill")
    of_rebuilds: set[int | None] = set()
    for dataset in datasets():
        rebuild = read_rebuild(connection, dataset)
        if rebuild is not None:
            of_rebuilds.add(rebuild.rebuild.backfill_id)
            yield JobStatus.of_rebuild(rebuild, is_attended=is_attended)
    for backfill in read_backfills(connection):
        if backfill.backfill.ended_at is None and backfill.backfill.backfill_id not in of_rebuilds:
            yield JobStatus.of_backfill(backfill, is_attended=is_attended)
    for export in read_exports(connection):
        if export.is_unfinished:
            yield JobStatus.of_export(export)
