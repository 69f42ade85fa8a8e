"""The documents of an export, page by page, with values from the store; memory does not grow with the export."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import msgspec
from elasticsearch import Elasticsearch
from sqlalchemy import Connection

from indexer.exports.columns import MESSAGE_ID, RATED_TEAMMATE, TEAM, TEAMMATE, Column, source_fields
from indexer.reports.message_threads import ORDER, Frame, threads_query
from indexer.search.search_requests import hit_pages, one_point_in_time, search_once
from indexer.store.entities.names import Named, list_names
from indexer.store.entities.payloads import read_gone, read_payloads

PAGE = 1_000

Document = dict[str, Any]
Connect = Callable[[], AbstractContextManager[Connection]]


class Page(NamedTuple):
    """Some documents in the order of an export, and the place of the last one."""

    documents: list[Document]
    place: list[Any]


class _Message(msgspec.Struct, gc=False):
    id: str | int | None = None


class _Linked(msgspec.Struct, gc=False):
    source: _Message | None = None
    conversation_message: _Message | None = None


_LINKED = msgspec.json.Decoder(_Linked)


def count_threads(client: Elasticsearch, alias: str, frame: Frame) -> int:
    """Count the rows that an export would have now; raises `NoIndexYet` and `ServiceUnavailable`."""
    body = {"query": threads_query(frame), "size": 0, "track_total_hits": True}
    total: int = search_once(client, alias, body, frame.workspace)["hits"]["total"]["value"]
    return total


def read_threads(
    client: Elasticsearch,
    connect: Connect,
    alias: str,
    frame: Frame,
    columns: Sequence[Column],
    *,
    after: Sequence[Any] | None = None,
    size: int = PAGE,
) -> Iterator[Page]:
    """The documents of the range after a place (without one, from the first), as the index was at the first page.

    Each has the fields that the columns need, and under paths that begin with `@` the values from the store, which
    `connect` opens for each page. Raises `NoIndexYet` and `ServiceUnavailable`.
    """
    with connect() as connection:
        teams = list_names(connection, frame.workspace, Named.TEAM)
        teammates = list_names(connection, frame.workspace, Named.TEAMMATE)
    body = {
        "query": threads_query(frame),
        "sort": ORDER,
        "size": size,
        "track_total_hits": False,
        "_source": sorted({*source_fields(columns), "conversation_id"}),
    }
    with one_point_in_time(client, alias, frame.workspace) as ask:
        for hits in hit_pages(ask, body, after):
            documents = [hit["_source"] for hit in hits]
            ids = [document["conversation_id"] for document in documents]
            with connect() as connection:
                gone = read_gone(connection, frame.workspace, ids)
                messages = {
                    id_: _message_id(payload) for id_, payload in read_payloads(connection, frame.workspace, ids)
                }
            # The index may still have conversations that were deleted in the store.
            documents = [document for document in documents if gone.get(document["conversation_id"], True)]
            for document in documents:
                if document["conversation_id"] in gone:
                    document.pop("title", None)
                    document.get("rating", {}).pop("remark", None)
                document[MESSAGE_ID] = messages.get(document["conversation_id"])
                document[TEAM] = teams.get(document.get("team_assigned_id", ""))
                document[TEAMMATE] = teammates.get(document.get("teammate_assigned_id", ""))
                document[RATED_TEAMMATE] = teammates.get(document.get("rating", {}).get("teammate_id"))
            yield Page(documents, hits[-1]["sort"])


def _message_id(payload: bytes) -> str | None:
    """The id of the source; None if the record is of a form that has none."""
    try:
        linked = _LINKED.decode(payload)
    except msgspec.MsgspecError:
        return None
    message = linked.source or linked.conversation_message
    return None if message is None or message.id is None else str(message.id)
