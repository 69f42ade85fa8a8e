"""Elasticsearch: versioned mappings, indices behind aliases, and the writing of documents in bulk."""

from indexer.search.bulk import BulkWriter, Exchange, Limits, bulk_write
from indexer.search.client import answers, connect
from indexer.search.indices import (
    Ensured,
    IndexName,
    IndexStatus,
    add_write_alias,
    alias_name,
    create_for_bulk,
    ensure_dataset,
    free_bytes,
    hold_refresh,
    index_behind,
    point_alias,
    restore_settings,
    status,
    unused_name,
    utc_stamp,
    wait_until_healthy,
    write_alias,
)
from indexer.search.mappings import IndexDefinition, datasets, definition, versions
from indexer.search.outcomes import NOT_SENT, Outcome, Settled, is_missing
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
    "add_write_alias",
    "alias_name",
    "answers",
    "bulk_write",
    "connect",
    "create_for_bulk",
    "datasets",
    "definition",
    "ensure_dataset",
    "free_bytes",
    "hold_refresh",
    "index_behind",
    "is_missing",
    "point_alias",
    "restore_settings",
    "status",
    "unused_name",
    "utc_stamp",
    "versions",
    "wait_until_healthy",
    "write_alias",
]
