"""Elasticsearch: versioned mappings, indices behind aliases, and the writing of documents in bulk."""

from indexer.search.bulk import Outcome, Settled, Write, bulk_write
from indexer.search.client import answers, connect
from indexer.search.indices import (
    Ensured,
    IndexName,
    IndexStatus,
    alias_name,
    create_index,
    ensure_dataset,
    index_behind,
    point_alias,
    status,
    utc_stamp,
)
from indexer.search.mappings import IndexDefinition, datasets, definition, versions

__all__ = [
    "Ensured",
    "IndexDefinition",
    "IndexName",
    "IndexStatus",
    "Outcome",
    "Settled",
    "Write",
    "alias_name",
    "answers",
    "bulk_write",
    "connect",
    "create_index",
    "datasets",
    "definition",
    "ensure_dataset",
    "index_behind",
    "point_alias",
    "status",
    "utc_stamp",
    "versions",
]
