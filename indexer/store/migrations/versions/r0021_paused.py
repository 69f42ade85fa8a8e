"""Subscriptions and alerts can be paused."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the moment since which each is paused; none is."""
    for table in ("subscriptions", "alerts"):
        op.add_column(table, sa.Column("paused_at", sa.DateTime(timezone=True)))
