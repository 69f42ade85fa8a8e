"""Events of records, which of two records with one id wins, and which record of a series is its first."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the table, two columns of records, and an index of their times."""
    bytewise = sa.Text(collation="C")
    op.create_table(
        "events",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("record_id", bytewise, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event_key", bytewise, primary_key=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("records", sa.Column("precedence", bytewise))
    op.add_column("records", sa.Column("follows", sa.Boolean, nullable=False, server_default=sa.false()))
    # No document of the datasets so far depends on it, so the revisions stay.
    op.execute("""
        UPDATE records AS stored SET follows = true
        FROM (
            SELECT dataset, workspace_id, record_id, row_number() OVER (
                PARTITION BY dataset, workspace_id, series ORDER BY created_at, length(record_id), record_id
            ) AS place
            FROM records WHERE series IS NOT NULL AND NOT deleted
        ) AS placed
        WHERE placed.place > 1 AND (stored.dataset, stored.workspace_id, stored.record_id)
            = (placed.dataset, placed.workspace_id, placed.record_id)
    """)
    op.create_index(
        "records_created",
        "records",
        ["dataset", "workspace_id", "created_at", "record_id"],
        postgresql_where=sa.text("NOT deleted"),
    )
