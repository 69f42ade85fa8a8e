"""The rows of an answer as texts: the content of each column, whatever the width."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from indexer.cli.report_heading import change, number
from indexer.plain_text import printable
from indexer.reports import Answer, Interval, Row

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its period (empty if it is that of the row above), its group, its numbers, and its bar's value."""

    period: str
    group: str
    cells: list[str]
    value: float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The headings of the columns (empty for a missing column), the rows, and the total's numbers."""

    period: str
    group: str
    headings: list[str]
    lines: list[Line]
    total: list[str]


def rows_of(answer: Answer) -> Rows:
    """The rows to show: those of groups only if they have any documents, now or in the range before."""
    pairs = list(_pairs(answer))
    grouped = has_groups(answer)
    # A duration or a share alone does not show whether three or three thousand are behind it.
    counted = any(row.value != row.count for row, _ in pairs)
    headings = ["time" if answer.unit == "seconds" else answer.unit, *(["count"] if counted else [])]
    total = [number(answer.total.value, answer), *([f"{answer.total.count:,}"] if counted else [])]
    if answer.compare:
        headings += ["before", "change"]
        earlier = answer.compare.total.value
        total += [number(earlier, answer), change(answer.total.value, earlier, answer.unit)]
    lines: list[Line] = []
    shown = None
    for row, before in pairs:
        cells = [number(row.value, answer), *([f"{row.count:,}"] if counted else [])]
        if answer.compare:
            value = before.value if before else 0 if row.value == row.count else None
            cells += [number(value, answer), change(row.value, value, answer.unit)]
        period = f"{row.period.isoformat()}{'*' if row.partial else ''}"
        lines.append(Line("" if period == shown else period, group_name(row, answer), cells, row.value))
        shown = period
    lines += _whole_range(answer, counted=counted) if len({row.period for row, _ in pairs}) > 1 else []
    if grouped and answer.interval is Interval.RANGE:  # the heading has its dates
        lines = [Line("", line.group, line.cells, line.value) for line in lines]
    return Rows(
        "" if grouped and answer.interval is Interval.RANGE else answer.interval.value,
        (answer.group_by.replace("_", " ") if answer.group_by else "part") if grouped else "",
        headings,
        lines,
        total,
    )


def has_groups(answer: Answer) -> bool:
    """Whether rows have groups: those asked for, or the parts of the report itself."""
    return answer.group_by is not None or any(row.group is not None for row in answer.rows)


_OTHERS = "\0others"
_NAMELESS, _EMPTY = "(none)", "(empty)"


def _whole_range(answer: Answer, *, counted: bool) -> Iterator[Line]:
    """The groups over the whole range, if the answer has them; their order and choice depend on these."""
    groups: list[tuple[str | None, float | None, int]] = [
        (one.group, one.value, one.count) for one in answer.groups or ()
    ]
    if groups and answer.others:
        groups.append((_OTHERS, answer.others.total.value, answer.others.total.count))
    for place, (group, value, count) in enumerate(groups):
        row = Row(period=answer.from_, group=group, value=value, count=count)
        cells = [number(value, answer), *([f"{count:,}"] if counted else [])]
        cells += ["", ""] if answer.compare else []
        yield Line("" if place else "whole range", group_name(row, answer), cells, None)


def _pairs(answer: Answer) -> Iterator[tuple[Row, Row | None]]:
    """The rows with those of the range before: by period the groups, then those only before, then all others."""
    earlier = answer.compare.rows if answer.compare else []
    before: dict[tuple[date | None, str | None], Row] = {(row.beside, row.group): row for row in earlier}
    known = {(row.period, row.group) for row in answer.rows}
    gone = [row for row in earlier if row.beside and (row.beside, row.group) not in known and row.count]
    others = {row.period: row for row in answer.others.rows} if answer.others else {}
    others_before: dict[date, Row] = {}
    if answer.others and answer.compare and answer.compare.others:  # both have a row for each period, in order
        others_before = dict(zip(others, answer.compare.others.rows, strict=False))
    grouped = has_groups(answer)
    for period, of_period in groupby(answer.rows, key=lambda row: row.period):
        for row in of_period:
            one = before.get((period, row.group))
            if not grouped or row.count or (one and one.count):
                yield row, one
        for row in gone:
            if row.beside == period:
                value = 0 if row.value == row.count else None
                yield Row(period=period, group=row.group, value=value, count=0), row
        if period in others:
            yield others[period].model_copy(update={"group": _OTHERS}), others_before.get(period)


def group_name(row: Row, answer: Answer) -> str:
    """The name of a row's group, empty if there are no groups."""
    if row.group == _OTHERS and answer.others:
        return f"others ({answer.others.groups:,})"
    if row.group is None:
        return _NAMELESS if has_groups(answer) else ""
    name = (answer.labels or {}).get(row.group)
    said = printable(row.group if name is None else f"{name} {row.group}")
    return f'"{said}"' if said in {_NAMELESS, _EMPTY} else said or _EMPTY  # a tag, say, may be called so
