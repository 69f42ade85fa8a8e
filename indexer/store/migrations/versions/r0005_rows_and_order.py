"""Payloads of the usual size stay in their rows, and what is written beside the alias has an order."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """What is stored stays where it is until it is saved again."""
    op.add_column("write_targets", sa.Column("place", sa.SmallInteger, nullable=False, server_default="0"))
    op.execute("""
        DO $$ BEGIN
            ALTER TABLE conversations ALTER COLUMN payload SET COMPRESSION lz4;
            ALTER TABLE conversations SET (toast_tuple_target = 4080);
        EXCEPTION WHEN feature_not_supported THEN
            ALTER TABLE conversations SET (toast_tuple_target = 8160);
        END $$
    """)
