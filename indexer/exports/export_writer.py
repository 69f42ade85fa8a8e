"""Writing exports by workers: page by page into a file that any worker can continue, then packed and named.

A page is on the disk before the store records it, so the store never records more than the file has. A worker that
continues cuts the file to that length and reads on after the last row: no row is missing, none comes twice.

The name of a file has the lease in it under which it is written. A worker that was suspended for longer than its lease
may still write a page before it notices that another worker has the export: into a file that is not read any more.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self
from uuid import UUID

import structlog
from elasticsearch import Elasticsearch
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from indexer.connections import Connections
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.exports.archive import open_packed
from indexer.exports.document_pages import PAGE
from indexer.exports.due_mails import send_due_mails
from indexer.exports.export_files import CHUNK, expect_room, go_to, path_of, sync, sync_directory
from indexer.exports.export_pages import ExportPages
from indexer.exports.kept_lease import kept_lease
from indexer.exports.message_files import pack_messages
from indexer.exports.message_request import MessageExportRequest
from indexer.exports.orders import request_of
from indexer.exports.request import ExportRequest, Packing
from indexer.exports.write_messages import waiting_events
from indexer.private_files import open_private
from indexer.search import answers
from indexer.search.search_requests import NoIndexYet
from indexer.settings import Settings
from indexer.store.faults import is_outage, words_of
from indexer.store.jobs.export_leases import (
    LeasedExport,
    Reached,
    complete_export,
    count_total,
    fail_export,
    hold_up_export,
    lease_export,
    move_export,
    release_export,
    take_left_over,
)
from indexer.without_values import frames_of, of_defect

log = structlog.get_logger()

_RENEW_SECONDS = 5.0
_RETRY_SECONDS = 10.0
"""An export that is held up is due again after this long, and later each time."""

_DISK_SECONDS = 60.0
"""The delay if its file could not be written."""


class _Lost(Exception):
    """The export was cancelled, or another worker has it by now."""


@dataclass(frozen=True, slots=True)
class ExportWriter:
    """Writes a worker's exports; `page` rows are on the disk before the next are read."""

    store: Engine
    search: Elasticsearch
    alias: str
    settings: Settings
    page: int = PAGE
    lease_seconds: float = 60

    @classmethod
    def from_connections(cls, connections: Connections) -> Self:
        """Make one that works through these connections."""
        return cls(
            connections.store,
            connections.search,
            connections.alias,
            connections.settings,
            lease_seconds=connections.settings.lease_seconds,
        )

    @property
    def directory(self) -> Path:
        """The directory of the files; all hosts whose workers write exports, and the server, must have the same one."""
        return self.settings.exports_directory

    def run(self, *, go_on: Callable[[], bool] = lambda: True) -> int:
        """Remove expired files, send due mails, and write waiting exports; returns how many exports are finished."""
        finished = 0
        self._remove_left_over()
        send_due_mails(self.store, self.settings, go_on)
        while go_on():
            with self.store.begin() as connection:
                leased = lease_export(connection, self.lease_seconds)
            if leased is None:
                break
            finished += self._work_on(leased, go_on)
            send_due_mails(self.store, self.settings, go_on)
        return finished

    def _work_on(self, leased: LeasedExport, go_on: Callable[[], bool]) -> bool:
        """Write an export to its end, or as far as possible; returns whether it is complete."""
        export = leased.export
        try:
            with kept_lease(self.store, leased, self.lease_seconds):
                finished = self._write(leased, go_on)
            if finished is None:
                self._leave(leased)
                with self.store.begin() as connection:
                    release_export(connection, leased)
                return False
            with self.store.begin() as connection:
                if not complete_export(connection, leased, self.settings.export_hours):
                    raise _Lost
        except _Lost:
            # The other files of the export belong to another worker by now.
            self._remove(f"{export.export_id}.{leased.lease_id}")
            return False
        except Exception as error:  # which must not keep other exports from being written
            self._give_up(leased, error)
            return False
        with suppress(OSError):  # the rest is removed with the file
            self._remove(export.export_id, but=finished)
        return True

    def _give_up(self, leased: LeasedExport, error: Exception) -> None:
        """Retry the export later, or let it fail; raises the error of an outage that holds up all exports."""
        match error:
            case DBAPIError() if is_outage(error):
                raise error  # nothing can be recorded: the lease expires
            case DBAPIError():
                self._hold_up(leased, words_of(error))
            case OSError():
                self._hold_up(leased, f"its file cannot be written: {error.strerror or error}", _DISK_SECONDS)
            case ServiceUnavailable() | NoIndexYet():
                self._hold_up(leased, str(error))
                if not answers(self.search):
                    raise error
            case OperatorError():
                log.warning("export_failed", export=leased.export.export_id, error=str(error))
                with self.store.begin() as connection:
                    fail_export(connection, leased, str(error))
            case _:
                defect = of_defect(error)
                log.error("export_broken", export=leased.export.export_id, error=defect, traceback=frames_of(error))
                self._hold_up(leased, f"a defect of the program, {defect}; the worker's log has more")

    def _hold_up(self, leased: LeasedExport, error: str, seconds: float = _RETRY_SECONDS) -> None:
        """Retry an export later, or let it fail in the end."""
        self._leave(leased)
        with self.store.begin() as connection:
            again = hold_up_export(connection, leased, error, seconds)
        log.warning("export_held_up" if again else "export_failed", export=leased.export.export_id, error=error)

    def _leave(self, leased: LeasedExport) -> None:
        """Leave the written rows to the worker that continues."""
        mine = self._part(leased, leased.lease_id)
        with suppress(OSError):  # without the file the worker starts again
            mine.replace(self._part(leased, None))
        with suppress(OSError):
            self._remove(f"{leased.export.export_id}.{leased.lease_id}")

    def _part(self, leased: LeasedExport, lease_id: UUID | None) -> Path:
        """The file written under a lease, or left by a worker that has ended its lease (None)."""
        return path_of(self.directory, leased.export.export_id, lease_id, ".part")

    def _write(self, leased: LeasedExport, go_on: Callable[[], bool]) -> Path | None:
        """Append the missing rows, and pack the file; None if `go_on` says to stop before the last page.

        The path is that of the finished file, which an export of messages without data does not have.
        """
        export = leased.export
        request = request_of(export)
        pages = ExportPages(self.store, self.search, self.alias)
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        expect_room(self.directory, self.settings.exports_gib)
        if export.total is None:
            total = pages.count(request)
            with self.store.begin() as connection:
                count_total(connection, leased, total)
        unpacked = self._taken_over(leased)
        with unpacked.open("r+b") as file:
            place, rows = go_to(file, export)
            if not file.tell():
                file.write(pages.beginning(request))
            for page in pages.after(request, place, self.page):
                file.write(page.content)
                place, rows = page.place, rows + page.rows
                self._keep(file, leased, place, rows)
                expect_room(self.directory, self.settings.exports_gib)
                if not go_on():
                    return None
            reached = self._keep(file, leased, place, rows)
        finished = path_of(self.directory, export.export_id, leased.lease_id, request.packed_as.suffix)
        if isinstance(request, MessageExportRequest):
            self._pack_messages(unpacked, finished, leased, request, reached)
        elif request.packing is Packing.NONE:
            unpacked.replace(finished)
        else:
            self._pack(unpacked, finished, leased, request, reached)
        sync_directory(self.directory)
        return finished

    def _taken_over(self, leased: LeasedExport) -> Path:
        """The file to continue, under a name of this lease.

        If another worker lost the lease, the good part of its file is copied, since it may still write to the file.
        """
        export = leased.export
        mine, left = self._part(leased, leased.lease_id), self._part(leased, None)
        theirs = None if leased.before is None else self._part(leased, leased.before)
        if theirs is not None and theirs.exists():
            reached = Reached(export.place, export.size, export.rows)
            with theirs.open("rb") as source, open_private(mine, "wb") as target:
                for chunk in self._chunks(source, export.size, leased, reached):
                    target.write(chunk)
            theirs.unlink(missing_ok=True)
        elif left.exists():
            left.replace(mine)
            mine.chmod(0o600)
        else:
            mine.touch(mode=0o600)
        return mine

    def _keep(self, file: IO[bytes], leased: LeasedExport, place: list[object] | None, rows: int) -> Reached:
        """Force the rows to the disk, then record them."""
        sync(file)
        reached = Reached(place, file.tell(), rows)
        self._move(leased, reached)
        return reached

    def _move(self, leased: LeasedExport, reached: Reached) -> None:
        """Record the progress of the file, and renew the lease; raises `_Lost` if the lease is gone."""
        with self.store.begin() as connection:
            if not move_export(connection, leased, reached, self.lease_seconds):
                raise _Lost

    def _pack(
        self, unpacked: Path, finished: Path, leased: LeasedExport, request: ExportRequest, reached: Reached
    ) -> None:
        """Write the packed form beside the file; if interrupted, this starts again from the beginning."""
        with unpacked.open("rb") as file, open_private(finished, "wb") as target:
            with open_packed(target, request.packing, request.entry_name) as inner:
                for chunk in self._chunks(file, reached.size, leased, reached):
                    inner.write(chunk)
            sync(target)

    def _pack_messages(
        self, pages: Path, finished: Path, leased: LeasedExport, request: MessageExportRequest, reached: Reached
    ) -> None:
        """Write the files that the pages hold; without data there is none."""
        if reached.rows:
            waiting = waiting_events(self.store.connect, request)
            with pages.open("rb") as file, open_private(finished, "wb") as target:
                pack_messages(file, request, target, waiting, self._renewal(leased, reached))
                sync(target)

    def _chunks(self, file: IO[bytes], size: int, leased: LeasedExport, reached: Reached) -> Iterator[bytes]:
        """The first `size` bytes of a file; renews the lease meanwhile."""
        renew = self._renewal(leased, reached)
        while size > 0 and (chunk := file.read(min(size, CHUNK))):
            yield chunk
            size -= len(chunk)
            renew()

    def _renewal(self, leased: LeasedExport, reached: Reached) -> Callable[[], None]:
        """What renews the lease, each time that it is called some seconds after it did; raises `_Lost`."""
        renewed = time.monotonic()

        def renew() -> None:
            nonlocal renewed
            if time.monotonic() - renewed > _RENEW_SECONDS:
                renewed = time.monotonic()
                self._move(leased, reached)

        return renew

    def _remove_left_over(self) -> None:
        with self.store.begin() as connection:
            for export_id in take_left_over(connection):
                try:
                    self._remove(export_id)
                except OSError as error:
                    log.warning("export_files_stay", export=export_id, error=error.strerror or str(error))

    def _remove(self, begins: str, but: Path | None = None) -> None:
        """Remove files by the beginning of their names."""
        for path in self.directory.glob(f"{begins}.*"):
            if path != but:
                path.unlink(missing_ok=True)
