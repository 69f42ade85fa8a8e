"""A table in the order that a reader chose, and its headings: links to the same page in the order of their column."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

from indexer.dashboards.table_order import TableOrder

_T = TypeVar("_T")

Sorted = Literal["ascending", "descending"]

Place = float | str | None
"""What a row is ordered by; None comes last in both orders."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading. `url` sorts by it, or turns its order round; `sorted` is its order as HTML names it.

    `full` is the text in full, if it is not the text itself; `id` is that of the link.
    """

    text: str
    url: str | None = None
    sorted: Sorted | None = None
    is_figure: bool = False
    full: str = ""
    id: str = ""


class Column(NamedTuple):
    """A column before it has its link: the text of its heading, that text in full, and whether it has figures."""

    text: str
    full: str = ""
    is_figure: bool = True


@dataclass(frozen=True, slots=True)
class OrderedTable:
    """The headings of a table and its rows in their order. `is_chosen`: the order is not the table's own."""

    heads: Sequence[Heading]
    rows: Sequence[Any]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Ordering:
    """How a table is to be ordered: `chosen` by the reader, None for its own order, and the address of another order.

    `id` is that of the element around the table, from which its headings have theirs. Without an address, as in
    mails, headings are no links.
    """

    id: str
    chosen: TableOrder | None = None
    address: Callable[[TableOrder | None], str] | None = None

    def table(
        self, columns: Iterable[Column], rows: Sequence[_T], place: Callable[[_T, int], Place], own: TableOrder | None
    ) -> OrderedTable:
        """The rows, which come in their own order `own` (None: in one that is not by a column), in the chosen order.

        `place` is what a row is ordered by, given a column. An order by a column that the table does not have, as
        after a change of groups, is not followed.
        """
        heads = list(columns)
        chosen = self.chosen if self.chosen is not None and self.chosen.column < len(heads) else None
        chosen = None if chosen == own else chosen
        order = chosen or own
        found = list(rows) if chosen is None else in_order(rows, chosen, place)
        return OrderedTable(
            [self._heading(number, one, order, own) for number, one in enumerate(heads)], found, chosen is not None
        )

    def _heading(self, number: int, column: Column, order: TableOrder | None, own: TableOrder | None) -> Heading:
        is_sorted = order is not None and order.column == number
        falls = not order.falls if order is not None and is_sorted else column.is_figure
        following = TableOrder(number, falls)
        return Heading(
            column.text,
            None if self.address is None else self.address(None if following == own else following),
            ("descending" if order.falls else "ascending") if order is not None and is_sorted else None,
            column.is_figure,
            column.full,
            f"{self.id}-by-{number}",
        )


def in_order(rows: Sequence[_T], order: TableOrder, place: Callable[[_T, int], Place]) -> list[_T]:
    """The rows by a column; those that are equal stay as they are, and those without a place come last."""
    places = [(place(row, order.column), row) for row in rows]
    known = [(_comparable(found), row) for found, row in places if found is not None]
    known.sort(key=lambda pair: pair[0], reverse=order.falls)
    return [*(row for _, row in known), *(row for found, row in places if found is None)]


def _comparable(place: float | str) -> tuple[bool, float, str]:
    """A place in an order with all others: numbers before texts, which are ordered without regard to capitals."""
    return (True, 0, place.casefold()) if isinstance(place, str) else (False, place, "")
