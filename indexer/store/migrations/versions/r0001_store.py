"""Workspaces, conversations, changes and quarantine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Build the first schema."""
    bytewise = sa.Text(collation="C")
    moment = sa.DateTime(timezone=True)

    op.execute("CREATE SEQUENCE revision AS bigint")

    op.create_table(
        "workspaces",
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("time_zone", sa.Text, nullable=False, server_default="UTC"),
        sa.Column("office_hours", postgresql.JSONB),
        sa.Column("bot_admin_ids", postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
    )

    op.create_table(
        "conversations",
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("conversation_id", bytewise, primary_key=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("saved_at", moment, nullable=False),
    )
    op.execute("""
        DO $$ BEGIN
            ALTER TABLE conversations ALTER COLUMN payload SET COMPRESSION lz4;
        EXCEPTION WHEN feature_not_supported THEN
            ALTER TABLE conversations ALTER COLUMN payload SET STORAGE EXTERNAL;
        END $$
    """)

    op.create_table(
        "changes",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("entity_id", bytewise, primary_key=True),
        sa.Column(
            "shard",
            sa.SmallInteger,
            sa.Computed("(hashtextextended(workspace_id || ':' || entity_id, 0) & 15)::smallint", persisted=True),
            nullable=False,
        ),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("first_changed_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("lease_until", moment),
        sa.Column("lease_id", postgresql.UUID),
        sa.Column("leased_revision", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text),
        sa.CheckConstraint("num_nulls(lease_until, lease_id, leased_revision) IN (0, 3)", name="changes_lease_whole"),
        postgresql_with={
            "fillfactor": 70,
            "autovacuum_vacuum_scale_factor": 0,
            "autovacuum_vacuum_threshold": 5000,
        },
    )
    op.create_index(
        "changes_due",
        "changes",
        ["dataset", "shard", "due_at"],
        postgresql_where=sa.text("lease_id IS NULL"),
    )
    op.create_index(
        "changes_leased",
        "changes",
        ["dataset", "shard", "lease_until"],
        postgresql_where=sa.text("lease_id IS NOT NULL"),
    )

    op.create_table(
        "quarantine",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("entity_id", bytewise, primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
    )
