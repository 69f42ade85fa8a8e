"""An answer with several figures in each row, as a table with a count and its percentage in each column."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from indexer.cli.layout import GAP, wrapped
from indexer.cli.report_rows import group_name, has_groups
from indexer.reports import Answer, Interval, Row
from indexer.reports.answer_number import RowFigures
from indexer.reports.figures import NOTHING
from indexer.reports.numbers.base import NamedFigure

_SHARE = 5
"""The width of `100 %`."""


class _Line(NamedTuple):
    """A row: the period above it (empty without one), its name, and its figures."""

    period: str
    name: str
    figures: RowFigures


def figure_lines(figures: Sequence[NamedFigure], answer: Answer, width: int) -> Iterator[Text]:
    """The rows and the total in at most `width` columns.

    If not all figures fit beside each other, each of them has a line and each row a column, if these fit. Otherwise
    the figures that do not fit follow in a table of their own.
    """
    rows = list(_rows(answer))
    below = [_Line("", "total", answer.total.figures)]
    if answer.compare:
        below.append(_Line("", "before", answer.compare.total.figures))
    lines = [*rows, *below]
    columns = {
        heading: [_cell(line.figures or {}, count, share) for line in lines]
        for heading, count, share in _headings(figures)
    }
    widths = {heading: max(map(cell_len, (heading, *cells))) for heading, cells in columns.items()}
    names = min(max(cell_len(line.name) for line in lines), max(width - GAP - max(widths.values()), width // 4))
    blocks = list(_blocks(widths, width - names))
    if len(blocks) > 1 and not any(line.period for line in lines):
        turned = list(_turned(columns, [line.name for line in lines]))
        if all(text.cell_len <= width for text in turned):
            yield from turned
            return
    for block in blocks:
        block_widths = [widths[heading] for heading in block]
        table = [_joined("", names, block, block_widths)]
        for place, line in enumerate(lines):
            if line.period and line.period != lines[place - 1].period:
                table.append([Text(line.period, style="bold")])
            table.append(_joined(line.name, names, [columns[heading][place] for heading in block], block_widths))
        long = max(text.cell_len for texts in table for text in texts)
        rule = Text("─" * long)
        heading, body, totals = table[0], table[1 : -len(below)], table[-len(below) :]
        yield from (Text(text.plain, style="bold") for text in heading)
        yield rule
        yield from (text for texts in body for text in texts)
        yield rule
        yield from (Text(text.plain, style="bold") for texts in totals for text in texts)
        yield Text()


def _turned(columns: Mapping[str, Sequence[str]], names: Sequence[str]) -> Iterator[Text]:
    """A line for each figure, and a column for each of the names."""
    width = max(map(cell_len, columns))
    widths = [max(map(cell_len, (name, *cells))) for name, *cells in zip(names, *columns.values(), strict=True)]
    [heading] = _joined("", width, names, widths)
    yield Text(heading.plain, style="bold")
    yield Text("─" * (width + sum(GAP + one for one in widths)))
    for name, cells in columns.items():
        yield from _joined(name, width, cells, widths)
    yield Text()


def figure_notes(figures: Sequence[NamedFigure]) -> Iterator[str]:
    """The notes below the table: what the percentages beside the counts are percentages of."""
    bases: dict[str, list[str]] = {}
    for name, shares in _shares(figures).items():
        if shares:
            bases.setdefault(str(shares[0].base), []).append(_said(name))
    for base, names in bases.items():
        beside = "" if len(bases) == 1 else f" beside {', '.join(names)}"
        yield f"Percentages{beside} are of {_said(base)}, rounded to whole ones."


def _headings(figures: Sequence[NamedFigure]) -> Iterator[tuple[str, str, str]]:
    """The heading of each column, with the names of its count and its percentage, empty for a missing one.

    A count has its first percentage beside it; further ones have columns of their own after all counts.
    """
    for name, shares in _shares(figures).items():
        yield _said(name), name, shares[0].name if shares else ""
    for name, shares in _shares(figures).items():
        for one in shares[1:]:
            yield f"{_said(name)} of {_said(str(one.base))}", "", one.name


def _shares(figures: Sequence[NamedFigure]) -> dict[str, list[NamedFigure]]:
    """The percentages of each count."""
    counts = [one.counted for one in figures if one.base is None]
    return {name: [one for one in figures if one.counted == name and one.base is not None] for name in counts}


def _said(name: str) -> str:
    return name.replace("_", " ")


def _rows(answer: Answer) -> Iterator[_Line]:
    """The rows of groups that have something in the period; after those of a period, all other groups together."""
    others = {row.period: row for row in answer.others.rows} if answer.others else {}
    grouped = has_groups(answer)
    periods: dict[str, list[Row]] = {}
    for row in answer.rows:
        periods.setdefault(row.period.isoformat(), []).append(row)
    for period, of_period in periods.items():
        marked = f"{period}{'*' if any(row.partial for row in of_period) else ''}"
        above = marked if grouped and answer.interval is not Interval.RANGE else ""
        for row in of_period:
            if row.count or not grouped:
                yield _Line(above, group_name(row, answer) if grouped else marked, row.figures)
        if answer.others and (rest := others.get(of_period[0].period)):
            yield _Line(above, f"others ({answer.others.groups:,})", rest.figures)


def _cell(figures: Mapping[str, float | None], count: str, share: str) -> str:
    written = f"{figures.get(count) or 0:,}" if count else ""
    if not share:
        return written
    percent = figures.get(share)
    rounded = NOTHING if percent is None else f"{math.floor(percent + 0.5)} %"
    return f"{written} {rounded:>{_SHARE}}" if written else rounded


def _blocks(widths: dict[str, int], width: int) -> Iterable[list[str]]:
    """The headings of the tables, as many in each as fit the width; at least one."""
    blocks: list[list[str]] = [[]]
    left = width
    for heading, wide in widths.items():
        if blocks[-1] and left < GAP + wide:
            blocks.append([])
            left = width
        blocks[-1].append(heading)
        left -= GAP + wide
    return blocks


def _joined(name: str, names: int, cells: Sequence[str], widths: Sequence[int]) -> list[Text]:
    """One row; a name that is wider than its column continues in further lines."""
    first, *further = wrapped(name, names)
    padded = "".join(" " * (GAP + width - cell_len(cell)) + cell for cell, width in zip(cells, widths, strict=True))
    return [Text((first + " " * (names - cell_len(first)) + padded).rstrip()), *map(Text, further)]
