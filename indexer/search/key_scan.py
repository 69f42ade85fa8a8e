"""Reading the index to compare it with the store: the documents of a range of keys, and single ones as they are now.

A document's key is `(workspace_id, conversation_id)` by its fields. Keywords are ordered by the bytes of their
UTF-8, as are the ids in the store (collation C) and strings in Python (by code point, which is the same order;
UTF-16's is not, but nothing here compares in that).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.keys import EntityKey, routing_of

PAGE = 1_100
"""The documents of one response; somewhat more than a thousand, so that a range of a thousand keys fits into one."""


class IndexedKey(NamedTuple):
    """A document's `_id`, version and key; fields that the document lacks are None."""

    document: str
    workspace_id: str | None
    conversation_id: str | None
    version: int


class IndexedDocument(NamedTuple):
    """A document's version, and its content if that was asked for."""

    version: int
    content: Mapping[str, Any] | None


def read_range(
    client: Elasticsearch,
    index: str,
    after: EntityKey | None,
    until: EntityKey | None,
    workspace_id: str | None = None,
    *,
    page: int = PAGE,
    key: str = "conversation_id",
) -> Iterator[list[IndexedKey]]:
    """The refreshed documents of an index or alias with keys after `after`, up to `until` (no earlier key), in pages.

    They come in the order of their keys, whose second part is the field `key`. Without `after` the range begins with
    the first document; without `until` it ends with the last, and includes those that lack a field of the key. The
    cost depends on the size of the range, not of the index: only a range keeps Elasticsearch from visiting every
    document for every page. If more than a page of documents share one key, which can only happen by hand, the others
    are skipped. Raises `OperatorError` if the index does not exist, `ServiceUnavailable` if it cannot be searched.
    """
    query = _range(key, after, until, workspace_id)
    last: list[Any] | None = None
    while True:
        hits = _page(client, index, query, ["workspace_id", key], after=last, size=page)
        full = len(hits) == page
        if full:
            hits = _whole_keys(hits)
        yield [IndexedKey(hit["_id"], hit["sort"][0], hit["sort"][1], hit["_version"]) for hit in hits]
        if not full:
            return
        last = hits[-1]["sort"]


def read_documents(
    client: Elasticsearch, index: str, documents: Sequence[str], *, content: bool
) -> dict[str, IndexedDocument]:
    """The named documents that exist, as they are at this moment, refreshed or not; raises like `read_range`."""
    if not documents:
        return {}
    try:
        docs = [{"_id": document, "routing": routing_of(document)} for document in documents]
        answer = client.mget(index=index, docs=docs, source=content)["docs"]
    except (ApiError, TransportError) as error:
        raise _failed(index, error) from error
    for found in answer:
        if "error" in found:
            raise (
                _absent(index)
                if found["error"]["type"] == "index_not_found_exception"
                else _unavailable(index, str(found["error"]["reason"]))
            )
    return {
        found["_id"]: IndexedDocument(found["_version"], found.get("_source")) for found in answer if found["found"]
    }


def refresh(client: Elasticsearch, index: str) -> None:
    """Make everything that was written visible to searches; raises like `read_range`."""
    try:
        client.indices.refresh(index=index)
    except (ApiError, TransportError) as error:
        raise _failed(index, error) from error


def _page(
    client: Elasticsearch, index: str, query: Mapping[str, Any], sort: list[str], *, after: list[Any] | None, size: int
) -> list[dict[str, Any]]:
    try:
        found = client.search(
            index=index,
            query=query,
            sort=sort,
            search_after=after,
            size=size,
            version=True,
            source=False,
            track_total_hits=False,
            allow_partial_search_results=False,
        )
    except (ApiError, TransportError) as error:
        raise _failed(index, error) from error
    hits: list[dict[str, Any]] = found["hits"]["hits"]
    return hits


def _whole_keys(hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The hits without those of the last key, of which the next page may have more; all hits if they share one key."""
    key = hits[-1]["sort"]
    return [hit for hit in hits if hit["sort"] != key] or hits


def _range(key: str, after: EntityKey | None, until: EntityKey | None, workspace_id: str | None) -> dict[str, Any]:
    """The query for a range of keys: the rest of the first workspace, those between, the start of the last."""
    within = [] if workspace_id is None else [_is("workspace_id", workspace_id)]
    if after and until and after[0] == until[0]:
        return _all(*within, _is("workspace_id", after[0]), _lies(key, gt=after[1], lte=until[1]))
    parts = [_lies("workspace_id", **({"gt": after[0]} if after else {}), **({"lt": until[0]} if until else {}))]
    if after:
        parts.append(_all(_is("workspace_id", after[0]), _lies(key, gt=after[1])))
    if until:
        parts.append(_all(_is("workspace_id", until[0]), _lies(key, lte=until[1])))
    else:
        parts += [_lacks("workspace_id"), _lacks(key)]
    return _all(*within, {"bool": {"should": parts}})


def _all(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": list(conditions)}}


def _is(field: str, value: str) -> dict[str, Any]:
    return {"term": {field: value}}


def _lies(field: str, **bounds: str) -> dict[str, Any]:
    return {"range": {field: bounds}}


def _lacks(field: str) -> dict[str, Any]:
    return {"bool": {"must_not": {"exists": {"field": field}}}}


def _failed(index: str, error: ApiError | TransportError) -> OperatorError:
    return _absent(index) if isinstance(error, NotFoundError) else _unavailable(index, str(error.message))


def _absent(index: str) -> OperatorError:
    return OperatorError(f"there is no index or alias {index}", "create an empty one: indexer index create")


def _unavailable(index: str, reason: str) -> ServiceUnavailable:
    return ServiceUnavailable(f"Elasticsearch cannot read {index} now: {reason}", "see what is wrong: indexer doctor")
