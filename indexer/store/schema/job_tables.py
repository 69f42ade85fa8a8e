"""The tables of long work that workers go on with: backfills, rebuilds and exports."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from indexer.store.schema.metadata import id_column, metadata, moment

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
    moment("ended_at", nullable=True),
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
    moment("lease_until", nullable=True),
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
    moment("swapped_at", nullable=True),
    moment("ended_at", nullable=True),
    Column("last_error", Text),
    Index("rebuilds_one_at_a_time", "dataset", unique=True, postgresql_where=text("ended_at IS NULL")),
)

# Files that workers write. `place` and `size` are the progress: the last row that is in the file for good, and its
# end. The token of a link is recognized by its hash.
exports = Table(
    "exports",
    metadata,
    id_column("export_id"),
    Column("request", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    Column("place", JSONB(none_as_null=True)),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("has_file", Boolean, nullable=False, server_default=false()),
    Column("lease_id", UUID),
    moment("lease_until", nullable=True),
    # The time since which it has been tried without a further row in the file.
    moment("held_up_since", nullable=True),
    Column("token_hashes", ARRAY(LargeBinary), nullable=False),
    Column("error", Text),
    Column("mail_to", Text),
    moment("mail_due_at", nullable=True),
    moment("mailed_at", nullable=True),
    Column("mail_attempts", SmallInteger, nullable=False, server_default="0"),
    Column("mail_error", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    moment("completed_at", nullable=True),
    moment("expires_at", nullable=True),
    CheckConstraint(
        "state IN ('queued', 'running', 'complete', 'failed', 'cancelled', 'expired')", name="exports_state"
    ),
)
