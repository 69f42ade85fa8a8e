"""The order of a list: by time, by what each document adds to the number, or by one of the report's columns."""

from typing import Final, NamedTuple

from indexer.reports.definition import Definition
from indexer.reports.invalid_question import InvalidQuestion

AT: Final = "at"
VALUE: Final = "value"


class ListOrder(NamedTuple):
    """The column that a list is sorted by, and whether the largest comes first.

    Rows without a value come last either way; those with equal ones are in the order of time.
    """

    column: str = AT
    falls: bool = False

    def __str__(self) -> str:
        """The order as it is written in addresses: `value`, or `-value` with the largest first."""
        return f"-{self.column}" if self.falls else self.column


BY_TIME: Final = ListOrder()


def read_order(definition: Definition, written: str | None) -> ListOrder:
    """The order as a reader writes it, that of time if there is none; raises `InvalidQuestion` for another column."""
    if written is None:
        return BY_TIME
    order = ListOrder(written.removeprefix("-"), written.startswith("-"))
    known = columns_of(definition)
    if order.column not in known:
        raise InvalidQuestion("sort", f"{order.column!r} is not one of {', '.join(known)}, with or without a minus")
    return order


def columns_of(definition: Definition) -> list[str]:
    """The columns that a list of the report can be sorted by."""
    return [AT, VALUE, *definition.columns]
