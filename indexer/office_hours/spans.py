"""Half-open spans `[start, end)` of whole numbers: minutes of a week or epoch seconds."""

from collections.abc import Iterable

Span = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in as few spans as possible, in order; overlapping and adjacent ones become one."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        elif start < end:
            union.append((start, end))
    return union


def clipped(spans: Iterable[Span], low: int, high: int) -> list[Span]:
    """The parts of the spans within `[low, high)`."""
    return [(max(start, low), min(end, high)) for start, end in spans if max(start, low) < min(end, high)]


def without(spans: Iterable[Span], hole: Span) -> list[Span]:
    """The parts of the spans outside the hole."""
    left: list[Span] = []
    for start, end in spans:
        left += clipped([(start, end)], start, hole[0])
        left += clipped([(start, end)], hole[1], end)
    return left
