"""Exports as operators see them: what each is of, how far it is, and whether a worker can write it."""

from typing import NamedTuple

from sqlalchemy import Connection

from indexer.store.jobs.exports import Export, get_export, list_exports
from indexer.store.signs import has_taker

QUEUE = "maintenance"
"""The queue through which exports come to the workers."""


class ExportStatus(NamedTuple):
    """An export; `is_attended` if a living worker takes from the queue that it comes through."""

    export: Export
    is_attended: bool

    @property
    def workspace(self) -> str:
        """The workspace whose data it has."""
        return str(self.export.request["workspace"])

    @property
    def first_day(self) -> str | None:
        """The first local date of its range, as YYYY-MM-DD; None without such a limit."""
        first: str | None = self.export.request["from"]
        return first

    @property
    def last_day(self) -> str | None:
        """The last local date of its range, included; None without such a limit."""
        last: str | None = self.export.request["to"]
        return last

    @property
    def is_unfinished(self) -> bool:
        """Whether it is still to be written, or being written."""
        return self.export.state in ("queued", "running")

    @property
    def waits_for_a_worker(self) -> bool:
        """Whether it is unfinished, and no worker is there to write it."""
        return self.is_unfinished and not self.is_attended


def read_export(connection: Connection, export_id: str) -> ExportStatus | None:
    """The export of that id; None if it does not exist."""
    found = get_export(connection, export_id)
    return None if found is None else ExportStatus(found, has_taker(connection, QUEUE))


def read_exports(connection: Connection, workspace_id: str | None = None, limit: int = 50) -> list[ExportStatus]:
    """The latest exports of one workspace or all, the newest first."""
    is_attended = has_taker(connection, QUEUE)
    return [ExportStatus(one, is_attended) for one in list_exports(connection, workspace_id, limit)]
