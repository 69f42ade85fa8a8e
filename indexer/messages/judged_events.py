"""Which of a receipt's events count. The others are kept and exported, and no report counts them."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from indexer.messages.event import MessageEvent
from indexer.messages.receipt import Receipt
from indexer.messages.statistics import CLICK, EVENTS, OPEN, content_type_of


class LeftOut(StrEnum):
    """The reason why an event does not count."""

    IMPOSSIBLE = "impossible"
    MACHINE = "machine"
    LATER_OPEN = "later_open"

    @property
    def about(self) -> str:
        """The reason in a sentence."""
        return _ABOUT[self]


_ABOUT: Final = {
    LeftOut.IMPOSSIBLE: "Content of this type cannot have such an event.",
    LeftOut.MACHINE: "A mail proxy or a scanner made it, not the recipient.",
    LeftOut.LATER_OPEN: "Only the first open counts.",
}

BY_MACHINES: Final = frozenset({OPEN, CLICK})
"""The kinds of events that machines make in place of the recipient; of others `machine` is ignored."""


_AT = attrgetter("at")


class JudgedEvent(NamedTuple):
    """An event, and why it does not count; None if it does."""

    event: MessageEvent
    left_out: LeftOut | None


def judge_events(receipt: Receipt, events: Iterable[MessageEvent]) -> list[JudgedEvent]:
    """The events by time and then by key, whatever their order was, each with its judgement."""
    content_type = content_type_of(receipt.content_type or "")
    opened = False
    judged = []
    for event in in_order(events):
        left_out = _left_out(event, content_type, opened=opened)
        opened = opened or (event.kind == OPEN and left_out is None)
        judged.append(JudgedEvent(event, left_out))
    return judged


def in_order(events: Iterable[MessageEvent]) -> Sequence[MessageEvent]:
    """By time, and within a second by key."""
    found = sorted(events, key=_AT)
    # A key takes longer to make than to compare.
    if len(found) > 1 and any(one.at == following.at for one, following in pairwise(found)):
        found.sort(key=lambda event: (event.at, event.key))
    return found


def _left_out(event: MessageEvent, content_type: str, *, opened: bool) -> LeftOut | None:
    statistic = EVENTS.get(event.kind)
    if statistic is not None and not statistic.can_be_of(content_type):
        return LeftOut.IMPOSSIBLE
    if event.machine and event.kind in BY_MACHINES:
        return LeftOut.MACHINE
    return LeftOut.LATER_OPEN if event.kind == OPEN and opened else None
