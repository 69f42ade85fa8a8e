"""The tables of operators' pages in the order that a reader chose, by links in their headings as on the dashboard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from indexer.dashboards.table_order import TableOrder, read_tile_order
from indexer.reports import InvalidQuestion
from indexer.web.pages.ordered_table import Column, OrderedTable, Ordering, Place

_T = TypeVar("_T")

_PARAMETER = "order"
_OF_ACTION = ("done", "count")
"""Parameters that are about what was done before the page was shown, and not about the page."""

_MOST_TABLES = 10


class RowColumn(NamedTuple, Generic[_T]):
    """A column: its heading, what a row is ordered by, and whether it has figures."""

    heading: str
    place: Callable[[_T], Place | datetime]
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class TableOrders:
    """The orders of the tables of a page, by their numbers from 1, and the rest of the page's address."""

    path: str
    rest: Sequence[tuple[str, str]]
    chosen: Mapping[int, TableOrder]

    def table(
        self, number: int, columns: Sequence[RowColumn[_T]], rows: Sequence[_T], own: TableOrder | None
    ) -> OrderedTable:
        """A table whose rows come in their own order (None: in one that is not by a column)."""

        def place(row: _T, column: int) -> Place:
            found = columns[column].place(row)
            return found.timestamp() if isinstance(found, datetime) else found

        ordering = Ordering(
            f"table-{number}", self.chosen.get(number), lambda order: f"{self._address(number, order)}#table-{number}"
        )
        heads = [Column(one.heading, is_figure=one.is_figure) for one in columns]
        return ordering.table(heads, rows, place, own)

    def parameters(self) -> list[tuple[str, str]]:
        """The orders as parameters of an address."""
        return _written(self.chosen)

    def _address(self, number: int, order: TableOrder | None) -> str:
        others = {table: other for table, other in self.chosen.items() if table != number}
        pairs = [*self.rest, *_written(others if order is None else {**others, number: order})]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


def _written(orders: Mapping[int, TableOrder]) -> list[tuple[str, str]]:
    return [(_PARAMETER, f"{table}.{order}") for table, order in sorted(orders.items())]


def number_or_text(id_: str) -> Place:
    """What an id is ordered by: ids that are numbers come by their size, before all others."""
    return int(id_) if id_.isascii() and id_.isdecimal() else id_


def orders_of(tables: int) -> Callable[..., TableOrders]:
    """What reads the orders of a page with this many tables from its address.

    It raises `InvalidQuestion` for an order that cannot be read, for two of one table, and for a table too many.
    """

    def read(
        request: Request, order: Annotated[list[str] | None, Query(max_length=_MOST_TABLES)] = None
    ) -> TableOrders:
        chosen: dict[int, TableOrder] = {}
        for written in filter(None, order or ()):
            table, by = _read(written)
            if table in chosen:
                raise InvalidQuestion(_PARAMETER, f"is given twice for table {table}")
            if table > tables:
                raise InvalidQuestion(_PARAMETER, f"the page has no table {table}")
            chosen[table] = by
        left_out = (_PARAMETER, *_OF_ACTION)
        rest = [(name, value) for name, value in request.query_params.multi_items() if value and name not in left_out]
        return TableOrders(request.url.path, rest, chosen)

    return read


def _read(written: str) -> tuple[int, TableOrder]:
    try:
        return read_tile_order(written)
    except ValueError:
        raise InvalidQuestion(
            _PARAMETER, "is not the number of a table and of a column, such as 1.2, or 1.-2 for the largest first"
        ) from None


OrderOfTable = Annotated[TableOrders, Depends(orders_of(1))]
"""The order of the table of a page with one table."""
