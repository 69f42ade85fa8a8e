"""The refresh interval of an index, actual and declared: it decides when readers see changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from indexer.search.index_names import IndexName
from indexer.search.mappings import definition, versions

_KEY = "index.refresh_interval"


@dataclass(frozen=True, slots=True)
class OtherRefresh:
    """An index whose refresh interval is not the declared one, such as `-1` (never) instead of `1s`."""

    index: str
    live: str
    declared: str


def other_refresh(client: Elasticsearch, aliases: Sequence[str]) -> list[OtherRefresh]:
    """The indices behind these aliases that are not refreshed as declared; aliases that do not exist are skipped.

    While an index is never refreshed, readers see no changes. A swap causes that for a moment, and a killed swap
    leaves it so.
    """
    found = client.indices.get_settings(
        index=list(aliases), name=_KEY, flat_settings=True, ignore_unavailable=True, allow_no_indices=True
    ).body
    others: list[OtherRefresh] = []
    for index, held in sorted(found.items()):
        parsed = IndexName.parse(index)
        if parsed is None or parsed.version not in versions(parsed.dataset):
            continue
        live = held["settings"].get(_KEY, "1s")  # the default, for an index that is searched
        declared = definition(parsed.dataset, parsed.version).settings["index"]["refresh_interval"]
        if live != declared:
            others.append(OtherRefresh(index, live, declared))
    return others


def restore_refresh(client: Elasticsearch, other: OtherRefresh) -> None:
    """Refresh an index as declared."""
    client.indices.put_settings(index=other.index, settings={_KEY: other.declared})
