"""The document of a stored entity as it is computed now, beside the one that the index has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer import search
from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.differences.fields import PROVENANCE, differing_fields
from indexer.errors import OperatorError
from indexer.search.key_scan import IndexedDocument, read_documents

Reading = Callable[[Elasticsearch, str], IndexedDocument | None]
Searching = Callable[[Reading], IndexedDocument | None]
"""Calls a function with a client and the prefix of the indices; raises `OperatorError` if Elasticsearch is away."""


def searching_by(here: Connections) -> Searching:
    """Searching through these connections."""
    return lambda read: read(here.search, here.settings.index_prefix)


@dataclass(frozen=True, slots=True)
class ComputedDocument:
    """A document by its `_id`, computed from what the store has."""

    dataset: Dataset
    id: str
    content: Mapping[str, Any]

    def notice(self, searching: Searching) -> str | None:
        """A sentence that says how the document in the index differs, or why it cannot be read; None if it is equal."""

        def read(client: Elasticsearch, prefix: str) -> IndexedDocument | None:
            alias = search.alias_name(prefix, self.dataset.name)
            return read_documents(client, alias, [self.id], content=True).get(self.id)

        try:
            indexed = searching(read)
        except OperatorError as error:
            return f"The index cannot be compared: {error}."
        if indexed is None:
            return f"The index has no document of this {self.dataset.entity.one}."
        return _otherwise(indexed.content or {}, self.content)


def _otherwise(indexed: Mapping[str, Any], computed: Mapping[str, Any]) -> str | None:
    said = [
        f"{what} {indexed.get(name)}, now {computed.get(name)}"
        for name, what in (
            ("revision", "revision"),
            ("office_hours_id", "office hours"),
            ("metrics_version", "metrics version"),
        )
        if indexed.get(name) != computed.get(name)
    ]
    fields = [name for name in differing_fields(computed, indexed) if name not in PROVENANCE]
    if fields:
        said.append(f"other values in {len(fields)} fields ({', '.join(fields[:3])}{', …' if len(fields) > 3 else ''})")
    return f"The document in the index differs from the one computed now: {'; '.join(said)}." if said else None
