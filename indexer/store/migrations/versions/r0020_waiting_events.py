"""The table of events that wait for their people is called by the word for them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

# Versions of PostgreSQL differ in which columns have a constraint with a name.
_CONSTRAINTS = "SELECT conname FROM pg_constraint WHERE conrelid = 'waiting_person_events'::regclass ORDER BY 1"


def upgrade() -> None:
    """Rename the table and its constraints."""
    op.rename_table("awaited_person_events", "waiting_person_events")
    for name in op.get_bind().execute(sa.text(_CONSTRAINTS)).scalars().all():
        new = name.replace("awaited", "waiting")
        op.execute(f"ALTER TABLE waiting_person_events RENAME CONSTRAINT {name} TO {new}")
