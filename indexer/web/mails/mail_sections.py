"""The tiles of a page as they stand in a mail: a number, and a table whose bars every mail program can draw."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from indexer.reports.figures import NOTHING
from indexer.web.charts.group_bars import Across
from indexer.web.charts.triangle import Triangle
from indexer.web.headings import heading
from indexer.web.page_templates import rendered
from indexer.web.pages.tiles import BoardView, TileView
from indexer.web.pages.view import ReportView

_LIGHT = re.compile(r"--([a-z]+[0-9]*|strong-line): light-dark\((#[0-9a-f]{6}),")
_MIXED = re.compile(r"^\.(d\d+) \{ --part: color-mix\(in srgb, var\(--s0\) (\d+)%, var\(--(\w+)\)\)", re.MULTILINE)
_NOTHING = "Nothing was counted."


@dataclass(frozen=True, slots=True)
class MailTable:
    """A table as text. `bars` are the pieces of the bar beside each row: percent of the width, and colour.

    `styles` are the colours of the columns after the first one, if the bars have several.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    bars: Sequence[Sequence[tuple[int, str]]] = ()
    styles: Sequence[str] = ()


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
        heads = [head.text for head in tile.heads]
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
    sheet = (Path(__file__).parents[1] / "static" / "style.css").read_text()
    found = dict(_LIGHT.findall(sheet.partition("}")[0]))
    parts = {name: _mixed(found["s0"], int(share), found[other]) for name, share, other in _MIXED.findall(sheet)}
    return found | parts | {"none": found["strong-line"]}  # pages outline it, which a cell of a table cannot


def _mixed(one: str, share: int, other: str) -> str:
    """A colour of `share` percent of one and the rest of the other, as `color-mix(in srgb, …)` gives it."""
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return f"#{bytes(round((a * share + b * (100 - share)) / 100) for a, b in pairs).hex()}"


def _change(tile: TileView) -> str:
    earlier = tile.earlier
    if earlier is None or earlier.figure == NOTHING:
        return ""
    said = f"{earlier.change} from {earlier.figure}" if earlier.change else f"before: {earlier.figure}"
    return f"{said} ({earlier.dates})"


def _table(view: ReportView, triangle: Triangle | None) -> MailTable | None:
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
    rows = [[line.name, *line.figures] for line in view.lines]
    bars = _bars(view)
    styles = [one.style for one in view.series] if bars and len(view.series) > 1 else []
    return MailTable([heading(view.question.interval), *view.heads], rows, bars, styles)


def _across(view: ReportView, across: Across) -> MailTable:
    counted = across.count_head is not None
    rows = [[line.label, line.value, *([f"{line.count:,}"] if counted else [])] for line in across.lines]
    heads = [across.group_head, view.unit_head, *([across.count_head] if across.count_head else [])]
    return MailTable(heads, rows, [[(round(line.width), "s0")] for line in across.lines])


def _bars(view: ReportView) -> list[list[tuple[int, str]]]:
    """The bars of the periods, stacked from the groups; none if the numbers do not add up, or one is negative."""
    if not view.series or (len(view.series) > 1 and not view.report.value.stacks):
        return []
    columns = [[figure or 0 for figure in column] for column in zip(*(one.figures for one in view.series), strict=True)]
    highest = max(map(sum, columns), default=0)
    if highest <= 0 or min(map(min, columns)) < 0:
        return []
    styles = [one.style for one in view.series]
    return [
        [(int(100 * figure / highest), style) for figure, style in zip(column, styles, strict=True)]
        for column in columns
    ]


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
