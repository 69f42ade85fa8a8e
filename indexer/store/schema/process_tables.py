"""The tables of this installation and of its processes."""

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, LargeBinary, Table, Text, func, text, true
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from indexer.store.schema.metadata import metadata, moment

# The installation that owns the indices filled from this store. `erasure_key` is the key of the hashes by which erased
# people are recognized.
installation = Table(
    "installation",
    metadata,
    Column("only_one", Boolean, primary_key=True, server_default=true()),
    Column("id", UUID, nullable=False, server_default=func.gen_random_uuid()),
    Column(
        "erasure_key",
        LargeBinary,
        nullable=False,
        server_default=text("sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea)"),
    ),
    CheckConstraint("only_one", name="installation_only_one"),
)

# When each worker and each beat was last seen alive. Here and not in Redis, which may lose everything.
signs = Table(
    "signs",
    metadata,
    Column("role", Text, primary_key=True),
    Column("host", Text, primary_key=True),
    Column("pid", Integer, primary_key=True, autoincrement=False),
    Column("queues", ARRAY(Text), nullable=False, server_default="{}"),
    Column("processes", Integer, nullable=False, server_default="0"),
    moment("began_at"),
    moment("seen_at"),
    moment("ended_at", nullable=True),
    CheckConstraint("role IN ('worker', 'beat')", name="signs_role"),
)
