"""People beside their records: attributes, events, ids, companies, segments and erasures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0017"
down_revision = "0016"


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(collation="C"), primary_key=True) for name in names]


def _moment(name: str, **options: object) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)  # type: ignore[arg-type]


def upgrade() -> None:
    """Create the tables, and add two columns."""
    bytewise = sa.Text(collation="C")
    now = sa.func.now()
    op.create_table(
        "attributes",
        *_key("workspace_id", "model", "name"),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("options", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("qualification", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("inferred", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
        _moment("saved_at", nullable=False),
        sa.CheckConstraint("model IN ('contact', 'company')", name="attributes_model"),
    )
    op.create_table(
        "person_events",
        *_key("workspace_id", "person_id", "name"),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("metadata", bytewise, nullable=False),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "person_event_weeks",
        *_key("workspace_id"),
        sa.Column("week", sa.Integer, primary_key=True, autoincrement=False),
        _moment("saved_at", nullable=False),
        _moment("closed_at"),
    )
    op.create_index(
        "person_event_weeks_open", "person_event_weeks", ["week"], postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_table(
        "person_event_summaries",
        *_key("workspace_id", "person_id", "name"),
        sa.Column("first_at", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("metadata", bytewise, nullable=False),
    )
    op.create_table(
        "awaited_person_events",
        *_key("workspace_id", "kind", "value", "name"),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("metadata", bytewise, nullable=False),
        _moment("saved_at", nullable=False),
        sa.CheckConstraint("kind IN ('id', 'external_id', 'email')", name="awaited_person_events_kind"),
    )
    op.create_table(
        "person_keys",
        *_key("workspace_id", "kind", "value", "person_id"),
        sa.CheckConstraint("kind IN ('external_id', 'email')", name="person_keys_kind"),
    )
    op.create_index("person_keys_people", "person_keys", ["workspace_id", "person_id"])
    op.create_table("person_companies", *_key("workspace_id", "person_id", "company_id"))
    op.create_index("person_companies_companies", "person_companies", ["workspace_id", "company_id"])
    op.create_table(
        "segments",
        *_key("workspace_id", "segment_id"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filter_text", sa.Text, nullable=False),
        sa.Column("filter_json", JSONB, nullable=False),
        sa.Column("person_type", sa.Text, nullable=False),
        _moment("created_at", nullable=False, server_default=now),
    )
    op.create_index("segments_name", "segments", ["workspace_id", "name"], unique=True)
    op.create_table(
        "audiences",
        *_key("workspace_id", "audience_id"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filter_text", sa.Text, nullable=False),
        _moment("frozen_at", nullable=False),
    )
    op.create_index("audiences_name", "audiences", ["workspace_id", "name"], unique=True)
    op.create_table("audience_members", *_key("workspace_id", "audience_id", "person_id"))
    op.create_index("audience_members_people", "audience_members", ["workspace_id", "person_id"])
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("workspace_id", bytewise, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        _moment("requested_at", nullable=False, server_default=now),
        _moment("completed_at"),
    )
    op.create_table(
        "erased_keys",
        *_key("workspace_id", "kind"),
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.CheckConstraint("kind IN ('id', 'external_id', 'email')", name="erased_keys_kind"),
    )
    op.add_column("contact_merges", sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.add_column(
        "installation",
        sa.Column(
            "erasure_key",
            sa.LargeBinary,
            nullable=False,
            server_default=sa.text("sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea)"),
        ),
    )
