"""Exports that cannot go on: since when, so that they are tried ever more rarely and fail in the end."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; what is held up now counts as held up from its next attempt on."""
    op.add_column("exports", sa.Column("held_up_since", sa.DateTime(timezone=True)))
