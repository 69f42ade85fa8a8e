"""Writing an export of messages in one go, to an open file."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.exports.message_files import pack_messages
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

    Without data nothing is written. Until all lines are there, they are in a file without a name in `directory`, or in
    the system's directory for such files. `tell` is called with the number so far. Raises `OSError` if a disk is full;
    `file` is not a complete export then.
    """
    rows = 0
    with tempfile.TemporaryFile(dir=directory) as pages:
        for page in read_message_pages(connect, request):
            pages.write(page.content)
            rows += page.rows
            tell(rows)
        if rows:
            pack_messages(pages, request, file, waiting_events(connect, request))
    return rows


def waiting_events(connect: Connect, request: MessageExportRequest) -> int:
    """The events of the workspace that wait for their receipts, which only the overview needs."""
    if request.report is not Report.OVERVIEW:
        return 0
    with connect() as connection:
        return count_waiting(connection, MESSAGE_RECEIPTS, request.workspace).events
