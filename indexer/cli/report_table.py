"""An answer as a table with small bars, for a terminal of any width."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.text import Text

from indexer.cli.layout import GAP, NARROWEST, wrapped
from indexer.cli.output import print_table
from indexer.cli.report_figures import figure_lines, figure_notes
from indexer.cli.report_grid import grid_lines
from indexer.cli.report_heading import notes, question_line
from indexer.cli.report_rows import Rows, has_groups, rows_of
from indexer.plain_text import printable
from indexer.reports import Answer, Definition
from indexer.terminal import console, print_lines

_WIDEST_BAR = 32
_NARROWEST_BAR = 8
_NARROWEST_GROUP = 16
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_WIDE = 120
_INDENT = "  "


def print_reports(reports: Iterable[Definition]) -> None:
    """Print all reports by category, with a line for each; with units and groups if the terminal is wide enough."""
    wide = console().width >= _WIDE
    for category, of_category in groupby(reports, key=lambda report: report.category):
        rows = [[report.name, report.title, report.unit, ", ".join(report.group_by)] for report in of_category]
        headings = ["report", "title", "unit", "grouped by"]
        kept = len(headings) if wide else 2
        print_table(headings[:kept], [row[:kept] for row in rows], title=f"\n{category}")


def print_descriptions(reports: Iterable[Definition]) -> None:
    """Print some reports by category, each with its description, its unit and the fields it can be grouped by."""
    out = console()
    width = max(NARROWEST, out.width) - len(_INDENT)
    for category, of_category in groupby(reports, key=lambda report: report.category):
        print_lines(out, [Text(), Text(category, style="bold")])
        for report in of_category:
            below = [f"{report.title}. {report.about}", f"In {report.unit}{_by(report.group_by)}"]
            lines = [Text(f"{_INDENT}{line}") for said in below for line in wrapped(printable(said), width)]
            print_lines(out, [Text(), Text(report.name, style="bold"), *lines])


def _by(groups: Sequence[str]) -> str:
    return f", by {', '.join(groups)}" if groups else ""


def print_answer(definition: Definition, answer: Answer) -> None:
    """Print the title, what is counted, the question, a line with a bar for each period (and group), and the total."""
    out = console()
    width = max(NARROWEST, out.width)
    lines = [Text(line, style="bold") for line in wrapped(definition.title, width)]
    lines += [Text(line) for line in wrapped(definition.about, width)]
    lines += [Text(line, style="dim") for line in wrapped(printable(question_line(definition, answer)), width)]
    lines.append(Text())
    value = definition.value
    if value.is_grid:
        lines += map(Text, grid_lines(answer, width))
    elif value.figures:
        lines += list(figure_lines(value.figures, answer, width))[:-1]
    else:
        lines += table_lines(rows_of(answer), width)
    lines.append(Text())
    below = list(notes(definition, answer))
    below += figure_notes(value.figures)
    if has_groups(answer) and any(not row.count for row in answer.rows) and not value.is_grid:
        below.append("Groups without any in a period are left out of this table.")
    lines += [Text(line) for note in below for line in wrapped(printable(note), width)]
    print_lines(out, lines)


def table_lines(rows: Rows, width: int) -> Iterator[Text]:
    """The rows and the total in at most `width` columns: first the bar is dropped, then a column, never a name."""
    columns = _fitting(rows, width)
    heading = list(_line(columns, rows.period, rows.group, rows.headings, style="bold"))
    rule = Text("─" * max(line.cell_len for line in heading))
    yield from heading
    yield rule
    highest = max((line.value or 0 for line in rows.lines), default=0)
    for line in rows.lines:
        if columns.period_apart and line.period:
            yield Text(line.period, style="bold")
        for place, text in enumerate(_line(columns, line.period, line.group, line.cells)):
            if not place and columns.bar and (drawn := bar(line.value or 0, highest, columns.bar)):
                text.pad_right(columns.before_bar - text.cell_len)
                text.append(drawn, style="cyan")
            yield text
    yield rule
    first, second = ("total", "") if columns.period else ("", "total")
    yield from _line(columns, first, second, rows.total, style="bold")


@dataclass(frozen=True, slots=True)
class _Columns:
    """The widths of the columns: of the period, the group (0 if there is none), the numbers shown, and the bar."""

    period: int
    group: int
    numbers: dict[int, int]
    bar: int
    period_apart: bool

    @property
    def before_bar(self) -> int:
        """The width before the bar."""
        return sum(width + GAP for width in (self.period, self.group, *self.numbers.values()) if width)


def _fitting(rows: Rows, width: int) -> _Columns:
    period = _widest([rows.period, *(line.period for line in rows.lines), "" if rows.group else "total"])
    group = _widest([rows.group, *(line.group for line in rows.lines), "total"]) if rows.group else 0
    numbers = {
        place: _widest([heading, *(line.cells[place] for line in rows.lines), rows.total[place]])
        for place, heading in enumerate(rows.headings)
    }
    least = min(group, _NARROWEST_GROUP)

    def columns(*, apart: bool = False) -> _Columns:
        fixed = _Columns(0 if apart else period, 0, numbers, 0, apart)
        names = min(group, max(least, width - fixed.before_bar)) if group else 0
        left = width - fixed.before_bar - (names + GAP if names else 0)
        return _Columns(fixed.period, names, numbers, min(_WIDEST_BAR, left) if left >= _NARROWEST_BAR else 0, apart)

    def fits(found: _Columns) -> bool:
        return found.before_bar - GAP <= width

    for heading in ("before", "count"):
        if fits(columns()):
            break
        numbers = {place: wide for place, wide in numbers.items() if rows.headings[place] != heading}
    found = columns()
    return found if fits(found) or not (group and period) else columns(apart=True)


def _line(columns: _Columns, period: str, group: str, cells: Sequence[str], style: str = "") -> Iterator[Text]:
    """One row; a name that is wider than its column continues in further lines."""
    names = wrapped(group, columns.group) if columns.group else [""]
    for place, name in enumerate(names):
        first = not place
        texts = [_padded(period if first else "", columns.period)] if columns.period else []
        texts += [_padded(name, columns.group)] if columns.group else []
        texts += [_padded_left(cells[at], wide) for at, wide in columns.numbers.items()] if first else []
        yield Text((" " * GAP).join(texts).rstrip(), style=style)


def _widest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _padded_left(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


def bar(value: float, highest: float, width: int = _WIDEST_BAR) -> str:
    """`value` as a bar of block characters, in eighths of a cell; only zero is invisible."""
    if value <= 0:
        return ""
    eighths = max(1, round(value / highest * width * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
