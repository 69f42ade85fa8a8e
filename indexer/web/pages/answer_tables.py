"""The tables with the figures of an answer: of periods, of groups, and of the parts of periods."""

from typing import NamedTuple

from indexer.dashboards.table_order import TableOrder
from indexer.web.charts.group_bars import Line
from indexer.web.charts.triangle import Share, Triangle
from indexer.web.headings import heading
from indexer.web.pages.ordered_table import Column, OrderedTable, Ordering, Place
from indexer.web.pages.view import PeriodLine, ReportView

_BY_NAME = TableOrder(0)
_LARGEST_FIRST = TableOrder(1, falls=True)


class TriangleRow(NamedTuple):
    """A period of a triangle with its line, the number of documents in it, and its shares, None for those to come."""

    line: PeriodLine
    total: int
    shares: tuple[Share | None, ...]


def answer_table(view: ReportView, triangle: Triangle | None, ordering: Ordering) -> OrderedTable:
    """The table of a view in the order that was chosen; it has no rows if a number has no table."""
    if triangle is not None:
        return _of_triangle(view, triangle, ordering)
    if view.across is not None:
        return _of_groups(view, ordering)
    columns = [Column(view.question.interval.capitalize(), is_figure=False), *map(Column, view.heads)]
    return ordering.table(columns, view.lines, _place_of_line, _BY_NAME)


def _of_groups(view: ReportView, ordering: Ordering) -> OrderedTable:
    across = view.across
    if across is None:
        return OrderedTable([], [], is_chosen=False)
    counted = [Column(across.count_head)] if across.count_head else []
    columns = [Column(across.group_head, is_figure=False), Column(view.unit_head), *counted]
    if not view.report.value.has_parts:
        return ordering.table(columns, across.lines, _place_of_group, _LARGEST_FIRST)
    # The parts of a distribution have an order of their own.
    places = {line.label: number for number, line in enumerate(across.lines)}

    def place(line: Line, column: int) -> Place:
        return (line.number if column == 1 else line.count) if column else places[line.label]

    return ordering.table(columns, across.lines, place, _BY_NAME)


def _of_triangle(view: ReportView, triangle: Triangle, ordering: Ordering) -> OrderedTable:
    lines = {line.start: line for line in view.lines}
    rows = [TriangleRow(lines[period], count, tuple(shares)) for period, count, shares in triangle.rows]
    heads = [Column(heading(view.report.documents)), *map(Column, triangle.heads[1:])]
    columns = [Column(view.question.interval.capitalize(), is_figure=False), *heads]
    return ordering.table(columns, rows, _place_of_share, _BY_NAME)


def _place_of_line(line: PeriodLine, column: int) -> Place:
    return line.numbers[column - 1] if column else line.start.toordinal()


def _place_of_group(line: Line, column: int) -> Place:
    if line.group is None:
        return None
    if column == 0:
        return line.label
    return line.number if column == 1 else line.count


def _place_of_share(row: TriangleRow, column: int) -> Place:
    if column < 2:
        return row.total if column else row.line.start.toordinal()
    share = row.shares[column - 1]
    return None if share is None else share.number
