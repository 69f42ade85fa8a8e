"""Numbers of reports in tables."""

from indexer.reports.figures import duration


def said(value: float | None, unit: str) -> str:
    """A number in its unit for a table: `4,980 (1 h 23 m)`, `66.7 %`, `-` for null."""
    if value is None:
        return "-"
    if unit == "percent":
        return f"{value:,.1f} %"
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return f"{number} ({duration(value)})" if unit == "seconds" else number
