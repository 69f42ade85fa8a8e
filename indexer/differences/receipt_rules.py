"""Why two sides have different first events of a receipt: rules of counting, one of them switched at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from indexer.differences.reason import Reason
from indexer.differences.tally import Difference
from indexer.differences.tolerance import Tolerance
from indexer.messages.event import MessageEvent
from indexer.messages.judged_events import JudgedEvent, LeftOut, judge_events
from indexer.messages.receipt import Receipt
from indexer.messages.receipt_document import FIRSTS
from indexer.messages.statistics import OPEN

_KINDS: Final = {path: kind for kind, path in FIRSTS.items()}
_WORDS: Final = {
    Reason.OUTSIDE_RANGE: "with the events in the range alone",
    Reason.MACHINE_EVENT: "with the events that machines made",
    Reason.IMPOSSIBLE_EVENT: "with the events that the content type cannot have",
}


@dataclass(frozen=True, slots=True)
class EventRange:
    """The seconds from which (inclusive) until which (exclusive) an export counts events; None for no bound."""

    since: int | None
    until: int | None

    def has(self, at: int) -> bool:
        """Whether the second lies in the range."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


def receipt_reasons(
    receipt: Receipt,
    events: Iterable[MessageEvent],
    differences: Sequence[Difference],
    tolerance: Tolerance,
    counted: EventRange,
) -> list[Difference]:
    """The differences with their reasons: the fewest rules by which our value becomes that of the other side.

    `counted` is the range whose events a side may have counted alone.
    """
    judged = judge_events(receipt, events)
    return [_explained(one, judged, tolerance, counted) for one in differences]


def _explained(one: Difference, judged: Sequence[JudgedEvent], tolerance: Tolerance, counted: EventRange) -> Difference:
    kind = _KINDS.get(one.pair.left)
    if kind is not None:
        of_kind = [each for each in judged if each.event.kind == kind]

        def sides_are(*values: int | None) -> bool:
            return any(
                _near(one.left, mine, tolerance) and _near(one.right, theirs, tolerance)
                for mine, theirs in (values, values[::-1])
            )

        ours = _first(of_kind, frozenset(), counted)
        for size in range(1, len(_WORDS) + 1):
            for rules in combinations(_WORDS, size):
                theirs = _first(of_kind, frozenset(rules), counted)
                if theirs != ours and sides_are(ours, theirs):
                    how = ", ".join(_WORDS[rule] for rule in rules)
                    return _found(one, rules, f"computed {how}, the one gives the other.")
        later = [each.event.at for each in of_kind if each.left_out is LeftOut.LATER_OPEN]
        if kind == OPEN and any(sides_are(ours, at) for at in later):
            return _found(one, (Reason.LATER_OPEN,), "the one is the first open, the other a later one.")
    return _found(one, (Reason.UNEXPLAINED,), Reason.UNEXPLAINED.about)


def _first(judged: Iterable[JudgedEvent], rules: frozenset[Reason], counted: EventRange) -> int | None:
    """The time of the first event that counts by our rules with these switched."""
    return min((event.at for event, left_out in judged if _counts(event, left_out, rules, counted)), default=None)


def _counts(event: MessageEvent, left_out: LeftOut | None, rules: frozenset[Reason], counted: EventRange) -> bool:
    if Reason.OUTSIDE_RANGE in rules and not counted.has(event.at):
        return False
    match left_out:
        case LeftOut.IMPOSSIBLE:
            return Reason.IMPOSSIBLE_EVENT in rules
        case LeftOut.MACHINE:
            return Reason.MACHINE_EVENT in rules
        case LeftOut.LATER_OPEN:
            return Reason.OUTSIDE_RANGE in rules  # it is the first one in the range if the first lies before it
        case None:
            return True


def _near(value: Any, wanted: int | None, tolerance: Tolerance) -> bool:
    if value is None or wanted is None:
        return value is wanted
    return bool(abs(value - wanted) <= tolerance.timestamp)


def _found(one: Difference, reasons: Sequence[Reason], words: str) -> Difference:
    sides = " and ".join("none" if value is None else str(value) for value in (one.left, one.right))
    return one._replace(reasons=tuple(reasons), words=f"{sides}: {words}")
