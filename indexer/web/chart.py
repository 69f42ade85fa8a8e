"""The geometry of a chart over time: across in percent of its width, so that it fits every screen, up in pixels.

Numbers that add up stand on one another in bars; others, such as medians, are lines with gaps where there is
nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from indexer.reports import Interval
from indexer.reports.figures import said
from indexer.web.scale import lines
from indexer.web.series import Figure, Series

HEIGHT = 240
_MOST_TICKS = 9
_STEPS = {
    Interval.DAY: (1, 2, 7, 14, 28, 91, 182, 364),
    Interval.WEEK: (1, 2, 4, 13, 26, 52),
    Interval.MONTH: (1, 2, 3, 6, 12, 24, 60, 120),
    Interval.RANGE: (1,),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One coloured piece of a bar."""

    style: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """What is drawn for a period, and the whole width (`slot_x`, `slot_width`) that it answers to the pointer."""

    text: str
    slot_x: float
    slot_width: float
    x: float
    width: float
    segments: Sequence[Segment]


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
    """A figure as a point."""

    style: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis; `minor` ones give way on a narrow screen."""

    at: float
    label: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws; `height` is that of the drawing alone, in pixels."""

    bars: Sequence[Bar]
    up: Sequence[Tick]
    along: Sequence[Tick]
    strokes: Sequence[Stroke] = ()
    dots: Sequence[Dot] = ()
    height: int = HEIGHT


def bar_chart(periods: Sequence[date], series: Sequence[Series], interval: Interval, unit: str) -> Chart:
    """One bar for each period, stacked of the series in their order."""
    columns = zip(*(one.figures for one in series), strict=True)
    up = _lines_up([sum(figure or 0 for figure in column) for column in columns], unit)
    bars = _slots(_labels(periods, interval), series, unit, up[-1])
    return Chart(bars, _ticks_up(up, unit), _ticks_along(periods, interval))


def line_chart(periods: Sequence[date], series: Sequence[Series], interval: Interval, unit: str) -> Chart:
    """One line for each series, broken where it has no figure."""
    up = _lines_up([figure for one in series for figure in one.figures if figure is not None], unit)
    return Chart(
        _slots(_labels(periods, interval), series, unit, None),
        _ticks_up(up, unit),
        _ticks_along(periods, interval),
        [stroke for one in series for stroke in _strokes(one, up[-1])],
        [dot for one in series for dot in _dots(one, up[-1])],
    )


def period_label(period: date, interval: Interval) -> str:
    """A period as people say it."""
    match interval:
        case Interval.DAY:
            return f"{period:%a} {period.day} {period:%b %Y}"
        case Interval.WEEK:
            return f"Week of {period.day} {period:%b %Y}"
        case Interval.MONTH:
            return f"{period:%B %Y}"
        case Interval.RANGE:
            return f"From {period.day} {period:%b %Y}"


def _labels(periods: Sequence[date], interval: Interval) -> list[str]:
    return [period_label(period, interval) for period in periods]


def _slots(labels: Sequence[str], series: Sequence[Series], unit: str, top: float | None) -> list[Bar]:
    """What answers to the pointer for each period; with segments where there is a `top` to measure them by."""
    columns = zip(*(one.figures for one in series), strict=True)
    slot = 100 / len(labels)
    # A few wide bars look like walls, and many thin ones blur with gaps between them.
    width = min(slot * (0.72 if slot > 0.5 else 1.0), 9.0)
    return [
        Bar(
            _text(label, series, column, unit),
            position * slot,
            slot,
            position * slot + (slot - width) / 2,
            width,
            [] if top is None else _segments(series, column, top),
        )
        for position, (label, column) in enumerate(zip(labels, columns, strict=True))
    ]


def _segments(series: Sequence[Series], column: Sequence[Figure], top: float) -> list[Segment]:
    found: list[Segment] = []
    below: float = 0
    for one, figure in zip(series, column, strict=True):
        if figure:
            y = _y(below + figure, top)
            found.append(Segment(one.style, y, _y(below, top) - y))
            below += figure
    return found


def _dots(series: Series, top: float) -> Iterator[Dot]:
    for position, figure in enumerate(series.figures):
        if figure is not None:
            yield Dot(series.style, (position + 0.5) * 100 / len(series.figures), _y(figure, top))


def _strokes(series: Series, top: float) -> Iterator[Stroke]:
    number = len(series.figures)
    for position, (left, right) in enumerate(pairwise(series.figures)):
        if left is not None and right is not None:
            x1, x2 = ((place + 0.5) * 100 / number for place in (position, position + 1))
            yield Stroke(series.style, x1, _y(left, top), x2, _y(right, top))


def _text(label: str, series: Sequence[Series], column: Sequence[Figure], unit: str) -> str:
    if len(series) == 1:
        return f"{label}: {said(column[0], unit)}"
    parts = [f"{one.label} {said(figure, unit)}" for one, figure in zip(series, column, strict=True) if figure]
    return f"{label}: {', '.join(parts) or said(0, unit)}"


def _y(value: float, top: float) -> float:
    return HEIGHT * (1 - value / top)


def _lines_up(figures: Sequence[float], unit: str) -> list[float]:
    rounded = [round(figure, 6) for figure in figures]  # shares add up to 100.00000000000001
    return lines(max(rounded, default=0), unit, whole=all(float(figure).is_integer() for figure in rounded))


def _ticks_up(values: Sequence[float], unit: str) -> list[Tick]:
    return [Tick(_y(value, values[-1]), said(value, unit)) for value in values]


def _ticks_along(periods: Sequence[date], interval: Interval) -> list[Tick]:
    steps = _STEPS[interval]
    step = next((step for step in steps if len(periods) <= step * _MOST_TICKS), -(-len(periods) // _MOST_TICKS))
    several_years = periods[0].year != periods[-1].year
    return [
        Tick(
            (position + 0.5) * 100 / len(periods),
            _tick_label(periods[position], interval, several_years=several_years),
            minor=(position // step) % 2 == 1,
        )
        for position in range(0, len(periods), step)
    ]


def _tick_label(period: date, interval: Interval, *, several_years: bool) -> str:
    year = f" {period.year}" if several_years else ""
    return f"{period:%b}{year}" if interval is Interval.MONTH else f"{period.day} {period:%b}{year}"
