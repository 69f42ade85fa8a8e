"""Durations for people, in the one form that reports, explanations and pages share."""

from itertools import pairwise
from typing import Final

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))

SIZES: Final = dict(_UNITS)
"""The seconds of each unit, by the letter with which it is written."""


def duration(seconds: float) -> str:
    """The two largest units of a duration, rounded to the smaller one: `45 s`, `12 m 5 s`, `1 h 23 m`, `2 d 3 h`."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    for (name, size), (smaller, small) in pairwise(_UNITS):
        rounded = round(seconds / small) * small
        if rounded >= size:
            whole, rest = divmod(rounded, size)
            return f"{whole:,} {name}" + (f" {rest // small} {smaller}" if rest else "")
    return f"{seconds:.1f}".removesuffix(".0") + " s" if seconds < 10 else f"{seconds:.0f} s"


def exact_duration(seconds: int) -> str:
    """The same, with the seconds in brackets if the units do not give them exactly: `1 d 4 h (102,120 s)`."""
    return duration(seconds) if abs(seconds) < 60 else f"{duration(seconds)} ({seconds:,} s)"


def bound(seconds: int) -> str:
    """A bound between durations, to the second: `5 m`, `1 h 30 m`, `1 d 1 s`."""
    said, rest = [], seconds
    for name, size in _UNITS:
        whole, rest = divmod(rest, size)
        if whole:
            said.append(f"{whole:,} {name}")
    return " ".join(said) or "0 s"
