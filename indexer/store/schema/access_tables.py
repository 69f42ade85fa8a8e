"""The tables of access: users, their sessions, tokens, and the log of what was changed or exported."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from indexer.store.schema.metadata import id_column, metadata, moment

# `grants` has a list of workspaces, or null for all of them, by scope.
users = Table(
    "users",
    metadata,
    id_column("name"),
    Column("password_hash", Text, nullable=False),
    Column("grants", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    moment("revoked_at", nullable=True),
    moment("signed_in_at", nullable=True),
)

# A session is recognized by the hash of the secret in its cookie.
sessions = Table(
    "sessions",
    metadata,
    Column("session_hash", LargeBinary, primary_key=True),
    id_column("user_name", primary_key=False),
    Column("began_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    ForeignKeyConstraint(["user_name"], ["users.name"], name="sessions_user"),
    Index("sessions_of_user", "user_name"),
)

# `retiring_hash` is the hash of the secret before the present one, which is valid until `retiring_until`.
tokens = Table(
    "tokens",
    metadata,
    id_column("name"),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("hint", Text, nullable=False),
    Column("grants", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    moment("used_at", nullable=True),
    Column("retiring_hash", LargeBinary),
    moment("retiring_until", nullable=True),
    Index("tokens_secret", "secret_hash", unique=True),
    Index("tokens_retiring", "retiring_hash", unique=True),
)

audit = Table(
    "audit",
    metadata,
    Column("entry_id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("workspace_id", Text(collation="C")),
    Column("target", Text),
    Column("client", Text),
    Column("details", JSONB, nullable=False, server_default="{}"),
)
