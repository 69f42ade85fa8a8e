"""One message: when it was sent, and what its newest receipt says of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch

from indexer import search
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.errors import OperatorError
from indexer.reports.scope import of_workspace
from indexer.reports.search_filters import all_of, up_to
from indexer.search.search_requests import search_once


class UnknownMessage(OperatorError):
    """The workspace has no receipt of such a message."""


class SentMessage(NamedTuple):
    """When a content was sent first and last, in epoch seconds, and the fields of the newest receipt."""

    first: int
    last: int
    newest: Mapping[str, Any]


def find_message(
    client: Elasticsearch, prefix: str, workspace: str, content_id: str, as_of: int | None = None
) -> SentMessage:
    """The content with that id; raises `UnknownMessage`, and what searches raise.

    `last` is the last time up to `as_of`, in epoch seconds; the first time if that is later.
    """
    until = {"filter": all_of(up_to("received_at", as_of)), "aggs": {"last": {"max": {"field": "received_at"}}}}
    body = {
        "size": 1,
        "query": of_workspace(workspace, {"term": {"content_id": content_id}}),
        "sort": [{"received_at": "desc"}],
        "aggs": {"first": {"min": {"field": "received_at"}}, "until": until},
        "_source": ["content_title", "content_type", "ruleset_id", "series_title", "node_id"],
    }
    found = search_once(client, search.alias_name(prefix, MESSAGE_RECEIPTS.name), body, workspace)
    hits = found["hits"]["hits"]
    if not hits:
        raise UnknownMessage(
            f"no receipt of the content {content_id!r} is in the index for workspace {workspace!r}",
            "check the id and the workspace",
        )
    first = found["aggregations"]["first"]["value"]
    last = found["aggregations"]["until"]["last"]["value"] or first
    return SentMessage(int(first) // 1_000, int(last) // 1_000, hits[0]["_source"])
