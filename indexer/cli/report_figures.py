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

_HEADING = 10
"""The width of a heading in several lines, unless a word of it is longer."""


class _Line(NamedTuple):
    """A row: the period above it (empty without one), its name, and its figures."""

    period: str
    name: str
    figures: RowFigures


def figure_lines(figures: Sequence[NamedFigure], answer: Answer, width: int) -> Iterator[Text]:
    """The rows and the total in at most `width` columns; figures that do not fit follow in a table of their own.

    If not all figures fit beside each other, long headings have several lines.
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
    cell_widths = {heading: max(map(cell_len, cells)) for heading, cells in columns.items()}
    widths = {heading: max(cell_len(heading), cells) for heading, cells in cell_widths.items()}
    names = min(max(cell_len(line.name) for line in lines), max(width - GAP - max(widths.values()), width // 4))
    if names + sum(GAP + one for one in widths.values()) > width:
        widths = {heading: max(_least_width(heading), cells) for heading, cells in cell_widths.items()}
    for block in _blocks(widths, width - names):
        block_widths = [widths[heading] for heading in block]
        heading = _heading_lines(block, names, block_widths)
        body: list[Text] = []
        for place, line in enumerate(rows):
            if line.period and line.period != lines[place - 1].period:
                body.append(Text(line.period, style="bold"))
            body += _joined(line.name, names, [columns[heading][place] for heading in block], block_widths)
        totals = [
            text
            for place, line in enumerate(below, len(rows))
            for text in _joined(line.name, names, [columns[heading][place] for heading in block], block_widths)
        ]
        rule = Text("─" * max(text.cell_len for text in (*heading, *body, *totals)))
        yield from (Text(text.plain, style="bold") for text in heading)
        yield rule
        yield from body
        yield rule
        yield from (Text(text.plain, style="bold") for text in totals)
        yield Text()


def _least_width(heading: str) -> int:
    """The width of a heading in several lines."""
    longest = max(map(cell_len, heading.split()))
    return max(map(cell_len, wrapped(heading, max(_HEADING, longest))))


def _heading_lines(headings: Sequence[str], names: int, widths: Sequence[int]) -> list[Text]:
    """The headings in lines, of which the last one is above the cells."""
    parts = [wrapped(heading, width) for heading, width in zip(headings, widths, strict=True)]
    high = max(map(len, parts))
    lines = zip(*([""] * (high - len(part)) + part for part in parts), strict=True)
    return [text for line in lines for text in _joined("", names, line, widths)]


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
