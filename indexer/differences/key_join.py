"""Joining two sides in the order of their keys in one pass."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from indexer.keys import EntityKey


class Entry(NamedTuple):
    """A document of one side: its key, and its JSON."""

    key: EntityKey
    body: bytes


class Joined(NamedTuple):
    """One key with the document of each side, None if it has none."""

    key: EntityKey
    left: bytes | None
    right: bytes | None


class OutOfOrder(ValueError):
    """A side is not in the order of its keys, or has a key twice."""


def join(left: Iterable[list[Entry]], right: Iterable[list[Entry]]) -> Iterator[Joined]:
    """Every key of either side once, in order; the sides come in pages.

    Keys are ordered by code points, which is the order of the bytes of their UTF-8. Raises `OutOfOrder` if the keys of
    a side do not rise. At most one page of each side is held.
    """
    ours, theirs = _rising(left, "left"), _rising(right, "right")
    mine, other = next(ours, None), next(theirs, None)
    while mine is not None and other is not None:
        if mine.key == other.key:
            yield Joined(mine.key, mine.body, other.body)
            mine, other = next(ours, None), next(theirs, None)
        elif mine.key < other.key:
            yield Joined(mine.key, mine.body, None)
            mine = next(ours, None)
        else:
            yield Joined(other.key, None, other.body)
            other = next(theirs, None)
    while mine is not None:
        yield Joined(mine.key, mine.body, None)
        mine = next(ours, None)
    while other is not None:
        yield Joined(other.key, None, other.body)
        other = next(theirs, None)


def _rising(pages: Iterable[list[Entry]], side: str) -> Iterator[Entry]:
    before: EntityKey | None = None
    for page in pages:
        for entry in page:
            if before is not None and entry.key <= before:
                what = "twice" if entry.key == before else f"after {before.entity_id}"
                raise OutOfOrder(
                    f"the {side} side has {entry.key.entity_id} of workspace {entry.key.workspace_id} {what}"
                )
            before = entry.key
            yield entry
