"""How the physical indices of a dataset stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from indexer.search.index_names import IndexName, alias_name
from indexer.search.index_spread import ROUTING
from indexer.search.mappings import definition, expected, versions


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The state of one physical index.

    `alias`: whether the dataset's alias points at it. `documents` are whole documents (None while they cannot be
    counted), `size` is bytes on disk with replicas, `health` is green, yellow or red. `drift`: its mapping is not
    that of the released file of its version, by the checksum it was made with or by the fields it has now; fields
    added from a newer version do not count. `refresh`: its refresh interval, -1 for never.
    """

    dataset: str
    index: str
    version: int
    alias: bool
    documents: int | None
    size: int
    health: str
    drift: bool
    refresh: str


def status(client: Elasticsearch, prefix: str, datasets: Iterable[str]) -> list[IndexStatus]:
    """The state of the physical indices of the named datasets, by dataset and name; closed ones are left out."""
    patterns = [f"{alias_name(prefix, dataset)}-v*" for dataset in datasets]
    found = client.indices.get(index=patterns, expand_wildcards="open").body
    ours = sorted((parsed, name) for name in found if (parsed := IndexName.parse(name)))
    if not ours:
        return []
    health = client.cluster.health(index=patterns, level="indices")["indices"]
    sizes = client.indices.stats(index=patterns, metric="store")["indices"]
    return [
        IndexStatus(
            dataset=parsed.dataset,
            index=name,
            version=parsed.version,
            alias=alias_name(prefix, parsed.dataset) in found[name]["aliases"],
            documents=_documents(client, name, health[name]["status"]),
            size=sizes[name]["total"]["store"]["size_in_bytes"] if name in sizes else 0,
            health=health[name]["status"],
            drift=_drifted(parsed, found[name]["mappings"]),
            refresh=found[name]["settings"]["index"].get("refresh_interval", "1s"),
        )
        for parsed, name in ours
    ]


def _documents(client: Elasticsearch, index: str, health: str) -> int | None:
    """Count documents by a search: the index's own statistics count every nested action as a document."""
    if health == "red":
        return None
    try:
        return int(client.count(index=index)["count"])
    except ApiError as error:
        if error.message == "search_phase_execution_exception":  # an index that is being made has no shard to ask yet
            return None
        raise


def _drifted(name: IndexName, live: Mapping[str, Any]) -> bool:
    """Whether an index's mapping differs from that of its version's file (which may be gone)."""
    if name.version not in versions(name.dataset):
        return True
    found = {key: value for key, value in live.items() if key != ROUTING}
    return found != expected(definition(name.dataset, name.version), live)
