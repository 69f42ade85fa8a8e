"""The groups of a single period, one below the other: a bar, the number, and the count behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.reports import Answer, Definition, Row
from indexer.reports.figures import figure_text
from indexer.web.charts.series import label_of
from indexer.web.headings import heading

MOST = 500
"""The most groups that a page shows; the API answers more."""


@dataclass(frozen=True, slots=True)
class Line:
    """A group; `width` is that of its bar in percent, `group` that of the answer's row, `number` what `value` says."""

    label: str
    value: str
    width: float
    count: int
    group: str | None = None
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Across:
    """The lines, the headings of groups and counts, and how many groups have no line.

    `count_head` is None if the counts are the values.
    """

    lines: Sequence[Line]
    group_head: str
    count_head: str | None
    left_out: int


def lines_across(report: Definition, answer: Answer) -> Across:
    """The lines: the largest group first, the one without a value last; the parts of a distribution in their order."""
    rows = answer.rows if report.value.has_parts else sorted(answer.rows, key=_place)
    highest = max((row.value for row in rows if row.value is not None), default=0)
    lines = [
        Line(
            label_of(answer, row.group),
            figure_text(row.value, answer.unit),
            100 * max(row.value or 0, 0) / highest if highest > 0 else 0,
            row.count,
            row.group,
            row.value,
        )
        for row in rows
    ]
    is_counted = any(row.value != row.count for row in rows)
    return Across(
        lines[:MOST],
        "Time" if report.value.has_parts else heading(answer.group_by or ""),
        ("Count" if report.counts_actions else report.documents.capitalize()) if is_counted else None,
        len(lines[MOST:]),
    )


def _place(row: Row) -> tuple[bool, bool, float, str]:
    return (row.group is None, row.value is None, -(row.value or 0), row.group or "")
