"""What an export consists of, whatever it is of: the number of its rows, and its pages as they are written."""

from collections.abc import Iterator, Sequence
from typing import Any

from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from indexer.exports.document_pages import count_threads, read_threads
from indexer.exports.message_pages import WrittenPage, count_export, read_message_pages
from indexer.exports.message_request import AnyRequest, MessageExportRequest
from indexer.exports.write_export import header, page_writer


class ExportPages:
    """The pages of exports: of conversations from an index, of messages from the store."""

    def __init__(self, store: Engine, search: Elasticsearch, alias: str) -> None:
        """`alias` is that of the documents of conversations."""
        self._store = store
        self._search = search
        self._alias = alias

    def count(self, request: AnyRequest) -> int:
        """The approximate number of rows; raises `OperatorError` if there are too many."""
        if isinstance(request, MessageExportRequest):
            with self._store.connect() as connection:
                return count_export(connection, request)
        return count_threads(self._search, self._alias, request.frame)

    def beginning(self, request: AnyRequest) -> bytes:
        """What is before the first page."""
        return b"" if isinstance(request, MessageExportRequest) else header(request)

    def after(self, request: AnyRequest, place: Sequence[Any] | None, size: int) -> Iterator[WrittenPage]:
        """The pages of `size` rows after a place; without one, from the first."""
        if isinstance(request, MessageExportRequest):
            yield from read_message_pages(self._store.connect, request, after=place, size=size)
            return
        lines = page_writer(request)
        pages = read_threads(
            self._search, self._store.connect, self._alias, request.frame, request.columns, after=place, size=size
        )
        for page in pages:
            yield WrittenPage(lines(page), len(page.documents), page.place)
