"""An answer as a table with small bars, for a terminal."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from indexer.cli.figures import said
from indexer.reports import Answer, Comparison, Definition, Number, Row
from indexer.terminal import console

_BAR_CELLS = 32
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


_WIDE = 120


def print_reports(reports: Iterable[Definition]) -> None:
    """Reports that come by category, under a line for each; units and group-bys where the terminal is wide enough."""
    out = console()
    wide = out.width >= _WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("report", no_wrap=True)
    table.add_column("title", overflow="fold")
    for column in ("unit", "grouped by") if wide else ():
        table.add_column(column, overflow="fold")
    for category, of_category in groupby(reports, key=lambda report: report.category):
        table.add_row(Text(category, style="bold"))
        for report in of_category:
            cells = [f"  {report.name}", report.title, report.unit, ", ".join(report.group_by)]
            table.add_row(*cells if wide else cells[:2])
        table.add_section()
    out.print(table)


def print_answer(definition: Definition, answer: Answer) -> None:
    """Title, what is counted, a line for each period (and group) with a bar, and the total."""
    console().print(Group(*_parts(definition, answer)))


def _parts(definition: Definition, answer: Answer) -> Iterable[RenderableType]:
    yield Text(definition.title, style="bold")
    yield Text(definition.about)
    yield Text(f"Workspace {answer.workspace}, {answer.from_} to {answer.to}, {answer.time_zone}", style="dim")
    yield _table(answer)
    if _has_groups(answer):
        yield Text("Groups without any in a period are left out of this table.", style="dim")
    if answer.compare:
        yield Text(_comparison(answer.total, answer.compare, answer.unit))


def _table(answer: Answer) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False)
    grouped = _has_groups(answer)
    # A duration or a share alone does not say whether three or three thousand stand behind it.
    counted = any(row.value != row.count for row in answer.rows)
    table.add_column(answer.interval.value, footer="total", no_wrap=True)
    if grouped:
        table.add_column(answer.group_by or "part", overflow="fold")
    table.add_column(answer.unit, footer=said(answer.total.value, answer.unit), justify="right", no_wrap=True)
    if counted:
        table.add_column("count", footer=f"{answer.total.count:,}", justify="right", no_wrap=True)
    table.add_column("", width=_BAR_CELLS, no_wrap=True)
    highest = max((row.value or 0 for row in answer.rows), default=0)
    shown = [row for row in answer.rows if row.count] if grouped else answer.rows
    period = None
    for row in shown:
        cells: list[str | Text] = ["" if row.period == period else row.period.isoformat()]
        if grouped:
            cells.append(_group(row, answer.labels or {}))
        cells.append(said(row.value, answer.unit))
        if counted:
            cells.append(f"{row.count:,}")
        table.add_row(*cells, Text(bar(row.value or 0, highest), style="cyan"))
        period = row.period
    return table


def bar(value: float, highest: float) -> str:
    """`value` as a bar of block characters, in eighths of a cell; what is not nothing is never invisible."""
    if not value:
        return ""
    eighths = max(1, round(value / highest * _BAR_CELLS * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def _group(row: Row, labels: Mapping[str, str]) -> Text:
    if row.group is None:
        return Text("(none)", style="dim")
    if row.group in labels:
        return Text.assemble(labels[row.group], (f" {row.group}", "dim"))
    return Text(row.group)


def _has_groups(answer: Answer) -> bool:
    """Whether rows are of groups: those asked for, or the parts that the report itself has."""
    return answer.group_by is not None or any(row.group is not None for row in answer.rows)


def _comparison(total: Number, before: Comparison, unit: str) -> str:
    change = ""
    if total.value is not None and before.total.value:
        change = f" ({(total.value - before.total.value) / before.total.value:+.0%})"
    return f"{before.from_} to {before.to}: {said(before.total.value, unit)}; now {said(total.value, unit)}{change}"
