"""How a number differs from that of an earlier range, as text and as a number."""

from collections.abc import Sequence

from indexer.reports.figures import figure_text
from indexer.web.charts.series import Figure, Series


def compared_cells(
    unit: str, columns: Sequence[Sequence[Figure]], before: Series | None
) -> list[list[tuple[str, Figure]]]:
    """For each period the earlier figure and the difference, as text and as a number; empty without a comparison."""
    if before is None:
        return [[] for _ in columns]
    return [
        [
            (figure_text(earlier, unit), earlier),
            (change(column[0], earlier, unit), changed(column[0], earlier, unit)),
        ]
        for column, earlier in zip(columns, before.figures, strict=True)
    ]


def change(now: Figure, earlier: Figure, unit: str) -> str:
    """From `earlier` to `now` in percent, of percentages in points; empty if there is nothing to compare with.

    If one of the two is negative, as what came in less what went out can be, the difference itself.
    """
    if now is None or earlier is None:
        return ""
    if unit == "percent":
        return f"{now - earlier:+,.1f} points"
    if now < 0 or earlier < 0:
        return f"{'+' if now > earlier else ''}{figure_text(now - earlier, unit)}"
    return f"{(now - earlier) / earlier:+,.0%}" if earlier else ""


def changed(now: Figure, earlier: Figure, unit: str) -> Figure:
    """The number that `change` writes; None if there is nothing to compare with."""
    if now is None or earlier is None or not change(now, earlier, unit):
        return None
    return now - earlier if unit == "percent" or now < 0 or earlier < 0 else (now - earlier) / earlier
