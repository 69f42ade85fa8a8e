"""A waterfall as a drawing that needs no other files: an SVG file, or a page with the SVG in it."""

from dataclasses import dataclass

from indexer.answers.new_inbound import Waterfall
from indexer.reports.waterfall import UNEXPLAINED, WaterfallBar, top_of
from indexer.web.charts.scale import lines
from indexer.web.page_templates import rendered

WIDTH = 900
_ROW, _HEAD, _LEFT, _RIGHT = 34, 64, 330, 70


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A row of the drawing, in pixels; at `to_x`, a line leads from its total down to the next row."""

    label: str
    said: str
    style: str
    y: int
    x: float
    width: float
    to_x: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The content of the template."""

    title: str
    subtitle: str
    width: int
    height: int
    bars: list[DrawnBar]
    grid: list[tuple[float, str]]


def draw_waterfall(waterfall: Waterfall, *, page: bool = False) -> str:
    """The SVG, or a whole HTML page around it."""
    return rendered("waterfall_page.html" if page else "waterfall.svg", drawing=drawing(waterfall))


def drawing(waterfall: Waterfall) -> Drawing:
    """The geometry of a waterfall: one row for each bar, from left to right by number."""
    frame = waterfall.frame
    grid = lines(top_of(waterfall.bars), "conversations")
    scale = (WIDTH - _LEFT - _RIGHT) / max(grid[-1], 1)
    rows = [
        DrawnBar(
            bar.label,
            bar.said,
            _style(bar),
            _HEAD + position * _ROW,
            round(_LEFT + bar.ends[0] * scale, 2),
            round(max((bar.ends[1] - bar.ends[0]) * scale, 1.5), 2),
            round(_LEFT + bar.total * scale, 2),
        )
        for position, bar in enumerate(waterfall.bars)
    ]
    return Drawing(
        "New inbound conversations and exported threads",
        f"{frame.workspace}, {frame.first} to {frame.last} ({frame.time_zone}): "
        f"{waterfall.chart:,} in the chart, {waterfall.export:,} in the export, {waterfall.both:,} in both",
        WIDTH,
        _HEAD + len(rows) * _ROW + 30,
        rows,
        [(round(_LEFT + value * scale, 2), f"{value:,.0f}") for value in grid],
    )


def _style(bar: WaterfallBar) -> str:
    if bar.change is None:
        return "total"
    return "odd" if bar.label == UNEXPLAINED else "more" if bar.change > 0 else "less"
