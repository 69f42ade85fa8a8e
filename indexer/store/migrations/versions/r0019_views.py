"""Saved views of the dashboard, their subscriptions, and alerts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the three tables."""
    bytewise = sa.Text(collation="C")
    moment = sa.DateTime(timezone=True)
    now = sa.func.now()

    def key() -> list[sa.Column[str]]:
        return [
            sa.Column("workspace_id", bytewise, primary_key=True),
            sa.Column("name", bytewise, primary_key=True),
        ]

    op.create_table(
        "views",
        *key(),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
    )
    op.create_table(
        "subscriptions",
        *key(),
        sa.Column("view_name", bytewise, nullable=False),
        sa.Column("mail_to", sa.Text, nullable=False),
        sa.Column("every", sa.Text, nullable=False),
        sa.Column("on_day", sa.SmallInteger, nullable=False),
        sa.Column("at_time", sa.Time, nullable=False),
        sa.Column("time_zone", sa.Text),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("handled_until", moment, nullable=False),
        sa.Column("leased_until", moment),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sent_at", moment),
        sa.Column("failure_told_for", moment),
        sa.Column("error", sa.Text),
        sa.ForeignKeyConstraint(
            ["workspace_id", "view_name"], ["views.workspace_id", "views.name"], name="subscriptions_view"
        ),
    )
    op.create_table(
        "alerts",
        *key(),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("question", JSONB, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("threshold", sa.Double, nullable=False),
        sa.Column("mail_to", sa.Text, nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("leased_until", moment),
        sa.Column("told", sa.Text, nullable=False, server_default="not_crossed"),
        sa.Column("found", sa.Text),
        sa.Column("value", sa.Double),
        sa.Column("checked_at", moment),
        sa.Column("crossed_mail_at", moment),
        sa.Column("not_crossed_mail_at", moment),
        sa.Column("error", sa.Text),
    )
