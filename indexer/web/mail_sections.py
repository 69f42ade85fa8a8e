"""The tiles of a page as they stand in a mail: a number, and a table whose bars every mail program can draw."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from indexer.reports.figures import NOTHING
from indexer.web.group_bars import Across
from indexer.web.headings import heading
from indexer.web.pages import rendered
from indexer.web.tiles import BoardView, TileView
from indexer.web.triangle import Triangle
from indexer.web.view import View

_LIGHT = re.compile(r"--([a-z]+[0-9]*|strong-line): light-dark\((#[0-9a-f]{6}),")
_NOTHING = "Nothing was counted."


@dataclass(frozen=True, slots=True)
class MailTable:
    """A table as text. `bars` are the widths of the bars beside the rows, in percent; empty for none."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    bars: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class MailSection:
    """A tile: its number and how it has changed, notes, a table, and the chart as an SVG file of its own."""

    title: str
    figure: str = ""
    change: str = ""
    notes: Sequence[str] = ()
    table: MailTable | None = None
    drawing: str | None = None

    def as_text(self) -> str:
        """The section as plain text."""
        said = [self.title, "-" * len(self.title), *filter(None, [self.figure, self.change]), *self.notes]
        return "\n".join([*said, *(_lines(self.table) if self.table else [])])


def section_of(tile: TileView | BoardView) -> MailSection:
    """The section of a tile."""
    if isinstance(tile, BoardView):
        rows = [[row.label, *("-" if cell is None else cell.text for cell in row.cells)] for row in tile.rows]
        heads = [heading(tile.groups), *(head for head, _ in tile.heads)]
        notes = [*tile.errors, *([] if rows else [_NOTHING]), *_left_out(tile.left_out, "rows")]
        return MailSection(tile.title, notes=notes, table=MailTable(heads, rows) if rows else None)
    view = tile.view
    if view is None:
        return MailSection(tile.title, notes=[f"This cannot be shown. {tile.error}"])
    if tile.shape == "nothing":
        return MailSection(tile.title, notes=[_NOTHING])
    notes = [f"Only where {condition}" for condition in tile.own_conditions]
    if view.has_partial and tile.shape == "time":
        notes.append("Periods with (until …) are not over; others with a number of days are only partly in the range.")
    if tile.shape in ("time", "groups"):
        notes += _left_out(view.left_out + (view.across.left_out if view.across else 0), "groups")
    return MailSection(
        tile.title,
        "" if tile.shape == "grid" else f"{tile.big} {tile.unit}".strip(),
        _change(tile),
        notes,
        None if tile.shape == "figure" else _table(view, tile.triangle),
        drawing_of(tile) if tile.shape == "time" and view.chart else None,
    )


def drawing_of(tile: TileView) -> str:
    """The chart of a tile as an SVG file of its own, in the light colours of the pages."""
    return rendered("mail/chart.svg", view=tile.view, links=None, id=tile.id, colours=light_colours())


@cache
def light_colours() -> dict[str, str]:
    """The colours of the pages by light, by the names that the style sheet gives them."""
    sheet = (Path(__file__).parent / "static" / "style.css").read_text()
    return dict(_LIGHT.findall(sheet.partition("}")[0]))


def _change(tile: TileView) -> str:
    earlier = tile.earlier
    if earlier is None or earlier.figure == NOTHING:
        return ""
    said = f"{earlier.change} from {earlier.figure}" if earlier.change else f"before: {earlier.figure}"
    return f"{said} ({earlier.dates})"


def _table(view: View, triangle: Triangle | None) -> MailTable | None:
    if view.grid:
        rows = [[day, *(f"{hour.count:,}" if hour.count else "" for hour in hours)] for day, hours in view.grid.days]
        return MailTable(["", *(f"{hour:02}" for hour in range(24))], rows)
    if triangle:
        rows = [
            [f"{period.day} {period:%b %Y}", f"{count:,}", *(share.text if share else "" for share in shares[1:])]
            for period, count, shares in triangle.rows
        ]
        return MailTable([heading(view.question.interval), heading(view.report.documents), *triangle.heads[1:]], rows)
    if view.across:
        return _across(view, view.across)
    if not view.lines:
        return None
    rows = [[name, *figures] for _, name, figures in view.lines]
    return MailTable([heading(view.question.interval), *view.heads], rows, _bars(view))


def _across(view: View, across: Across) -> MailTable:
    counted = across.count_head is not None
    rows = [[line.label, line.value, *([f"{line.count:,}"] if counted else [])] for line in across.lines]
    heads = [across.group_head, view.unit_head, *([across.count_head] if across.count_head else [])]
    return MailTable(heads, rows, [line.width for line in across.lines])


def _bars(view: View) -> list[float]:
    """The bars of a single series; none if there are several, or a number is negative."""
    figures = [figure or 0 for figure in view.series[0].figures] if len(view.series) == 1 else []
    highest = max(figures, default=0)
    return [100 * figure / highest for figure in figures] if highest > 0 and min(figures) >= 0 else []


def _left_out(number: int, of: str) -> list[str]:
    return [f"{number:,} smaller {of} are not in this mail; the CSV of the page has all of them."] if number else []


def _lines(table: MailTable) -> Iterator[str]:
    """The table in columns: the first one to the left, figures to the right."""
    rows = [table.heads, *table.rows]
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        cells = [
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield "  ".join(cells).rstrip()
