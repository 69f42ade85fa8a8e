"""Stored conversations as they came, for callers that need only their payloads."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection


def read_gone(connection: Connection, workspace_id: str, conversation_ids: Sequence[str]) -> dict[str, bool]:
    """The deleted ones of these conversations, and whether each one's metrics are retained."""
    rows = connection.exec_driver_sql(
        """
        SELECT conversation_id, NOT deleted AS retained FROM conversations
        WHERE workspace_id = %(workspace)s AND conversation_id = ANY (%(ids)s) AND (deleted OR redacted)
        """,
        {"workspace": workspace_id, "ids": list(conversation_ids)},
    )
    return {row.conversation_id: row.retained for row in rows}


def read_payloads(
    connection: Connection, workspace_id: str, conversation_ids: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """The payloads of those of these conversations that exist, by id; without deleted ones."""
    rows = connection.execution_options(binary_results=True).exec_driver_sql(
        """
        SELECT conversation_id, payload FROM conversations
        WHERE workspace_id = %(workspace)s AND conversation_id = ANY (%(ids)s) AND NOT deleted
        """,
        {"workspace": workspace_id, "ids": list(conversation_ids)},
    )
    for row in rows:
        yield row.conversation_id, row.payload
