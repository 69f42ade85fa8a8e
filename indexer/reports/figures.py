"""The number of a report as people read it: seconds as a duration, percent as percent."""

from itertools import pairwise

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))

NOTHING = "-"
"""What stands where there is nothing to aggregate."""


def said(value: float | None, unit: str) -> str:
    """`1 h 23 m`, `12.5 %`, `1,234` or `4.25`: rounded, with its unit where a number alone would be misread."""
    if value is None:
        return NOTHING
    match unit:
        case "seconds":
            return duration(value)
        case "percent":
            return f"{_short(f'{value:,.1f}')} %"
        case _:
            return _short(f"{value:,.2f}")


def duration(seconds: float) -> str:
    """Its two largest units, rounded to the smaller one: `45 s`, `12 m 5 s`, `1 h 23 m`, `2 d 3 h`."""
    for (name, size), (smaller, small) in pairwise(_UNITS):
        rounded = round(seconds / small) * small
        if rounded >= size:
            whole, rest = divmod(rounded, size)
            return f"{whole:,} {name}" + (f" {rest // small} {smaller}" if rest else "")
    return f"{_short(f'{seconds:.1f}')} s" if seconds < 10 else f"{seconds:.0f} s"


def _short(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written
