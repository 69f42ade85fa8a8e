"""The tables of what documents are computed from."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Index,
    LargeBinary,
    Table,
    Text,
    event,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from indexer.store.schema.metadata import id_column, metadata, moment

workspaces = Table(
    "workspaces",
    metadata,
    id_column("workspace_id"),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("office_hours", JSONB(none_as_null=True)),
    Column("bot_admin_ids", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("revision", BigInteger, nullable=False),
    moment("updated_at"),
)

# The names of groups in answers of reports; documents are computed without them.
names = Table(
    "names",
    metadata,
    id_column("workspace_id"),
    Column("named", Text, primary_key=True),
    id_column("id"),
    Column("name", Text, nullable=False),
    CheckConstraint("named IN ('team', 'teammate')", name="names_named"),
)

conversations = Table(
    "conversations",
    metadata,
    id_column("workspace_id"),
    id_column("conversation_id"),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    moment("saved_at"),
    # Whether the content was deleted and only the values that numbers need were kept.
    Column("redacted", Boolean, nullable=False, server_default=false()),
    # Null if a release that did not read contacts saved it: then it may belong to any contact.
    Column("contact_ids", ARRAY(Text)),
    # Whether there may be parts that the payload does not have.
    Column("partial", Boolean, nullable=False, server_default=false()),
    Index("conversations_contacts", "contact_ids", postgresql_using="gin"),
    Index("conversations_unknown_contacts", "workspace_id", postgresql_where=text("contact_ids IS NULL")),
    Index("conversations_deleted", "workspace_id", postgresql_where=text("deleted")),
)


@event.listens_for(conversations, "after_create")
def _store_payload(_table: Table, connection: Connection, **_options: object) -> None:
    # lz4 if the server was built with it, otherwise no compression: pglz would halve the speed of an import. A payload
    # that fits stays in its row: reading one in pieces elsewhere costs PostgreSQL twice as much. A payload larger than
    # the target is compressed first, so the target is lower if that is possible.
    connection.exec_driver_sql("""
        DO $$ BEGIN
            ALTER TABLE conversations ALTER COLUMN payload SET COMPRESSION lz4;
            ALTER TABLE conversations SET (toast_tuple_target = 4080);
        EXCEPTION WHEN feature_not_supported THEN
            ALTER TABLE conversations ALTER COLUMN payload SET STORAGE EXTERNAL;
            ALTER TABLE conversations SET (toast_tuple_target = 8160);
        END $$
    """)


# The records of the smaller datasets, each with the id that it has in its own dataset.
records = Table(
    "records",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    id_column("workspace_id"),
    id_column("record_id"),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    moment("saved_at"),
    # For records that follow one another: their series, and when the next of the same series begins.
    Column("series", Text(collation="C")),
    Column("ends_at", BigInteger),
    # Whether another record of the same series comes before this one.
    Column("follows", Boolean, nullable=False, server_default=false()),
    # Which of two records with one id wins: the one with the greater text, if there is one.
    Column("precedence", Text(collation="C")),
    Index(
        "records_series",
        "dataset",
        "workspace_id",
        "series",
        "created_at",
        postgresql_where=text("series IS NOT NULL AND NOT deleted"),
    ),
    Index("records_deleted", "dataset", "workspace_id", postgresql_where=text("deleted")),
    Index(
        "records_created",
        "dataset",
        "workspace_id",
        "created_at",
        "record_id",
        postgresql_where=text("NOT deleted"),
    ),
)

# What happened to records; a record's document is computed from both. The key has the order in which they are read: to
# sort them would cost more than to find them.
events = Table(
    "events",
    metadata,
    Column("dataset", Text(collation="C"), primary_key=True, nullable=False),
    id_column("workspace_id"),
    id_column("record_id"),
    Column("at", BigInteger, primary_key=True, autoincrement=False, nullable=False),
    id_column("event_key"),
    Column("payload", LargeBinary, nullable=False),
    moment("saved_at"),
)

# Merged contacts, who are people too: `into_id` has not been merged itself. `reason` says how the merge became known.
contact_merges = Table(
    "contact_merges",
    metadata,
    id_column("workspace_id"),
    id_column("from_id"),
    id_column("into_id", primary_key=False),
    moment("merged_at"),
    Column("reason", Text, nullable=False, server_default=""),
    Index("contact_merges_into", "workspace_id", "into_id"),
)
