"""Records: one table for what the smaller datasets are made of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table."""
    bytewise = sa.Text(collation="C")
    op.create_table(
        "records",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("record_id", bytewise, primary_key=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("series", bytewise),
        sa.Column("ends_at", sa.BigInteger),
    )
    op.create_index(
        "records_series",
        "records",
        ["dataset", "workspace_id", "series", "created_at"],
        postgresql_where=sa.text("series IS NOT NULL AND NOT deleted"),
    )
