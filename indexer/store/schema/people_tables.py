"""The tables of people beside their records: attributes, events, ids, companies, segments and erasures."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from indexer.store.schema.metadata import id_column, metadata, moment

# The custom attributes that a workspace has declared, or that came with a person or a company.
attributes = Table(
    "attributes",
    metadata,
    id_column("workspace_id"),
    Column("model", Text(collation="C"), primary_key=True, nullable=False),
    id_column("name"),
    Column("type", Text, nullable=False),
    Column("options", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("qualification", Boolean, nullable=False, server_default=false()),
    Column("inferred", Boolean, nullable=False, server_default=false()),
    Column("archived", Boolean, nullable=False, server_default=false()),
    moment("saved_at"),
    CheckConstraint("model IN ('contact', 'company')", name="attributes_model"),
)

# Single events, by week of `at`: the partition of a week is made when its first event comes. `metadata` is JSON,
# or empty.
person_events = Table(
    "person_events",
    metadata,
    id_column("workspace_id"),
    id_column("person_id"),
    id_column("name"),
    Column("at", BigInteger, primary_key=True, autoincrement=False, nullable=False),
    Column("metadata", Text(collation="C"), nullable=False),
    postgresql_partition_by="RANGE (at)",
)

# The weeks of `at` of which a workspace has had events, and since when their single events are gone.
person_event_weeks = Table(
    "person_event_weeks",
    metadata,
    id_column("workspace_id"),
    Column("week", Integer, primary_key=True, autoincrement=False, nullable=False),
    moment("saved_at"),
    moment("closed_at", nullable=True),
    Index("person_event_weeks_open", "week", postgresql_where=text("closed_at IS NULL")),
)

# All events of one name of one person, those too whose rows are gone. `metadata` is that of the last event.
person_event_summaries = Table(
    "person_event_summaries",
    metadata,
    id_column("workspace_id"),
    id_column("person_id"),
    id_column("name"),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("metadata", Text(collation="C"), nullable=False),
)

# Events whose person has not come, by what they say of the person: `id`, `external_id` or `email`.
waiting_person_events = Table(
    "waiting_person_events",
    metadata,
    id_column("workspace_id"),
    Column("kind", Text(collation="C"), primary_key=True, nullable=False),
    id_column("value"),
    id_column("name"),
    Column("at", BigInteger, primary_key=True, autoincrement=False, nullable=False),
    Column("metadata", Text(collation="C"), nullable=False),
    moment("saved_at"),
    CheckConstraint("kind IN ('id', 'external_id', 'email')", name="waiting_person_events_kind"),
)

# The external id and the e-mail address (in lower case) of stored people. Several people can have one address.
person_keys = Table(
    "person_keys",
    metadata,
    id_column("workspace_id"),
    Column("kind", Text(collation="C"), primary_key=True, nullable=False),
    id_column("value"),
    id_column("person_id"),
    CheckConstraint("kind IN ('external_id', 'email')", name="person_keys_kind"),
    Index("person_keys_people", "workspace_id", "person_id"),
)

person_companies = Table(
    "person_companies",
    metadata,
    id_column("workspace_id"),
    id_column("person_id"),
    id_column("company_id"),
    Index("person_companies_companies", "workspace_id", "company_id"),
)

# Filters that were saved under a name.
segments = Table(
    "segments",
    metadata,
    id_column("workspace_id"),
    id_column("segment_id"),
    Column("name", Text, nullable=False),
    Column("filter_text", Text, nullable=False),
    Column("filter_json", JSONB, nullable=False),
    Column("person_type", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("segments_name", "workspace_id", "name", unique=True),
)

# People who met a filter at one moment.
audiences = Table(
    "audiences",
    metadata,
    id_column("workspace_id"),
    id_column("audience_id"),
    Column("name", Text, nullable=False),
    Column("filter_text", Text, nullable=False),
    moment("frozen_at"),
    Index("audiences_name", "workspace_id", "name", unique=True),
)

audience_members = Table(
    "audience_members",
    metadata,
    id_column("workspace_id"),
    id_column("audience_id"),
    id_column("person_id"),
    Index("audience_members_people", "workspace_id", "person_id"),
)

# The ledger of erasures: what was removed, and nothing by which the person could be known again.
erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", BigInteger, Identity(always=True), primary_key=True),
    Column("workspace_id", Text(collation="C"), nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    moment("completed_at", nullable=True),
)

# Keyed hashes of the ids and addresses under which an erased person may come again.
erased_keys = Table(
    "erased_keys",
    metadata,
    id_column("workspace_id"),
    Column("kind", Text(collation="C"), primary_key=True, nullable=False),
    Column("hash", LargeBinary, primary_key=True, nullable=False),
    CheckConstraint("kind IN ('id', 'external_id', 'email')", name="erased_keys_kind"),
)
