"""The tables; the migrations in `migrations/` build the same, and a test compares the two."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Connection,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    SmallInteger,
    Table,
    Text,
    event,
    false,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

SHARDS = 16
"""The queue's parts: one drain works on a shard at a time. A power of two, see `changes.c.shard`."""

metadata = MetaData()

# The installation that owns the indices filled from this store.
installation = Table(
    "installation",
    metadata,
    Column("only_one", Boolean, primary_key=True, server_default=true()),
    Column("id", UUID, nullable=False, server_default=func.gen_random_uuid()),
    CheckConstraint("only_one", name="installation_only_one"),
)

# Numbers every write, whatever its table: the highest number among a document's inputs is its version.
revision = Sequence("revision", metadata=metadata, data_type=BigInteger)


def _id(name: str, *, primary_key: bool = True) -> Column[str]:
    # Collation C orders by bytes, as Elasticsearch orders keywords: both sides can be walked in step.
    return Column(name, Text(collation="C"), primary_key=primary_key, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


workspaces = Table(
    "workspaces",
    metadata,
    _id("workspace_id"),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("office_hours", JSONB(none_as_null=True)),
    Column("bot_admin_ids", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("revision", BigInteger, nullable=False),
    _moment("updated_at"),
)

# The names of groups in answers of reports; documents are computed without them.
names = Table(
    "names",
    metadata,
    _id("workspace_id"),
    Column("named", Text, primary_key=True),
    _id("id"),
    Column("name", Text, nullable=False),
    CheckConstraint("named IN ('team', 'teammate')", name="names_named"),
)

conversations = Table(
    "conversations",
    metadata,
    _id("workspace_id"),
    _id("conversation_id"),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    _moment("saved_at"),
    # Whether the content has been deleted and only what the numbers need was kept.
    Column("redacted", Boolean, nullable=False, server_default=false()),
    # Null if a release that did not read contacts saved it: then it may belong to any contact.
    Column("contact_ids", ARRAY(Text)),
    # Whether there may be parts that the payload does not have.
    Column("partial", Boolean, nullable=False, server_default=false()),
    Index("conversations_contacts", "contact_ids", postgresql_using="gin"),
    Index("conversations_unknown_contacts", "workspace_id", postgresql_where=text("contact_ids IS NULL")),
    Index("conversations_deleted", "workspace_id", postgresql_where=text("deleted")),
)


@event.listens_for(conversations, "after_create")
def _store_payload(_table: Table, connection: Connection, **_options: object) -> None:
    # lz4 if the server was built with it, otherwise no compression: pglz would halve the speed of an import. A payload
    # that fits stays in its row: reading one in pieces elsewhere costs PostgreSQL twice as much. A payload larger than
    # the target is compressed first, so the target is lower if that is possible.
    connection.exec_driver_sql("""
        DO $$ BEGIN
            ALTER TABLE conversations ALTER COLUMN payload SET COMPRESSION lz4;
            ALTER TABLE conversations SET (toast_tuple_target = 4080);
        EXCEPTION WHEN feature_not_supported THEN
            ALTER TABLE conversations ALTER COLUMN payload SET STORAGE EXTERNAL;
            ALTER TABLE conversations SET (toast_tuple_target = 8160);
        END $$
    """)


# The records of the smaller datasets, each with the id that it has in its own dataset.
records = Table(
    "records",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    _id("workspace_id"),
    _id("record_id"),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    _moment("saved_at"),
    # For records that follow one another: their series, and when the next of the same series begins.
    Column("series", Text(collation="C")),
    Column("ends_at", BigInteger),
    Index(
        "records_series",
        "dataset",
        "workspace_id",
        "series",
        "created_at",
        postgresql_where=text("series IS NOT NULL AND NOT deleted"),
    ),
    Index("records_deleted", "dataset", "workspace_id", postgresql_where=text("deleted")),
)

changes = Table(
    "changes",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    _id("workspace_id"),
    _id("entity_id"),
    Column(
        "shard",
        SmallInteger,
        # Generated, so that no writer can put an entity into two shards.
        Computed(f"(hashtextextended(workspace_id || ':' || entity_id, 0) & {SHARDS - 1})::smallint", persisted=True),
        nullable=False,
    ),
    Column("revision", BigInteger, nullable=False),
    _moment("first_changed_at"),
    _moment("due_at"),
    _moment("lease_until", nullable=True),
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
    _id("workspace_id"),
    _id("entity_id"),
    _moment("cool_at"),
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

# Merged contacts: `into_id` has not been merged itself.
contact_merges = Table(
    "contact_merges",
    metadata,
    _id("workspace_id"),
    _id("from_id"),
    _id("into_id", primary_key=False),
    _moment("merged_at"),
    Index("contact_merges_into", "workspace_id", "into_id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    _id("workspace_id"),
    _id("entity_id"),
    Column("revision", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("payload", LargeBinary),
    Column("attempts", Integer, nullable=False),
    _moment("first_at"),
    _moment("last_at"),
    # Later than `last_at` while the entry is retried.
    _moment("replayed_at", nullable=True),
)

quarantine_purges = Table(
    "quarantine_purges",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    _id("workspace_id"),
    _id("entity_id"),
    Column("purged_at", DateTime(timezone=True), primary_key=True, nullable=False),
    Column("purged_by", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    _moment("first_at"),
    _moment("last_at"),
)

drain_stops = Table(
    "drain_stops",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    _moment("since"),
    Column("reason", Text, nullable=False),
    Column("error", Text, nullable=False),
)

# History indexed again, whatever the queue says: into a new index, or in place.
backfills = Table(
    "backfills",
    metadata,
    Column("backfill_id", BigInteger, Identity(always=True), primary_key=True),
    Column("dataset", Text(collation="C"), nullable=False),
    Column("target", Text, nullable=False),
    Column("workspace_id", Text(collation="C")),
    Column("created_from", BigInteger),
    Column("created_until", BigInteger),
    Column("chosen", Text),
    Column("max_rate", Float),
    # When the next conversation may be read, if there is a rate.
    Column("next_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False),
    Column("conversations", BigInteger, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    _moment("ended_at", nullable=True),
    CheckConstraint("state IN ('running', 'paused', 'done', 'cancelled')", name="backfills_state"),
)

# Stretches of keys, `after_…` exclusive and moving on with the work, `until_…` inclusive; null is open.
backfill_ranges = Table(
    "backfill_ranges",
    metadata,
    Column("backfill_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("after_workspace", Text(collation="C")),
    Column("after_id", Text(collation="C")),
    Column("until_workspace", Text(collation="C")),
    Column("until_id", Text(collation="C")),
    Column("indexed", BigInteger, nullable=False, server_default="0"),
    Column("superseded", BigInteger, nullable=False, server_default="0"),
    Column("skipped", BigInteger, nullable=False, server_default="0"),
    Column("refused", BigInteger, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("lease_id", UUID),
    _moment("lease_until", nullable=True),
    Column("last_error", Text),
    Column("done", Boolean, nullable=False, server_default=false()),
    ForeignKeyConstraint(
        ["backfill_id"], ["backfills.backfill_id"], name="backfill_ranges_backfill", ondelete="CASCADE"
    ),
    Index("backfill_ranges_open", "backfill_id", "due_at", postgresql_where=text("NOT done")),
)

# The indices written beside the dataset's alias, one after the other by `place`; `refused` counts documents that this
# index will never take.
write_targets = Table(
    "write_targets",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("refused", BigInteger, nullable=False, server_default="0"),
    Column("last_error", Text),
    Column("place", SmallInteger, nullable=False, server_default="0"),
)

rebuilds = Table(
    "rebuilds",
    metadata,
    Column("rebuild_id", BigInteger, Identity(always=True), primary_key=True),
    Column("dataset", Text(collation="C"), nullable=False),
    Column("step", Text, nullable=False),
    Column("from_index", Text, nullable=False),
    Column("to_index", Text, nullable=False),
    Column("backfill_id", BigInteger),
    # Leases from before the last change of the write targets, whose writes may miss one.
    Column("awaited_leases", ARRAY(UUID), nullable=False, server_default="{}"),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("stepped_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    _moment("swapped_at", nullable=True),
    _moment("ended_at", nullable=True),
    Column("last_error", Text),
    Index("rebuilds_one_at_a_time", "dataset", unique=True, postgresql_where=text("ended_at IS NULL")),
)

# Files that workers write. `place` and `size` are the progress: the last row that is in the file for good, and its
# end. The token of a link is recognized by its hash.
exports = Table(
    "exports",
    metadata,
    _id("export_id"),
    Column("request", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    Column("place", JSONB(none_as_null=True)),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("has_file", Boolean, nullable=False, server_default=false()),
    Column("lease_id", UUID),
    _moment("lease_until", nullable=True),
    # The time since which it has been tried without a further row in the file.
    _moment("held_up_since", nullable=True),
    Column("token_hashes", ARRAY(LargeBinary), nullable=False),
    Column("error", Text),
    Column("mail_to", Text),
    _moment("mail_due_at", nullable=True),
    _moment("mailed_at", nullable=True),
    Column("mail_attempts", SmallInteger, nullable=False, server_default="0"),
    Column("mail_error", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    _moment("completed_at", nullable=True),
    _moment("expires_at", nullable=True),
    CheckConstraint(
        "state IN ('queued', 'running', 'complete', 'failed', 'cancelled', 'expired')", name="exports_state"
    ),
)

# When each worker and each beat was last seen alive. Here and not in Redis, which may lose everything.
signs = Table(
    "signs",
    metadata,
    Column("role", Text, primary_key=True),
    Column("host", Text, primary_key=True),
    Column("pid", Integer, primary_key=True, autoincrement=False),
    Column("queues", ARRAY(Text), nullable=False, server_default="{}"),
    Column("processes", Integer, nullable=False, server_default="0"),
    _moment("began_at"),
    _moment("seen_at"),
    _moment("ended_at", nullable=True),
    CheckConstraint("role IN ('worker', 'beat')", name="signs_role"),
)
