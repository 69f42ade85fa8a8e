"""Elasticsearch: versioned mappings, indices behind aliases, and the writing of documents in bulk."""

from indexer.search.aliases import delete_unread, give_up, index_behind, point_alias
from indexer.search.bulk import BulkWriter, Exchange, Limits, bulk_write
from indexer.search.client import answers, connect
from indexer.search.index_listing import IndexStatus, status
from indexer.search.index_names import IndexName, alias_name, utc_stamp, write_alias
from indexer.search.index_spread import ONE_SHARD, Spread
from indexer.search.indices import (
    Ensured,
    add_write_alias,
    create_for_bulk,
    ensure_dataset,
    free_bytes,
    hold_refresh,
    restore_settings,
    unused_name,
    wait_until_healthy,
)
from indexer.search.mappings import IndexDefinition, datasets, definition, versions
from indexer.search.outcomes import NOT_SENT, TOO_LATE, Outcome, Settled, is_missing
from indexer.search.owner import OtherInstallation, Owner
from indexer.search.removal import remove_documents
from indexer.search.writes import Write

__all__ = [
    "NOT_SENT",
    "ONE_SHARD",
    "TOO_LATE",
    "BulkWriter",
    "Ensured",
    "Exchange",
    "IndexDefinition",
    "IndexName",
    "IndexStatus",
    "Limits",
    "OtherInstallation",
    "Outcome",
    "Owner",
    "Settled",
    "Spread",
    "Write",
    "add_write_alias",
    "alias_name",
    "answers",
    "bulk_write",
    "connect",
    "create_for_bulk",
    "datasets",
    "definition",
    "delete_unread",
    "ensure_dataset",
    "free_bytes",
    "give_up",
    "hold_refresh",
    "index_behind",
    "is_missing",
    "point_alias",
    "remove_documents",
    "restore_settings",
    "status",
    "unused_name",
    "utc_stamp",
    "versions",
    "wait_until_healthy",
    "write_alias",
]
