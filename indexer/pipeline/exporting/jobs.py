"""Exports written by workers: page by page into a file that anybody can go on with, then packed, named and told of.

A page is on the disk before the store says that it is there, so what the store says is never more than there is.
Whoever goes on cuts the file to that length and reads on after the last row: no row is missing, none comes twice.
"""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog
from elasticsearch import Elasticsearch
from sqlalchemy import Connection, Engine

from indexer.errors import OperatorError, RetryLater
from indexer.pipeline.exporting.exporting import header, page_writer
from indexer.pipeline.exporting.mailing import Ready, send_link
from indexer.pipeline.exporting.packing import packed
from indexer.pipeline.exporting.reading import PAGE, count_threads, read_threads
from indexer.pipeline.exporting.request import ExportRequest, Packing
from indexer.settings import Settings
from indexer.store.exports import (
    Export,
    LeasedExport,
    Reached,
    complete_export,
    count_total,
    create_export,
    fail_export,
    lease_export,
    mail_failed,
    mailed,
    move_export,
    release_export,
    take_left_over,
    take_mail,
)

log = structlog.get_logger()

_TOKEN_BYTES = 32
_CHUNK = 1 << 20
_RENEW_SECONDS = 5.0
_RETRY_SECONDS = 10.0
"""An export that a service was away for is due again after this long."""


class _Lost(Exception):
    """The export has been cancelled, or is somebody else's by now."""


def order_export(
    connection: Connection, request: ExportRequest, mail_to: str | None, settings: Settings
) -> tuple[Export, str]:
    """Have an export written by the workers; returns it with the token of its link, which is not kept anywhere.

    Raises `OperatorError` where somebody is to be told by mail and no mail can be sent.
    """
    if mail_to is not None and (settings.smtp_url is None or settings.mail_from is None):
        raise OperatorError(
            "no mail can be sent", "set INDEXER_SMTP_URL and INDEXER_MAIL_FROM, or leave out the address"
        )
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    said = request.model_dump(mode="json", by_alias=True)
    return create_export(connection, secrets.token_hex(8), said, hash_of(token), mail_to), token


def hash_of(token: str) -> bytes:
    """What is kept of a link's token; it is long and random, so that nothing slower is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def opens(export: Export, token: str) -> bool:
    """Whether the token is one of the export's; how long that takes tells nothing of either."""
    given = hash_of(token)
    return any(secrets.compare_digest(given, bytes(known)) for known in export.token_hashes)


def download_path(export_id: str, token: str) -> str:
    """Where the server has the file."""
    return f"/api/v1/exports/{export_id}/download?token={token}"


def link_of(settings: Settings, export_id: str, token: str) -> str:
    """The same as a link for people."""
    return settings.public_url.rstrip("/") + download_path(export_id, token)


def request_of(export: Export) -> ExportRequest:
    """What was asked for."""
    return ExportRequest.model_validate(export.request)


def file_of(directory: Path, export: Export) -> Path:
    """The finished file."""
    return directory / f"{export.export_id}{request_of(export).packing.suffix}"


@dataclass(frozen=True, slots=True)
class ExportWriter:
    """What a worker writes exports with; `page` rows are on the disk before the next are read."""

    store: Engine
    search: Elasticsearch
    alias: str
    settings: Settings
    page: int = PAGE
    lease_seconds: float = 60

    @property
    def directory(self) -> Path:
        """Where the files are; all hosts whose workers write exports, and the server, must have the same one."""
        return self.settings.exports_directory

    def run(self, *, go_on: Callable[[], bool] = lambda: True) -> int:
        """Remove what is over, write what is waiting, and tell who waits; how many exports are finished."""
        finished = 0
        self._remove_left_over()
        while go_on():
            with self.store.begin() as connection:
                leased = lease_export(connection, self.lease_seconds)
            if leased is None:
                break
            finished += self._work_on(leased, go_on)
            self._tell()
        self._tell()
        return finished

    def _work_on(self, leased: LeasedExport, go_on: Callable[[], bool]) -> bool:
        """Write an export to its end, or as far as it goes; whether it is complete."""
        try:
            if not self._write(leased, go_on):
                with self.store.begin() as connection:
                    release_export(connection, leased)
                return False
            with self.store.begin() as connection:
                return complete_export(connection, leased, self.settings.export_hours)
        except _Lost:
            return False
        except OperatorError:
            with self.store.begin() as connection:
                release_export(connection, leased, _RETRY_SECONDS)
            raise
        except OSError as error:
            log.exception("export_failed", export=leased.export.export_id)
            with self.store.begin() as connection:
                fail_export(connection, leased, f"its file cannot be written: {error}")
            return False

    def _write(self, leased: LeasedExport, go_on: Callable[[], bool]) -> bool:
        """Append what is missing, and pack it; False where `go_on` says to stop before the last page."""
        export = leased.export
        request = request_of(export)
        self.directory.mkdir(parents=True, exist_ok=True)
        finished = file_of(self.directory, export)
        unpacked = self.directory / f"{export.export_id}.csv.part"
        if export.total is None:
            with self.store.begin() as connection:
                count_total(connection, leased, count_threads(self.search, self.alias, request.frame))
        with unpacked.open("r+b" if unpacked.exists() else "w+b") as file:
            place, rows = _go_to(file, export)
            if not file.tell():
                file.write(header(request))
            lines = page_writer(request)
            pages = read_threads(
                self.search, self.store.connect, self.alias, request.frame, request.columns, after=place, size=self.page
            )
            for page in pages:
                file.write(lines(page))
                place, rows = page.place, rows + len(page.documents)
                self._keep(file, leased, place, rows)
                if not go_on():
                    return False
            reached = self._keep(file, leased, place, rows)
        if request.packing is Packing.NONE:
            unpacked.replace(finished)
        else:
            self._pack(unpacked, leased, request, reached).replace(finished)
            unpacked.unlink()
        return True

    def _keep(self, file: IO[bytes], leased: LeasedExport, place: list[object] | None, rows: int) -> Reached:
        """Have what is written on the disk, then say so."""
        file.flush()
        os.fsync(file.fileno())
        reached = Reached(place, file.tell(), rows)
        with self.store.begin() as connection:
            if not move_export(connection, leased, reached, self.lease_seconds):
                raise _Lost
        return reached

    def _pack(self, unpacked: Path, leased: LeasedExport, request: ExportRequest, reached: Reached) -> Path:
        """Write the packed form beside it; this begins again from the start wherever it is interrupted."""
        renewed = time.monotonic()
        beside = unpacked.with_suffix(".packed")
        with unpacked.open("rb") as file, beside.open("wb") as target:
            with packed(target, request.packing, request.entry_name) as inner:
                while chunk := file.read(_CHUNK):
                    inner.write(chunk)
                    if time.monotonic() - renewed > _RENEW_SECONDS:
                        renewed = time.monotonic()
                        with self.store.begin() as connection:
                            if not move_export(connection, leased, reached, self.lease_seconds):
                                raise _Lost
            target.flush()
            os.fsync(target.fileno())
        return beside

    def _remove_left_over(self) -> None:
        with self.store.begin() as connection:
            for export_id in take_left_over(connection):
                for path in self.directory.glob(f"{export_id}.*"):
                    path.unlink(missing_ok=True)

    def _tell(self) -> None:
        """Send every mail that is due; one that is not taken now is due again later."""
        while True:
            token = secrets.token_urlsafe(_TOKEN_BYTES)
            with self.store.begin() as connection:
                export = take_mail(connection, hash_of(token))
            if export is None:
                return
            self._mail(export, token)

    def _mail(self, export: Export, token: str) -> None:
        if export.mail_to is None or export.expires_at is None:
            return
        id_ = export.export_id
        ready = Ready(id_, request_of(export).frame, export.rows, download_path(id_, token), export.expires_at)
        try:
            send_link(self.settings, export.mail_to, ready)
        except (RetryLater, OperatorError) as error:
            log.warning("export_mail_not_sent", export=id_, error=str(error))
            with self.store.begin() as connection:
                mail_failed(connection, id_, str(error), for_good=isinstance(error, OperatorError))
            return
        with self.store.begin() as connection:
            mailed(connection, id_)


def _go_to(file: IO[bytes], export: Export) -> tuple[list[object] | None, int]:
    """Cut the file to what is known to be good and stand at its end; from the start where less than that is there."""
    if file.seek(0, os.SEEK_END) < export.size:
        file.truncate(0)
        file.seek(0)
        return None, 0
    file.truncate(export.size)
    file.seek(export.size)
    return export.place, export.rows


def copy_file(directory: Path, export: Export, target: IO[bytes]) -> None:
    """Copy the finished file; raises `OperatorError` where it is not there."""
    try:
        with file_of(directory, export).open("rb") as file:
            shutil.copyfileobj(file, target, _CHUNK)
    except FileNotFoundError as error:
        raise OperatorError(
            f"the file of export {export.export_id} is not in {directory}",
            "all hosts need the same INDEXER_EXPORTS_DIR",
        ) from error
