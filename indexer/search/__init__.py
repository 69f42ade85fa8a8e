"""Elasticsearch: versioned mappings, indices behind aliases, and the writing of documents in bulk."""

from indexer.search.bulk import BulkWriter, Exchange, Limits, bulk_write
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
from indexer.search.outcomes import NOT_SENT, Outcome, Settled
from indexer.search.writes import Write

__all__ = [
    "NOT_SENT",
    "BulkWriter",
    "Ensured",
    "Exchange",
    "IndexDefinition",
    "IndexName",
    "IndexStatus",
    "Limits",
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
