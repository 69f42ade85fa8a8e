"""Reading all documents of an index in the order of their keys, undecoded: bytes are quick to compare."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import orjson
from elastic_transport import Serializer, SerializerCollection
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError
from msgspec import Raw, Struct

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.search.page_reader import Place, pages

PAGE = 1_000
"""The documents of one response."""

_MIMETYPES = ("application/json", "application/vnd.elasticsearch+json")
_KEPT = "5m"
_FILTER_PATH = "pit_id,hits.hits._id,hits.hits.sort,hits.hits._source"


class ScannedDocument(NamedTuple):
    """A document's key by its fields, and its JSON, which Elasticsearch may format differently than it was written."""

    workspace_id: str
    entity_id: str
    body: bytes


class _Hit(Struct, gc=False):
    id: str = msgspec.field(name="_id")
    source: Raw = msgspec.field(name="_source")
    sort: tuple[str | None, str | None, int]


class _Hits(Struct, gc=False):
    hits: list[_Hit] = []


class _Answer(Struct, gc=False):
    pit_id: str
    hits: _Hits = msgspec.field(default_factory=_Hits)


_decode = msgspec.json.Decoder(_Answer).decode


def scan(
    client: Elasticsearch,
    index: str,
    *,
    key: str = "conversation_id",
    filters: Sequence[Mapping[str, Any]] = (),
    page: int = PAGE,
) -> Iterator[list[ScannedDocument]]:
    """All documents of an index or alias for which the `filters` hold, in pages, as they were at the first page.

    They come in the order of workspace and `key`, whatever is written meanwhile; refresh before, to see everything.
    Raises `OperatorError` if the index does not exist or a document lacks a key, `ServiceUnavailable` if the index
    cannot be searched.
    """
    undecoded = _undecoded(client)
    asked = {
        "query": {"bool": {"filter": list(filters)}},
        "sort": ["workspace_id", key, "_shard_doc"],
        "size": page,
    }
    try:
        pit = _opened(client, index)
        try:

            def read(after: Place | None) -> list[_Hit]:
                nonlocal pit
                answer = _decode(_page(undecoded, pit, asked, after))
                pit = answer.pit_id
                return answer.hits.hits

            for hits in pages(read, attrgetter("sort"), page):
                yield [_document(hit) for hit in hits]
        finally:
            with contextlib.suppress(ApiError, TransportError):
                client.close_point_in_time(id=pit)
    except (ApiError, TransportError) as error:
        raise _failed(index, error) from error


def count(client: Elasticsearch, index: str, filters: Sequence[Mapping[str, Any]] = ()) -> int:
    """Count the documents to scan; raises like `scan`."""
    try:
        return int(client.count(index=index, query={"bool": {"filter": list(filters)}})["count"])
    except (ApiError, TransportError) as error:
        raise _failed(index, error) from error


class _Undecoded(Serializer):
    """Bodies of answers as they came."""

    mimetype = "application/vnd.elasticsearch+json"

    def dumps(self, data: Any) -> bytes:
        return orjson.dumps(data)

    def loads(self, data: bytes) -> bytes:
        return data


def _undecoded(client: Elasticsearch) -> Elasticsearch:
    """The same connections, with answers as they came."""
    transport = copy(client.transport)
    as_they_came = _Undecoded()
    transport.serializers = SerializerCollection(dict.fromkeys(_MIMETYPES, as_they_came))
    return Elasticsearch(_transport=transport)


def _opened(client: Elasticsearch, index: str) -> str:
    pit: str = client.open_point_in_time(index=index, keep_alive=_KEPT)["id"]
    return pit


def _page(client: Elasticsearch, pit: str, asked: Mapping[str, Any], after: Place | None) -> bytes:
    found: bytes = client.search(
        pit={"id": pit, "keep_alive": _KEPT},
        search_after=after,
        track_total_hits=False,
        allow_partial_search_results=False,
        filter_path=_FILTER_PATH,
        **asked,
    ).body
    return found


def _document(hit: _Hit) -> ScannedDocument:
    workspace_id, entity_id, _ = hit.sort
    if workspace_id is None or entity_id is None:
        raise OperatorError(
            f"document {hit.id} has no workspace_id or no id of its own",
            "it was not written by this program; delete it: indexer reconcile --repair",
        )
    return ScannedDocument(workspace_id, entity_id, bytes(hit.source))


def _failed(index: str, error: ApiError | TransportError) -> OperatorError:
    if isinstance(error, NotFoundError | BadRequestError):
        return OperatorError(f"there is no index or alias {index}", "list the indices: indexer index status")
    return ServiceUnavailable(
        f"Elasticsearch cannot read {index} now: {error.message}", "see what is wrong: indexer doctor"
    )
