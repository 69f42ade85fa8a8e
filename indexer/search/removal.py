"""Removing documents from every index that has them, also from those that nobody reads any more."""

from collections.abc import Collection, Sequence

from elasticsearch import Elasticsearch

from indexer.keys import EntityKey
from indexer.search.index_names import IndexName, alias_name

_AT_ONCE = 1000


def remove_documents(
    client: Elasticsearch, prefix: str, dataset: str, keys: Sequence[EntityKey], *, spared: Collection[str] = ()
) -> int:
    """Remove the documents of these keys from all indices of a dataset, of earlier versions too; returns how many.

    Indices behind one of the `spared` aliases are left out.
    """
    alias = alias_name(prefix, dataset)
    found = client.indices.get_alias(index=f"{alias}-v*", expand_wildcards="open").body
    indices = sorted(
        name for name, one in found.items() if IndexName.parse(name) and one["aliases"].keys().isdisjoint(spared)
    )
    removed = 0
    for name in indices:
        for start in range(0, len(keys), _AT_ONCE):
            deletes = [
                {"delete": {"_index": name, "_id": key.document_id, "routing": key.routing}}
                for key in keys[start : start + _AT_ONCE]
            ]
            answer = client.bulk(operations=deletes, refresh=True)
            removed += sum(item["delete"].get("result") == "deleted" for item in answer["items"])
    return removed
