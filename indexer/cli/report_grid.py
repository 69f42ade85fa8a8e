"""A heat map on a terminal: the hours of the day under the days of the week, with sums of both."""

from collections.abc import Iterator

from indexer.reports import Answer
from indexer.reports.heatmap_hours import HOURS

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHADES = " ▁▂▃▄▅▆▇█"


def grid_lines(answer: Answer, width: int) -> Iterator[str]:
    """One grid in at most `width` columns for each period, under a line with its date if there are several."""
    periods = list(dict.fromkeys(row.period for row in answer.rows))
    for period in periods:
        values = {row.group or "": row.value or 0 for row in answer.rows if row.period == period}
        if len(periods) > 1:
            yield f"{answer.interval.value} of {period}"
        yield from _grid(values, _days(answer), width)
        if period != periods[-1]:
            yield ""


def _days(answer: Answer) -> list[str]:
    """The days of the week, beginning with the one that weeks begin on."""
    first = _DAYS.index(answer.week_start.value[:3].title()) if answer.week_start else 0
    return [*_DAYS[first:], *_DAYS[:first]]


def _grid(values: dict[str, float], days: list[str], width: int) -> Iterator[str]:
    hours = sorted({hour.partition(" ")[2] for hour in HOURS})
    highest = max(values.values(), default=0)
    rows = [[values.get(f"{day} {hour}", 0) for day in days] for hour in hours]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    numbers = [*(value for row in rows for value in row), *sums]
    # The longer the numbers, the less is shown: first without blocks, then without commas, then in thousands.
    for written, gap, shaded in ((_comma, 2, True), (_comma, 1, False), (_plain, 1, False), (_short, 1, False)):
        wide = max(3, *(len(written(value)) for value in numbers))
        last = max(3, len(written(sum(sums))))
        cell = gap + wide + shaded
        if 4 + 7 * cell + gap + last <= width:
            break
    between = " " * gap

    def line(name: str, cells: list[float], *, shade: bool) -> str:
        blocks = [(_shade(value, highest) if shade else " ") * shaded for value in cells]
        said = "".join(f"{between}{written(value):>{wide}}{block}" for value, block in zip(cells, blocks, strict=True))
        return f"{name:>4}{said}{between}{written(sum(cells)):>{last}}"

    yield "hour" + "".join(f"{between}{day:>{wide}}{' ' * shaded}" for day in days) + f"{between}{'all':>{last}}"
    for hour, row in zip(hours, rows, strict=True):
        yield line(hour, row, shade=True)
    yield line("all", sums, shade=False)


def _comma(value: float) -> str:
    return f"{value:,.0f}" if value else "·"


def _plain(value: float) -> str:
    return f"{value:.0f}" if value else "·"


def _short(value: float) -> str:
    for least, size, unit in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= least:
            return f"{value / size:.0f}{unit}"
    return _plain(value)


def _shade(value: float, highest: float) -> str:
    """A block that is higher the nearer the value is to the highest; only zero is invisible."""
    return _SHADES[max(1, round(value / highest * 8))] if value > 0 else " "
