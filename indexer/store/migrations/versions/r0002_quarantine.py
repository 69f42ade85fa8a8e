"""When an entry of the quarantine was replayed, what was purged from it, and stops of the drain."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column and the two tables."""
    bytewise = sa.Text(collation="C")
    moment = sa.DateTime(timezone=True)

    op.add_column("quarantine", sa.Column("replayed_at", moment))

    op.create_table(
        "quarantine_purges",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("entity_id", bytewise, primary_key=True),
        sa.Column("purged_at", moment, primary_key=True),
        sa.Column("purged_by", sa.Text, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
    )

    op.create_table(
        "drain_stops",
        sa.Column("dataset", bytewise, primary_key=True),
        sa.Column("since", moment, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )
