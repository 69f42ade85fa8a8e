"""Removing documents from every index that has them, also from those that nobody reads any more."""

from collections.abc import Collection, Sequence

from elasticsearch import Elasticsearch

from indexer.datasets.dataset import Key
from indexer.keys import document_id, routing_of
from indexer.search.index_names import IndexName, alias_name

_AT_ONCE = 1000


def remove_documents(
    client: Elasticsearch, prefix: str, dataset: str, keys: Sequence[Key], *, spared: Collection[str] = ()
) -> int:
    """Remove the documents of these keys from all indices of a dataset, of earlier versions too; returns how many.

    Indices behind one of the `spared` aliases are left out.
    """
    alias = alias_name(prefix, dataset)
    found = client.indices.get_alias(index=f"{alias}-v*", expand_wildcards="open").body
    indices = sorted(
        name for name, one in found.items() if IndexName.parse(name) and one["aliases"].keys().isdisjoint(spared)
    )
    ids = [document_id(*key) for key in keys]
    removed = 0
    for name in indices:
        for start in range(0, len(ids), _AT_ONCE):
            deletes = [
                {"delete": {"_index": name, "_id": id_, "routing": routing_of(id_)}}
                for id_ in ids[start : start + _AT_ONCE]
            ]
            answer = client.bulk(operations=deletes, refresh=True)
            removed += sum(item["delete"].get("result") == "deleted" for item in answer["items"])
    return removed
