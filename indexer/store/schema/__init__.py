"""The tables; the migrations in `store/migrations` build the same, and a test compares the two."""

from indexer.store.schema.access_tables import audit, sessions, tokens, users
from indexer.store.schema.entity_tables import conversations, events, names, records, workspaces
from indexer.store.schema.job_tables import backfills, exports, rebuilds
from indexer.store.schema.metadata import metadata, revision
from indexer.store.schema.people_tables import attributes, audience_members, audiences, segments
from indexer.store.schema.process_tables import installation, signs
from indexer.store.schema.queue_tables import SHARDS, changes, quarantine
from indexer.store.schema.view_tables import alerts, subscriptions, views

__all__ = [
    "SHARDS",
    "alerts",
    "attributes",
    "audience_members",
    "audiences",
    "audit",
    "backfills",
    "changes",
    "conversations",
    "events",
    "exports",
    "installation",
    "metadata",
    "names",
    "quarantine",
    "rebuilds",
    "records",
    "revision",
    "segments",
    "sessions",
    "signs",
    "subscriptions",
    "tokens",
    "users",
    "views",
    "workspaces",
]
