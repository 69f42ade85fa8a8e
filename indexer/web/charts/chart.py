"""The geometry of a chart over time: across in percent of its width, so that it fits every screen, up in pixels.

Numbers that add up are stacked in bars; others, such as medians, are lines with gaps where there is no number.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from indexer.reports import Interval
from indexer.reports.cell import AnyGroup, Group
from indexer.reports.figures import figure_text
from indexer.web.charts.scale import lines
from indexer.web.charts.series import Figure, Series

HEIGHT = 240
_MOST_TICKS = 9
_EDGE = 3
"""The distance from an edge, in percent, within which a text centred on its mark would cross the edge."""
_STEPS = {
    Interval.DAY: (1, 2, 7, 14, 28, 91, 182, 364),
    Interval.WEEK: (1, 2, 4, 13, 26, 52),
    Interval.MONTH: (1, 2, 3, 6, 12, 24, 60, 120),
    Interval.RANGE: (1,),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One coloured piece of a bar; `text` is its group and figure, `group` that of its series."""

    style: str
    y: float
    height: float
    text: str = ""
    group: Group = AnyGroup.ANY


@dataclass(frozen=True, slots=True)
class Bar:
    """The drawing for a period, and the whole width (`slot_x`, `slot_width`) in which it reacts to the pointer.

    `partial`: the range has only a part of the period, or the period is not over.
    """

    text: str
    slot_x: float
    slot_width: float
    x: float
    width: float
    segments: Sequence[Segment]
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line between the figures of two neighbouring periods."""

    style: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure as a point, hollow if its period is `partial`."""

    style: str
    x: float
    y: float
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis; `minor` ones are left out on a narrow screen; `anchor` is the side of the text at the mark."""

    at: float
    label: str
    minor: bool = False
    anchor: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws; `height` is that of the drawing alone, in pixels."""

    bars: Sequence[Bar]
    up: Sequence[Tick]
    along: Sequence[Tick]
    strokes: Sequence[Stroke] = ()
    dots: Sequence[Dot] = ()
    height: int = HEIGHT

    @property
    def is_bars(self) -> bool:
        """Whether the numbers are bars, not points on lines."""
        return not self.dots


def bar_chart(
    periods: Sequence[date],
    series: Sequence[Series],
    interval: Interval,
    unit: str,
    *,
    names: Sequence[str] | None = None,
    partial: Collection[date] = (),
    before: Series | None = None,
) -> Chart:
    """One bar for each period, stacked from the series in their order; the range before as a line over them.

    `names` are the names of periods that need more than their dates.
    """
    columns = zip(*(one.figures for one in series), strict=True)
    up = _lines_up([*(sum(figure or 0 for figure in column) for column in columns), *_figures(before)], unit)
    bars = _slots(_named(periods, interval, names, partial), series, unit, up[-1], before)
    strokes = [] if before is None else list(_strokes(before, up))
    return Chart(bars, _ticks_up(up, unit), _ticks_along(periods, interval), strokes)


def line_chart(
    periods: Sequence[date],
    series: Sequence[Series],
    interval: Interval,
    unit: str,
    *,
    names: Sequence[str] | None = None,
    partial: Collection[date] = (),
    before: Series | None = None,
) -> Chart:
    """One line for each series, broken where it has no figure; the range before as one more line."""
    figures = [figure for one in series for figure in one.figures if figure is not None]
    up = _lines_around([*figures, *_figures(before)], unit)
    drawn = [*series, *([] if before is None else [before])]
    return Chart(
        _slots(_named(periods, interval, names, partial), series, unit, None, before),
        _ticks_up(up, unit),
        _ticks_along(periods, interval),
        [stroke for one in drawn for stroke in _strokes(one, up)],
        [dot for one in series for dot in _dots(one, periods, up, partial)],
    )


def _figures(before: Series | None) -> list[float]:
    return [figure for figure in before.figures if figure is not None] if before else []


def period_label(period: date, interval: Interval) -> str:
    """The name of a period for people."""
    match interval:
        case Interval.DAY:
            return f"{period:%a} {period.day} {period:%b %Y}"
        case Interval.WEEK:
            return f"Week of {period.day} {period:%b %Y}"
        case Interval.MONTH:
            return f"{period:%B %Y}"
        case Interval.RANGE:
            return f"From {period.day} {period:%b %Y}"


def _named(
    periods: Sequence[date], interval: Interval, names: Sequence[str] | None, partial: Collection[date]
) -> dict[str, bool]:
    named = names or [period_label(period, interval) for period in periods]
    return {name: period in partial for name, period in zip(named, periods, strict=True)}


def _slots(
    periods: Mapping[str, bool], series: Sequence[Series], unit: str, top: float | None, before: Series | None
) -> list[Bar]:
    """The areas that react to the pointer for each period; with segments if there is a `top` to measure them by.

    `periods` are their names, and whether they are partial.
    """
    columns = zip(*(one.figures for one in series), strict=True)
    slot = 100 / len(periods)
    # A few wide bars look like walls, and many thin ones blur with gaps between them.
    width = min(slot * (0.72 if slot > 0.5 else 1.0), 9.0)
    return [
        Bar(
            _text(name, series, column, unit)
            + (f"; before: {figure_text(before.figures[position], unit)}" if before else ""),
            position * slot,
            slot,
            position * slot + (slot - width) / 2,
            width,
            [] if top is None else _segments(name, series, column, unit, top),
            is_partial,
        )
        for position, ((name, is_partial), column) in enumerate(zip(periods.items(), columns, strict=True))
    ]


def _segments(name: str, series: Sequence[Series], column: Sequence[Figure], unit: str, top: float) -> list[Segment]:
    found: list[Segment] = []
    below: float = 0
    for one, figure in zip(series, column, strict=True):
        if figure:
            y = _y(below + figure, top)
            text = _text(name, [one], [figure], unit) if len(series) == 1 else _of_group(name, one, figure, unit)
            found.append(Segment(one.style, y, _y(below, top) - y, text, one.group))
            below += figure
    return found


def _of_group(name: str, series: Series, figure: Figure, unit: str) -> str:
    return f"{name}, {series.label}: {figure_text(figure, unit)}"


def _dots(series: Series, periods: Sequence[date], up: Sequence[float], partial: Collection[date]) -> Iterator[Dot]:
    for position, figure in enumerate(series.figures):
        if figure is not None:
            x = (position + 0.5) * 100 / len(series.figures)
            yield Dot(series.style, x, _height(figure, up), periods[position] in partial)


def _strokes(series: Series, up: Sequence[float]) -> Iterator[Stroke]:
    number = len(series.figures)
    for position, (left, right) in enumerate(pairwise(series.figures)):
        if left is not None and right is not None:
            x1, x2 = ((place + 0.5) * 100 / number for place in (position, position + 1))
            yield Stroke(series.style, x1, _height(left, up), x2, _height(right, up))


def _text(label: str, series: Sequence[Series], column: Sequence[Figure], unit: str) -> str:
    if len(series) == 1:
        return f"{label}: {figure_text(column[0], unit)}"
    parts = [f"{one.label} {figure_text(figure, unit)}" for one, figure in zip(series, column, strict=True) if figure]
    return f"{label}: {', '.join(parts) or figure_text(0, unit)}"


def _height(value: float, up: Sequence[float]) -> float:
    """The position of a figure between the lowest and the highest line."""
    return _y(value - up[0], up[-1] - up[0])


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - value / top)


def _lines_up(figures: Sequence[float], unit: str) -> list[float]:
    rounded = [round(figure, 6) for figure in figures]  # shares add up to 100.00000000000001
    return lines(max(rounded, default=0), unit, whole=all(float(figure).is_integer() for figure in rounded))


def _lines_around(figures: Sequence[float], unit: str) -> list[float]:
    """Lines, with the same distance below 0 if a figure is negative."""
    lowest, highest = min([0, *figures]), max([0, *figures])
    if lowest >= 0:
        return _lines_up(figures, unit)
    step = _lines_up([highest - lowest], unit)[1]
    return [step * place for place in range(math.floor(lowest / step), math.ceil(highest / step) + 1)]


def _ticks_up(values: Sequence[float], unit: str) -> list[Tick]:
    return [Tick(_height(value, values), figure_text(value, unit)) for value in values]


def _ticks_along(periods: Sequence[date], interval: Interval) -> list[Tick]:
    steps = _STEPS[interval]
    step = next((step for step in steps if len(periods) <= step * _MOST_TICKS), -(-len(periods) // _MOST_TICKS))
    several_years = periods[0].year != periods[-1].year
    return [
        Tick(
            at := (position + 0.5) * 100 / len(periods),
            _tick_label(periods[position], interval, several_years=several_years),
            minor=(position // step) % 2 == 1,
            anchor="start" if at < _EDGE else "end" if at > 100 - _EDGE else "middle",
        )
        for position in range(0, len(periods), step)
    ]


def _tick_label(period: date, interval: Interval, *, several_years: bool) -> str:
    year = f" {period.year}" if several_years else ""
    return f"{period:%b}{year}" if interval is Interval.MONTH else f"{period.day} {period:%b}{year}"
