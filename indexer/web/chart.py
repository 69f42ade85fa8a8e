"""The geometry of a bar chart: across in percent of its width, so that it fits every screen, up in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indexer.reports import Interval
from indexer.web.series import Series

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
class Tick:
    """A mark on an axis; `minor` ones give way on a narrow screen."""

    at: float
    label: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws; `height` is that of the bars alone, in pixels."""

    bars: Sequence[Bar]
    up: Sequence[Tick]
    along: Sequence[Tick]
    height: int = HEIGHT


def bar_chart(periods: Sequence[date], series: Sequence[Series], interval: Interval) -> Chart:
    """The chart of one bar for each period, stacked of the series in their order."""
    stacks = list(zip(*(one.figures for one in series), strict=True))
    step = _step_up(max((sum(stack) for stack in stacks), default=0))
    top = max(step, -(-max(map(sum, stacks), default=0) // step) * step)
    slot = 100 / len(periods)
    bars = [
        _bar(position * slot, slot, _text(period, interval, series, stack), _segments(series, stack, top))
        for position, (period, stack) in enumerate(zip(periods, stacks, strict=True))
    ]
    up = [Tick(_y(value, top), f"{value:,}") for value in range(0, top + 1, step)]
    return Chart(bars, up, _ticks_along(periods, interval))


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


def _bar(x: float, slot: float, text: str, segments: Sequence[Segment]) -> Bar:
    # A few wide bars look like walls, and many thin ones blur with gaps between them.
    share = 0.72 if slot > 0.5 else 1.0
    width = min(slot * share, 9.0)
    return Bar(text, x, slot, x + (slot - width) / 2, width, segments)


def _segments(series: Sequence[Series], stack: Sequence[int], top: int) -> list[Segment]:
    found, below = [], 0
    for one, figure in zip(series, stack, strict=True):
        if figure:
            y = _y(below + figure, top)
            found.append(Segment(one.style, y, _y(below, top) - y))
            below += figure
    return found


def _text(period: date, interval: Interval, series: Sequence[Series], stack: Sequence[int]) -> str:
    label = period_label(period, interval)
    if len(series) == 1:
        return f"{label}: {stack[0]:,}"
    parts = [f"{one.label} {figure:,}" for one, figure in zip(series, stack, strict=True) if figure]
    return f"{label}: {', '.join(parts) or '0'}"


def _y(value: int, top: int) -> float:
    return HEIGHT * (1 - value / top)


def _step_up(highest: int) -> int:
    """The distance of the lines: 1, 2 or 5 times a power of ten, for at most five of them."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= 5 * factor * power:
                return factor * power
        power *= 10


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
