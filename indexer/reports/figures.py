"""The number of a report for people: seconds as a duration, percent as percent."""

from indexer.calendar.durations import duration

NOTHING = "-"
"""The text in place of a number if there is nothing to aggregate."""


def figure_text(value: float | None, unit: str) -> str:
    """`1 h 23 m`, `12.5 %`, `1,234` or `4.25`: rounded, with its unit if a number alone would be misread."""
    if value is None:
        return NOTHING
    match unit:
        case "seconds":
            return duration(value)
        case "percent":
            return f"{_short(f'{value:,.1f}')} %"
        case _:
            return _short(f"{value:,.2f}")


def _short(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written
