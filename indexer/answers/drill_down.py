"""The conversations behind a number: any cell of an answer, page by page, as the index was at the first page."""

from datetime import date
from typing import Any, Final, NamedTuple

from elasticsearch import Elasticsearch

from indexer import search
from indexer.answers.list_page import read_list_page, read_whole_list
from indexer.datasets.registry import dataset_named
from indexer.reports import Definition, InvalidQuestion, Question
from indexer.reports.cell import AnyGroup, Cell, Group
from indexer.reports.drill_down_search import (
    MAX_PAGE,
    Listed,
    ListedPage,
    list_of,
    listing_body,
    read_hit,
    sort_field,
)
from indexer.reports.list_cursor import ListCursor, Place, read_cursor, write_cursor
from indexer.reports.list_order import AT, BY_TIME, VALUE, ListOrder
from indexer.search.search_requests import close_point_in_time

MOST_SORTED: Final = 20_000
"""The most rows that are read to sort them by numbers that the index cannot sort by."""

_SORTED_TYPES = frozenset({"boolean", "date", "keyword", "long"})


def list_conversations(
    client: Elasticsearch,
    prefix: str,
    definition: Definition,
    question: Question,
    *,
    period: date | None = None,
    group: Group = AnyGroup.ANY,
    size: int = 50,
    cursor: str | None = None,
    order: ListOrder = BY_TIME,
) -> ListedPage:
    """A page of `size` conversations (1 to 1,000) that are behind a cell of the answer.

    `period` is the date of the row, None for the whole range; `group` is its group, None for the one without a name.
    `cursor` is that of the page before. All pages show the index as it was at the first one. Raises `InvalidQuestion`
    (also if the cursor has expired, or there are too many rows for the order), `NoIndexYet` and `ServiceUnavailable`.
    """
    if not 1 <= size <= MAX_PAGE:
        raise InvalidQuestion("limit", f"a page has 1 to {MAX_PAGE:,} conversations, not {size}")
    alias = search.alias_name(prefix, definition.dataset)
    cell = Cell(period, group)
    list_ = _List(client, alias, definition, question, cell, order)
    name = list_of(definition, question, cell, order)
    begun = None if cursor is None else read_cursor(name, cursor)
    rows, total, following = list_.page(size, begun) if list_.is_sorted_by_index else list_.page_in_memory(size, begun)
    return ListedPage(rows, total, None if following is None else write_cursor(name, following))


def list_all(
    client: Elasticsearch,
    prefix: str,
    definition: Definition,
    question: Question,
    *,
    cell: Cell,
    order: ListOrder = BY_TIME,
    most: int,
) -> list[Listed] | int:
    """All conversations behind a cell in that order, or only how many they are if there are more than `most`.

    Raises what `list_conversations` raises.
    """
    alias = search.alias_name(prefix, definition.dataset)
    list_ = _List(client, alias, definition, question, cell, order)
    rows, total, pit = list_.all_rows(None, most)
    close_point_in_time(client, pit)
    return total if total > most else rows


class _List(NamedTuple):
    """The list behind a cell of an answer, in an order."""

    client: Elasticsearch
    alias: str
    definition: Definition
    question: Question
    cell: Cell
    order: ListOrder

    @property
    def is_sorted_by_index(self) -> bool:
        """Whether the index can sort so: by time, or by a field with one value of a type that it keeps in order."""
        column, definition = self.order.column, self.definition
        if column == AT or (column == VALUE and not definition.value.tells_documents_apart(definition)):
            return True
        path = sort_field(definition, self.question, self.order)
        field = next((one for one in dataset_named(definition.dataset).fields if one.path == path), None)
        if field is None or field.type.cell == "list":
            return False
        return field.type.mapping["type"] in _SORTED_TYPES and field.type.mapping.get("doc_values", True)

    def page(self, size: int, begun: ListCursor | None) -> "_Page":
        """The page after `begun`, as the index sorts it."""
        body = listing_body(self.definition, self.question, self.cell, size, self.order)
        found = read_list_page(self.client, self.alias, self.question.workspace, body, begun)
        return self._rows(found.hits, self.order), found.total, found.following

    def page_in_memory(self, size: int, begun: ListCursor | None) -> "_Page":
        """The page after `begun`, whose place is the number of rows before it."""
        start, pit = (0, None) if begun is None else (_rows_before(begun), begun.pit)
        rows, total, pit = self.all_rows(pit, MOST_SORTED)
        if start + size < total <= MOST_SORTED:
            return rows[start : start + size], total, ListCursor(pit, [start + size])
        close_point_in_time(self.client, pit)
        if total > MOST_SORTED:
            raise InvalidQuestion(
                "sort",
                f"{total:,} {self.definition.documents} are too many to sort by {self.order.column} "
                f"({MOST_SORTED:,}); choose a shorter range or a group, or sort by {AT}",
            )
        return rows[start:], total, None

    def all_rows(self, pit: str | None, most: int) -> tuple[list[Listed], int, str]:
        """All rows in order, how many they are, and their point in time; no rows if they are more than most."""
        by = self.order if self.is_sorted_by_index else BY_TIME
        body = listing_body(self.definition, self.question, self.cell, MAX_PAGE, by)
        found = read_whole_list(self.client, self.alias, self.question.workspace, body, pit, most=most)
        rows = self._rows(found.hits, by)
        return rows if by == self.order else _sorted(rows, self.order), found.total, found.pit

    def _rows(self, hits: list[Any], by: ListOrder) -> list[Listed]:
        return [read_hit(self.definition, self.question, self.cell, hit, by) for hit in hits]


_Page = tuple[list[Listed], int, ListCursor | None]


def _rows_before(begun: ListCursor) -> int:
    match begun.after:
        case [int(number)] if number >= 0:
            return number
    raise InvalidQuestion("cursor", "is not valid for this list; start without a cursor")


def _sorted(rows: list[Listed], order: ListOrder) -> list[Listed]:
    """Rows in the order of time, sorted by a column; rows without a value stay last."""

    def key(row: Listed) -> Place:
        value = row.value if order.column == VALUE else row.columns[order.column]
        found: Place = ", ".join(map(str, value)) if isinstance(value, list) else value
        return found.casefold() if isinstance(found, str) else found

    known = [row for row in rows if key(row) is not None]
    # A reversed sort keeps the order of equal rows too.
    known.sort(key=lambda row: _comparable(key(row)), reverse=order.falls)
    return [*known, *(row for row in rows if key(row) is None)]


def _comparable(value: Place) -> tuple[bool, float, str]:
    """A value in an order with all others: numbers before texts."""
    return (True, 0, value) if isinstance(value, str) else (False, value or 0, "")
