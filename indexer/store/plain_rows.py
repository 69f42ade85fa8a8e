"""Rows of queries that read very many of them."""

from typing import Any

from sqlalchemy import CursorResult


def plain_rows(result: CursorResult[Any]) -> list[Any]:
    """The rows of a query as tuples of the driver: those of SQLAlchemy cost as much as PostgreSQL does."""
    if result.cursor is None:
        raise TypeError("only a query gives rows")
    return list(result.cursor.fetchall())
