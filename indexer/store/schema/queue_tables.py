"""The tables of what must be indexed: changes, what became of them, the quarantine and stops of the drain."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from indexer.store.schema.metadata import id_column, metadata, moment

SHARDS = 16
"""The queue's parts: one drain works on a shard at a time. A power of two, see `changes.c.shard`."""

changes = Table(
    "changes",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    id_column("workspace_id"),
    id_column("entity_id"),
    Column(
        "shard",
        SmallInteger,
        # Generated, so that no writer can put an entity into two shards.
        Computed(f"(hashtextextended(workspace_id || ':' || entity_id, 0) & {SHARDS - 1})::smallint", persisted=True),
        nullable=False,
    ),
    Column("revision", BigInteger, nullable=False),
    moment("first_changed_at"),
    moment("due_at"),
    moment("lease_until", nullable=True),
    Column("lease_id", UUID),
    Column("leased_revision", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retries", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    # How many writes the row stands for, and how many of them a lease has seen.
    Column("writes", Integer, nullable=False, server_default="1"),
    Column("leased_writes", Integer),
    CheckConstraint(
        "num_nulls(lease_until, lease_id, leased_revision, leased_writes) IN (0, 4)", name="changes_lease_whole"
    ),
    # Partial indexes, because a row is in one of two queues: it waits to be due, or for its lease to end. Due changes
    # are searched over all workspaces, and in each of them, so that no workspace has to wait for another.
    Index("changes_due", "dataset", "shard", "due_at", postgresql_where=text("lease_id IS NULL")),
    Index(
        "changes_due_by_workspace",
        "dataset",
        "shard",
        "workspace_id",
        "due_at",
        postgresql_where=text("lease_id IS NULL"),
    ),
    Index("changes_leased", "dataset", "shard", "lease_until", postgresql_where=text("lease_id IS NOT NULL")),
    # Every row here is updated and deleted soon: with the defaults, dead rows would outnumber the live ones.
    postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 5000},
)

# Until when an entity that was indexed a moment ago is not indexed again. Unlogged: lost, it costs a few writes.
recently_indexed = Table(
    "recently_indexed",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    id_column("workspace_id"),
    id_column("entity_id"),
    moment("cool_at"),
    prefixes=["UNLOGGED"],
    postgresql_with={"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 5000},
)

# The outcomes of all writes, ever. Updated by the statements that end them, so that kills do not make it wrong.
tallies = Table(
    "tallies",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    Column("shard", SmallInteger, primary_key=True, nullable=False, autoincrement=False),
    Column("outcome", Text, primary_key=True, nullable=False),
    Column("changes", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 50},
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    id_column("workspace_id"),
    id_column("entity_id"),
    Column("revision", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("payload", LargeBinary),
    Column("attempts", Integer, nullable=False),
    moment("first_at"),
    moment("last_at"),
    # Later than `last_at` while the entry is retried.
    moment("replayed_at", nullable=True),
)

quarantine_purges = Table(
    "quarantine_purges",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    id_column("workspace_id"),
    id_column("entity_id"),
    Column("purged_at", DateTime(timezone=True), primary_key=True, nullable=False),
    Column("purged_by", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    moment("first_at"),
    moment("last_at"),
)

drain_stops = Table(
    "drain_stops",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    moment("since"),
    Column("reason", Text, nullable=False),
    Column("error", Text, nullable=False),
)
