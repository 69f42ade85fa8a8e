"""What is deleted can be counted without reading what is not."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add two indexes, which have nothing but deleted rows."""
    op.create_index("conversations_deleted", "conversations", ["workspace_id"], postgresql_where=sa.text("deleted"))
    op.create_index("records_deleted", "records", ["dataset", "workspace_id"], postgresql_where=sa.text("deleted"))
