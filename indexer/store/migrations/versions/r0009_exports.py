"""Exports that workers write."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table."""

    def moment(name: str) -> sa.Column[object]:
        return sa.Column(name, sa.DateTime(timezone=True))

    op.create_table(
        "exports",
        sa.Column("export_id", sa.Text(collation="C"), primary_key=True),
        sa.Column("request", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="queued"),
        sa.Column("rows", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger),
        sa.Column("place", JSONB(none_as_null=True)),
        sa.Column("size", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("has_file", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("lease_id", UUID),
        moment("lease_until"),
        sa.Column("token_hashes", ARRAY(sa.LargeBinary), nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("mail_to", sa.Text),
        moment("mail_due_at"),
        moment("mailed_at"),
        sa.Column("mail_attempts", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("mail_error", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        moment("completed_at"),
        moment("expires_at"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'complete', 'failed', 'cancelled', 'expired')", name="exports_state"
        ),
    )
