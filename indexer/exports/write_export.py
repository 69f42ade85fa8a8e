"""Writing an export in one go: the header and every row, to an open file."""

from collections.abc import Callable
from typing import IO

from elasticsearch import Elasticsearch

from indexer.exports.archive import open_packed
from indexer.exports.document_cells import row_maker
from indexer.exports.document_pages import Connect, Page, read_threads
from indexer.exports.request import ExportRequest
from indexer.spreadsheet import csv_bytes


def header(request: ExportRequest) -> bytes:
    """The first line."""
    return csv_bytes([[column.name for column in request.columns]])


def page_writer(request: ExportRequest) -> Callable[[Page], bytes]:
    """A function that makes the lines of a page."""
    make = row_maker(request.columns, request.zone, request.times)
    return lambda page: csv_bytes(make(document) for document in page.documents)


def export_conversations(
    client: Elasticsearch,
    connect: Connect,
    alias: str,
    request: ExportRequest,
    file: IO[bytes],
    *,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Write the whole export to `file`; returns the number of rows. `tell` is called with the number so far.

    Raises `NoIndexYet` and `ServiceUnavailable`; the file is not a complete export then.
    """
    lines = page_writer(request)
    rows = 0
    with open_packed(file, request.packing, request.entry_name) as inner:
        inner.write(header(request))
        for page in read_threads(client, connect, alias, request.frame, request.columns):
            inner.write(lines(page))
            rows += len(page.documents)
            tell(rows)
    return rows
