"""What the ids of teams and teammates are called."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    bytewise = sa.Text(collation="C")
    op.create_table(
        "names",
        sa.Column("workspace_id", bytewise, primary_key=True),
        sa.Column("named", sa.Text, primary_key=True),
        sa.Column("id", bytewise, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.CheckConstraint("named IN ('team', 'teammate')", name="names_named"),
    )
