"""The mails about complete exports: taken by one worker at a time, and tried again until a server has taken them."""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from sqlalchemy import Connection

from indexer.store.jobs.exports import COLUMNS, MAIL_DUE, Export

_PATIENCE_SECONDS = 120
"""After this long a mail that is not recorded as sent is retried; later each time."""


def take_mail(connection: Connection, token_hash: bytes) -> Export | None:
    """An export whose mail is due, with a further token for its link; no other worker takes it for a while."""
    row = connection.exec_driver_sql(
        f"""
        UPDATE exports SET token_hashes = token_hashes || %(hash)s::bytea, mail_attempts = mail_attempts + 1,
            mail_due_at = now() + make_interval(secs => %(seconds)s) * (mail_attempts + 1)
        WHERE export_id = (
            SELECT export_id FROM exports WHERE {MAIL_DUE} ORDER BY mail_due_at LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING {COLUMNS}
        """,
        {"hash": token_hash, "seconds": _PATIENCE_SECONDS},
    ).one_or_none()
    return None if row is None else Export(*row)


def mark_mailed(connection: Connection, export_id: str) -> None:
    """Record that the server has taken the mail."""
    connection.exec_driver_sql(
        "UPDATE exports SET mailed_at = now(), mail_error = NULL WHERE export_id = %(id)s", {"id": export_id}
    )


def mail_failed(connection: Connection, export_id: str, error: str, *, for_good: bool) -> None:
    """Record that the mail was not taken, for now or for good."""
    connection.exec_driver_sql(
        "UPDATE exports SET mail_error = %(error)s, mail_due_at = CASE WHEN %(for_good)s THEN NULL ELSE mail_due_at END"
        " WHERE export_id = %(id)s",
        {"id": export_id, "error": error.replace("\0", ""), "for_good": for_good},
    )
