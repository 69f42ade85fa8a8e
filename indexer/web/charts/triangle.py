"""Parts of several periods as a table of shades: each period a row, each part a column, as in retention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indexer.reports import Answer
from indexer.reports.figures import figure_text
from indexer.web.charts.heatmap_chart import LEVELS


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a period: its figure, its shade from 0 to 8, its group in the answer, and the number in percent."""

    text: str
    level: int
    group: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Triangle:
    """The parts as headings; for each period its date, what is behind it, and its shares, None for those to come."""

    heads: Sequence[str]
    rows: Sequence[tuple[date, int, Sequence[Share | None]]]


def triangle_of(answer: Answer) -> Triangle:
    """The table of an answer in percent; the first part of a period stands for everything in it."""
    periods: dict[date, dict[str, Share]] = {}
    counts: dict[date, int] = {}
    for row in answer.rows:
        counts.setdefault(row.period, row.count)
        level = -(-round(row.value or 0) * LEVELS // 100)
        share = Share(figure_text(row.value, answer.unit), min(level, LEVELS), row.group or "", row.value)
        periods.setdefault(row.period, {})[share.group] = share
    heads = list(dict.fromkeys(row.group or "" for row in answer.rows))
    rows = [(period, counts[period], [found.get(head) for head in heads]) for period, found in sorted(periods.items())]
    return Triangle([head.capitalize() for head in heads], rows)
