"""Writing an export of messages in one go, to an open file."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfileobj
from typing import IO

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.exports.export_files import CHUNK
from indexer.exports.message_files import archive_pages, pack_messages
from indexer.exports.message_pages import Connect, read_message_pages
from indexer.exports.message_request import MessageExportRequest, Report
from indexer.store.entities.record_events import count_waiting


def export_messages(
    connect: Connect,
    request: MessageExportRequest,
    file: IO[bytes],
    *,
    directory: Path | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Write the whole export to `file`; returns of how many receipts and checkpoints it is made, 0 for no data.

    Without data nothing is written. Until all lines are there, they are in files without a name in `directory`, or in
    the system's directory for such files. `tell` is called with the number so far. Raises `OSError` if a disk is full;
    `file` is not a complete export then.
    """
    rows = 0

    def contents() -> Iterator[bytes]:
        nonlocal rows
        for page in read_message_pages(connect, request):
            yield page.content
            rows += page.rows
            tell(rows)

    with tempfile.TemporaryFile(dir=directory) as pages:
        if request.is_of_several_files:
            # A reader of `file` must not take a part of the archive for the whole if the store fails meanwhile.
            with tempfile.TemporaryFile(dir=directory) as archive:
                archive_pages(contents(), request, archive, pages)
                archive.seek(0)
                copyfileobj(archive, file, CHUNK)
            return rows
        pages.writelines(contents())
        if rows:
            pack_messages(pages, request, file, waiting_events(connect, request))
    return rows


def waiting_events(connect: Connect, request: MessageExportRequest) -> int:
    """The events of the workspace that wait for their receipts, which only the overview needs."""
    if request.report is not Report.OVERVIEW:
        return 0
    with connect() as connection:
        return count_waiting(connection, MESSAGE_RECEIPTS, request.workspace).events
