"""Texts of an address that the store is asked for."""

from indexer.keys import is_text
from indexer.reports import InvalidQuestion


def expect_text(parameter: str, value: str | None) -> None:
    """Raise `InvalidQuestion` with the parameter if it is given and PostgreSQL cannot hold its value as text."""
    if value is not None and not is_text(value):
        raise InvalidQuestion(parameter, "has characters that cannot be stored")
