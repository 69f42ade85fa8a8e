"""Indices as operators see them: those of each dataset, and how new the documents are that readers see."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from elasticsearch import ApiError, Elasticsearch

from indexer import search
from indexer.datasets.registry import datasets
from indexer.search.refresh import OtherRefresh, other_refresh


class ReadIndex(NamedTuple):
    """An index that readers see, and the newest `updated_at` in it (None if no document has one)."""

    status: search.IndexStatus
    newest: datetime | None


class IndicesStatus(NamedTuple):
    """All indices of some datasets, and those that readers use and that are not refreshed as declared."""

    indices: list[search.IndexStatus]
    unrefreshed: list[OtherRefresh]


def read_indices(client: Elasticsearch, prefix: str, names: Sequence[str]) -> IndicesStatus:
    """The indices of the datasets of these names, whether or not readers use them."""
    aliases = [search.alias_name(prefix, name) for name in names]
    return IndicesStatus(search.status(client, prefix, names), other_refresh(client, aliases))


def read_indices_of_readers(client: Elasticsearch, prefix: str, names: Iterable[str] | None = None) -> list[ReadIndex]:
    """The indices behind the aliases of these datasets or all, each with the time of its newest document."""
    return [
        ReadIndex(one, _newest(client, one.index))
        for one in search.status(client, prefix, names or [each.name for each in datasets()])
        if one.alias
    ]


def _newest(client: Elasticsearch, index: str) -> datetime | None:
    body: dict[str, Any] = {"size": 0, "aggs": {"newest": {"max": {"field": "updated_at"}}}}
    try:
        found = client.search(index=index, **body)["aggregations"]["newest"]["value"]
    except ApiError:  # an index that is being made has no shard to search yet
        return None
    return None if found is None else datetime.fromtimestamp(found / 1000).astimezone()
