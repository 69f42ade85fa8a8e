"""An answer as a table with small bars, for a terminal."""

from collections.abc import Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from indexer.reports import Answer, Comparison, Definition, Number, Row

_BAR_CELLS = 32
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def print_answer(definition: Definition, answer: Answer) -> None:
    """Title, what is counted, a line for each period (and group) with a bar, and the total."""
    Console(highlight=False).print(Group(*_parts(definition, answer)))


def _parts(definition: Definition, answer: Answer) -> Iterable[RenderableType]:
    yield Text(definition.title, style="bold")
    yield Text(definition.about)
    yield Text(f"Workspace {answer.workspace}, {answer.from_} to {answer.to}, {answer.time_zone}", style="dim")
    yield _table(answer)
    if answer.group_by:
        yield Text("Groups without any in a period are left out of this table.", style="dim")
    if answer.compare:
        yield Text(_comparison(answer.total, answer.compare))


def _table(answer: Answer) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False)
    table.add_column(answer.interval.value, footer="total", no_wrap=True)
    if answer.group_by:
        table.add_column(answer.group_by, overflow="fold")
    table.add_column(answer.unit, footer=_said(answer.total.value), justify="right", no_wrap=True)
    table.add_column("", width=_BAR_CELLS, no_wrap=True)
    highest = max((row.value or 0 for row in answer.rows), default=0)
    shown = [row for row in answer.rows if row.count] if answer.group_by else answer.rows
    period = None
    for row in shown:
        cells: list[str | Text] = ["" if row.period == period else row.period.isoformat()]
        if answer.group_by:
            cells.append(_group(row))
        table.add_row(*cells, _said(row.value), Text(bar(row.value or 0, highest), style="cyan"))
        period = row.period
    return table


def bar(value: float, highest: float) -> str:
    """`value` as a bar of block characters, in eighths of a cell; what is not nothing is never invisible."""
    if not value:
        return ""
    eighths = max(1, round(value / highest * _BAR_CELLS * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def _group(row: Row) -> Text:
    return Text("(none)", style="dim") if row.group is None else Text(row.group)


def _said(value: float | None) -> str:
    return "-" if value is None else f"{value:,}"


def _comparison(total: Number, before: Comparison) -> str:
    change = ""
    if total.value is not None and before.total.value:
        change = f" ({(total.value - before.total.value) / before.total.value:+.0%})"
    return f"{before.from_} to {before.to}: {_said(before.total.value)}; now {_said(total.value)}{change}"
