"""What claims to have changed in the future no longer keeps everything that comes later out."""

from alembic import op

revision = "0014"
down_revision = "0013"

_TOLERANCE = 86_400


def upgrade() -> None:
    """Put another time where a row's is more than a day later than the row itself.

    What was deleted, or its content, was deleted when the row was saved. Anything else is at least as old as it says
    that it was created; the payload may tell more, and is not read here.
    """
    for table, gone in (("conversations", "deleted OR redacted"), ("records", "deleted")):
        op.execute(f"""
            UPDATE {table} SET updated_at = CASE
                WHEN {gone} THEN extract(epoch FROM saved_at)::bigint
                WHEN created_at > extract(epoch FROM saved_at) + {_TOLERANCE} THEN 0
                ELSE created_at
            END
            WHERE updated_at > extract(epoch FROM saved_at) + {_TOLERANCE}
        """)  # noqa: S608 - made of constants
