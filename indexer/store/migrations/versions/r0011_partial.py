"""Conversations of which not all parts may be known."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; whatever was saved before counts as whole, as it did then."""
    op.add_column("conversations", sa.Column("partial", sa.Boolean, nullable=False, server_default=sa.false()))
