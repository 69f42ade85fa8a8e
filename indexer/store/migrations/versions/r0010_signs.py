"""Signs of life of workers and of the beat."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table."""

    def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
        return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)

    op.create_table(
        "signs",
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("host", sa.Text, primary_key=True),
        sa.Column("pid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("queues", ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("processes", sa.Integer, nullable=False, server_default="0"),
        moment("began_at"),
        moment("seen_at"),
        moment("ended_at", nullable=True),
        sa.CheckConstraint("role IN ('worker', 'beat')", name="signs_role"),
    )
