"""Batches with a value that PostgreSQL refuses: the record at fault is refused, the others are saved."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from indexer.errors import Refused
from indexer.store.faults import Fault, fault_of, words_of

_Placed = TypeVar("_Placed", bound=tuple[Any, ...])
"""A record and its place in the input, which comes first."""


def save_in_halves(batch: Sequence[_Placed], save: Callable[[Sequence[_Placed]], None]) -> list[tuple[str, Refused]]:
    """Save a batch; returns the places of the records that the store refuses, and why.

    A record with a value too large for a row or an index of PostgreSQL makes its whole statement fail. So a batch that
    is refused is saved by halves, down to the record at fault.
    """
    try:
        save(batch)
    except DBAPIError as error:
        if fault_of(error) is not Fault.VALUE:
            raise
        if len(batch) == 1:
            return [(batch[0][0], Refused("", f"PostgreSQL does not accept it: {words_of(error)}"))]
        middle = len(batch) // 2
        return [*save_in_halves(batch[:middle], save), *save_in_halves(batch[middle:], save)]
    return []
