"""Fair leasing, the pace of hot entities, the account of all writes, deleted content, and merged contacts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns, indexes and three tables; what contacts stored conversations have is not known yet (null)."""
    bytewise = sa.Text(collation="C")
    moment = sa.DateTime(timezone=True)

    op.add_column("changes", sa.Column("writes", sa.Integer, nullable=False, server_default="1"))
    op.add_column("changes", sa.Column("leased_writes", sa.Integer))
    op.execute("UPDATE changes SET leased_writes = 1 WHERE lease_id IS NOT NULL")
    op.drop_constraint("changes_lease_whole", "changes")
    op.create_check_constraint(
        "changes_lease_whole", "changes", "num_nulls(lease_until, lease_id, leased_revision, leased_writes) IN (0, 4)"
    )
    op.create_index(
        "changes_due_by_workspace",
        "changes",
        ["dataset", "shard", "workspace_id", "due_at"],
        postgresql_where=sa.text("lease_id IS NULL"),
    )

    op.create_table(
        "recently_indexed",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("entity_id", bytewise, primary_key=True),
        sa.Column("cool_at", moment, nullable=False),
        prefixes=["UNLOGGED"],
        postgresql_with={"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 5000},
    )

    op.create_table(
        "tallies",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("shard", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("outcome", sa.Text, primary_key=True),
        sa.Column("changes", sa.BigInteger, nullable=False),
        postgresql_with={"fillfactor": 50},
    )

    op.add_column("conversations", sa.Column("redacted", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("conversations", sa.Column("contact_ids", ARRAY(sa.Text)))
    op.create_index("conversations_contacts", "conversations", ["contact_ids"], postgresql_using="gin")
    op.create_index(
        "conversations_unknown_contacts",
        "conversations",
        ["workspace_id"],
        postgresql_where=sa.text("contact_ids IS NULL"),
    )

    op.create_table(
        "contact_merges",
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("from_id", bytewise, primary_key=True),
        sa.Column("into_id", bytewise, nullable=False),
        sa.Column("merged_at", moment, nullable=False),
    )
    op.create_index("contact_merges_into", "contact_merges", ["workspace_id", "into_id"])
