"""A figure's small line over time, without axes: the table beside it has the numbers."""

from collections.abc import Sequence
from itertools import groupby

from indexer.web.charts.series import Figure

WIDTH, HEIGHT = 100, 28


def sparkline(figures: Sequence[Figure], highest: float | None = None) -> list[str]:
    """The points of each unbroken line, as SVG writes them; empty if there are fewer than two figures.

    `highest` is the top of the scale if several lines share one.
    """
    known = [figure for figure in figures if figure is not None]
    if len(known) < 2:
        return []
    low, top = min(0, *known), max(0, *known, highest or 0)
    scale = (top - low) or 1
    step = WIDTH / (len(figures) - 1)
    points = [
        None if figure is None else f"{place * step:.1f},{HEIGHT - 2 - (HEIGHT - 4) * (figure - low) / scale:.1f}"
        for place, figure in enumerate(figures)
    ]
    runs = [[point for point in run if point] for known, run in groupby(points, key=lambda point: point is not None)]
    return [" ".join(run) for run in runs if len(run) > 1]
