"""Backfills with their ranges and checkpoints, rebuilds, and the indices that are written beside the alias."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, UUID

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the four tables."""
    bytewise = sa.Text(collation="C")
    moment = sa.DateTime(timezone=True)

    op.create_table(
        "backfills",
        sa.Column("backfill_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("dataset", bytewise, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("workspace_id", bytewise),
        sa.Column("created_from", sa.BigInteger),
        sa.Column("created_until", sa.BigInteger),
        sa.Column("chosen", sa.Text),
        sa.Column("max_rate", sa.Float),
        sa.Column("next_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("conversations", sa.BigInteger, nullable=False),
        sa.Column("started_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("ended_at", moment),
        sa.CheckConstraint("state IN ('running', 'paused', 'done', 'cancelled')", name="backfills_state"),
    )

    op.create_table(
        "backfill_ranges",
        sa.Column("backfill_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("after_workspace", bytewise),
        sa.Column("after_id", bytewise),
        sa.Column("until_workspace", bytewise),
        sa.Column("until_id", bytewise),
        sa.Column("indexed", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("superseded", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("skipped", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("refused", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("due_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("lease_id", UUID),
        sa.Column("lease_until", moment),
        sa.Column("last_error", sa.Text),
        sa.Column("done", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["backfill_id"], ["backfills.backfill_id"], name="backfill_ranges_backfill", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "backfill_ranges_open", "backfill_ranges", ["backfill_id", "due_at"], postgresql_where=sa.text("NOT done")
    )

    op.create_table(
        "write_targets",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("alias", sa.Text, primary_key=True),
        sa.Column("refused", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text),
    )

    op.create_table(
        "rebuilds",
        sa.Column("rebuild_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("dataset", bytewise, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("from_index", sa.Text, nullable=False),
        sa.Column("to_index", sa.Text, nullable=False),
        sa.Column("backfill_id", sa.BigInteger),
        sa.Column("awaited_leases", ARRAY(UUID), nullable=False, server_default="{}"),
        sa.Column("started_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("stepped_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("swapped_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("last_error", sa.Text),
    )
    op.create_index(
        "rebuilds_one_at_a_time", "rebuilds", ["dataset"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
