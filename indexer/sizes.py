"""Sizes in bytes as people read them."""

from typing import Any


def bytes_said(value: Any) -> str:
    """A size in the unit that fits: `512 B`, `1.4 kB`, `220.9 MB`."""
    size = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(size) < 1000:
            return (
                f"{size:,.0f} {unit}" if unit == "B" or size >= 100 else f"{size:,.1f}".removesuffix(".0") + f" {unit}"
            )
        size /= 1000
    return f"{size:,.1f} TB"
