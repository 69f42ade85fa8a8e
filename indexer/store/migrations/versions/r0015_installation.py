"""The store has an id, which the indices that are filled from it name (docs/decisions/0028)."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table, and its one row with a random id."""
    op.execute("""
        CREATE TABLE installation (
            only_one boolean DEFAULT true NOT NULL,
            id uuid DEFAULT gen_random_uuid() NOT NULL,
            CONSTRAINT installation_pkey PRIMARY KEY (only_one),
            CONSTRAINT installation_only_one CHECK (only_one)
        )
    """)
    op.execute("INSERT INTO installation DEFAULT VALUES")
