"""The tables of saved views, of their subscriptions, and of alerts."""

from sqlalchemy import Column, DateTime, Double, ForeignKeyConstraint, Integer, SmallInteger, Table, Text, Time, func
from sqlalchemy.dialects.postgresql import JSONB

from indexer.store.schema.metadata import id_column, metadata, moment

# `address` is a page or a report of the dashboard with its parameters, without the workspace.
views = Table(
    "views",
    metadata,
    id_column("workspace_id"),
    id_column("name"),
    Column("address", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

# `on_day` is a weekday from 0 (Monday), or a day of the month. Times that were due up to `handled_until` need nothing
# any more. `failure_told_for` is the last due time of which a mail has said that its report cannot be made.
subscriptions = Table(
    "subscriptions",
    metadata,
    id_column("workspace_id"),
    id_column("name"),
    id_column("view_name", primary_key=False),
    Column("mail_to", Text, nullable=False),
    Column("every", Text, nullable=False),
    Column("on_day", SmallInteger, nullable=False),
    Column("at_time", Time, nullable=False),
    Column("time_zone", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    moment("handled_until"),
    moment("leased_until", nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("sent_at", nullable=True),
    moment("failure_told_for", nullable=True),
    Column("error", Text),
    moment("paused_at", nullable=True),
    ForeignKeyConstraint(
        ["workspace_id", "view_name"], ["views.workspace_id", "views.name"], name="subscriptions_view"
    ),
)

# `found` is the state at the last look: crossed, not_crossed or no_data. `told` is what the last mail has said.
alerts = Table(
    "alerts",
    metadata,
    id_column("workspace_id"),
    id_column("name"),
    Column("report", Text, nullable=False),
    Column("question", JSONB, nullable=False),
    Column("direction", Text, nullable=False),
    Column("threshold", Double, nullable=False),
    Column("mail_to", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    moment("leased_until", nullable=True),
    Column("told", Text, nullable=False, server_default="not_crossed"),
    Column("found", Text),
    Column("value", Double),
    moment("checked_at", nullable=True),
    moment("crossed_mail_at", nullable=True),
    moment("not_crossed_mail_at", nullable=True),
    Column("error", Text),
    moment("paused_at", nullable=True),
)
