"""Payloads of the usual size stay in their rows, where reading history finds them without another look-up."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Set it for what is saved from now on; what is stored stays where it is until it is saved again."""
    op.execute("""
        DO $$ BEGIN
            ALTER TABLE conversations ALTER COLUMN payload SET COMPRESSION lz4;
            ALTER TABLE conversations SET (toast_tuple_target = 4080);
        EXCEPTION WHEN feature_not_supported THEN
            ALTER TABLE conversations SET (toast_tuple_target = 8160);
        END $$
    """)
