"""Users, their sessions, tokens, and the log of what was changed or exported."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the four tables."""
    bytewise = sa.Text(collation="C")
    moment = sa.DateTime(timezone=True)
    now = sa.func.now()
    op.create_table(
        "users",
        sa.Column("name", bytewise, primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("grants", JSONB, nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("revoked_at", moment),
        sa.Column("signed_in_at", moment),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.LargeBinary, primary_key=True),
        sa.Column("user_name", bytewise, nullable=False),
        sa.Column("began_at", moment, nullable=False, server_default=now),
        sa.Column("seen_at", moment, nullable=False, server_default=now),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name="sessions_user"),
    )
    op.create_index("sessions_of_user", "sessions", ["user_name"])
    op.create_table(
        "tokens",
        sa.Column("name", bytewise, primary_key=True),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("grants", JSONB, nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("expires_at", moment),
        sa.Column("revoked_at", moment),
        sa.Column("used_at", moment),
        sa.Column("retiring_hash", sa.LargeBinary),
        sa.Column("retiring_until", moment),
    )
    op.create_index("tokens_secret", "tokens", ["secret_hash"], unique=True)
    op.create_index("tokens_retiring", "tokens", ["retiring_hash"], unique=True)
    op.create_table(
        "audit",
        sa.Column("entry_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", moment, nullable=False, server_default=now),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("workspace_id", bytewise),
        sa.Column("target", sa.Text),
        sa.Column("client", sa.Text),
        sa.Column("details", JSONB, nullable=False, server_default="{}"),
    )
