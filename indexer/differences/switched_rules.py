"""The rules by which definitions differ, as changes of a document's inputs.

Every field has one definition. A rule gives it another input: other events, another anchor, other office hours. So the
result of a rule is always computed by the definition itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from indexer.conversation import FLAGS, Conversation, Event, Timeline, timeline_of, wire
from indexer.conversation.assignee import is_unknown
from indexer.conversation.parsing import source_event
from indexer.conversation.part_types import PART_TYPES, SOURCE
from indexer.differences.reason import Reason
from indexer.office_hours import ALWAYS_OPEN, OfficeHours

_change = msgspec.structs.replace


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a document.

    `start_stays` keeps the time of the first message beside clocks from the creation; `shift` is added to the
    document's times once it is computed, in seconds.
    """

    conversation: Conversation
    hours: OfficeHours
    bots_interrupt: bool = False
    before_anchor: bool = False
    from_creation: bool = False
    start_stays: bool = False
    shift: int = 0

    def timeline(self) -> Timeline:
        """The events around the anchor that the rules choose."""
        timeline = timeline_of(self.conversation.events)
        events, anchor = timeline.events, timeline.anchor
        if self.from_creation:
            anchor = next((event for event in events if event.type is SOURCE), None)
            if anchor is None:
                anchor = source_event(self.conversation.said.created_at, is_message=False)
                events = sorted([*events, anchor])
        after = timeline.whole if self.before_anchor else timeline.after
        return Timeline(events, anchor, timeline.contact_messages, after, timeline.whole)


class Rule(NamedTuple):
    """A reason, with its change of the inputs, and the same in words."""

    reason: Reason
    change: Callable[[Inputs], Inputs]
    words: str


def source_message() -> Rule:
    """The source message counts, or it does not."""
    return Rule(Reason.SOURCE_MESSAGE, _without_source, "without the message that started the conversation")


def before_anchor() -> Rule:
    """All events count, even those before the customer's first message."""
    return Rule(
        Reason.BEFORE_ANCHOR,
        lambda given: replace(given, before_anchor=True),
        "with the events before the customer's first message",
    )


def clock_start(*, start_stays: bool = False) -> Rule:
    """Every clock that starts at the first message starts at the creation; a negative duration is 0 then."""
    return Rule(
        Reason.CLOCK_START,
        lambda given: replace(given, from_creation=True, start_stays=start_stays),
        "from the creation on",
    )


def bot_interrupts() -> Rule:
    """The literal rule of reply times."""
    return Rule(
        Reason.BOT_INTERRUPTS, lambda given: replace(given, bots_interrupt=True), "with bots interrupting reply times"
    )


def elapsed() -> Rule:
    """Time within office hours is elapsed time."""
    return Rule(Reason.ELAPSED_OR_OFFICE, lambda given: replace(given, hours=ALWAYS_OPEN), "in elapsed time")


def other_hours(name: str, hours: OfficeHours) -> Rule:
    """Office hours of another name."""
    return Rule(
        Reason.OTHER_OFFICE_HOURS, lambda given: replace(given, hours=hours), f"within the office hours {name!r}"
    )


def bot_as_human(*, accounts_only: bool) -> Rule:
    """Bots are teammates: all of them, or those that have a teammate's account (the Operator, an AI agent)."""
    whom = "bots with a teammate's account" if accounts_only else "every bot"
    return Rule(Reason.BOT_AS_HUMAN, lambda given: _with_bots_as_teammates(given, accounts_only), f"with {whom} as one")


def as_of(at: int) -> Rule:
    """Only events up to that second count."""
    return Rule(
        Reason.STALE,
        lambda given: _with_parts(given, lambda event: event.at <= at, updated_at=at),
        f"from the parts up to {at}",
    )


def first_parts(count: int, *, total_known: bool) -> Rule:
    """Only the first parts of the list; the vendor's total may have come with them."""
    return Rule(
        Reason.PARTS_TRUNCATED,
        lambda given: _with_parts(given, lambda event: event.place < count, total_known=total_known),
        f"from the first {count} parts",
    )


def last_parts(count: int, of: int, *, total_known: bool) -> Rule:
    """Only the last parts of a list of that many."""
    return Rule(
        Reason.PARTS_TRUNCATED,
        lambda given: _with_parts(given, lambda event: event.place >= of - count, total_known=total_known),
        f"from the last {count} parts",
    )


def thread_stamp(*, of_message: bool) -> Rule:
    """The message thread is a second later than the conversation (or, if it is, no longer), perhaps its message too."""
    words = "with the thread and its message a second later" if of_message else "with the thread's stamp a second off"
    return Rule(Reason.THREAD_STAMP, lambda given: _with_other_stamp(given, of_message), words)


def time_shift(seconds: int) -> Rule:
    """All times are off by this many seconds, shifted after the document was computed."""
    return Rule(
        Reason.TIME_SHIFT, lambda given: replace(given, shift=seconds), f"with all times {seconds:+d} seconds off"
    )


def time_shift_before(seconds: int) -> Rule:
    """All times were off by this many seconds before the document was computed."""
    return Rule(
        Reason.TIME_SHIFT,
        lambda given: replace(given, hours=_earlier(given.hours, seconds), shift=seconds),
        f"from times that are all {seconds:+d} seconds off",
    )


def _earlier(hours: OfficeHours, seconds: int) -> OfficeHours:
    """The office hours, moved earlier to match shifted times; those of teams stay as they are."""
    clock = hours.clock
    return replace(hours, clock=lambda at: clock(at + seconds))


def _without_source(given: Inputs) -> Inputs:
    events = [event for event in given.conversation.events if event.type is not SOURCE]
    return replace(given, conversation=_change(given.conversation, events=events))


def _with_bots_as_teammates(given: Inputs, accounts_only: bool) -> Inputs:
    parts = given.conversation.said.parts

    def as_teammate(event: Event) -> Event:
        assignee = event.assignee
        if assignee is not None and assignee[0] == "bot":
            event = _change(event, assignee=("teammate", *assignee[1:]))
        author = parts[event.place].author if event.by_bot else None
        if author is not None and (author.type == "admin" or not accounts_only):
            return _change(event, by_bot=False, by_teammate=True, reply=event.visible)
        return event

    events = [as_teammate(event) for event in given.conversation.events]
    return replace(given, conversation=_change(given.conversation, events=events))


def _with_parts(
    given: Inputs, keep: Callable[[Event], bool], *, updated_at: int | None = None, total_known: bool = False
) -> Inputs:
    """The conversation with those parts only, and the facts that follow from them."""
    whole = given.conversation
    events = [event for event in whole.events if event.type is SOURCE or keep(event)]
    left_out = len(whole.events) - len(events)
    flags = set(whole.data_quality)
    if total_known and left_out:
        flags.add("parts_truncated")
    if all(event.type is SOURCE or event.type.name in PART_TYPES for event in events):
        flags.discard("unknown_part_type")
    if not any(_assigns_to_somebody_unknown(whole, event) for event in events):
        flags.discard("assignee_unknown")
    if left_out:
        flags.discard("duplicate_part")
    if not events or events[0].at >= whole.said.created_at:
        flags.discard("clock_skew")
    return replace(
        given,
        conversation=_change(
            whole,
            events=events,
            part_count=whole.part_count if total_known else whole.part_count - left_out,
            data_quality=[flag for flag in FLAGS if flag in flags],
            said=_as_it_was(whole.said, events, updated_at) if updated_at is not None else whole.said,
        ),
    )


def _assigns_to_somebody_unknown(conversation: Conversation, event: Event) -> bool:
    if not event.type.assignment:
        return False
    assigned_to = conversation.said.parts[event.place].assigned_to
    return assigned_to is not None and is_unknown(assigned_to)


def _as_it_was(said: wire.Conversation, events: list[Event], updated_at: int) -> wire.Conversation:
    """The conversation's facts at that time, if numbers depend on them; its state is not known any more.

    An SLA is missed from its first miss on, so before that it was not.
    """
    applied = said.sla_applied
    missed = any(event.type.name == "conversation_sla_target_missed" for event in events)
    if applied is not None and applied.sla_status == "missed" and not missed:
        applied = _change(applied, sla_status="active")
    return _change(said, updated_at=updated_at, state=None, sla_applied=applied)


def _with_other_stamp(given: Inputs, of_message: bool) -> Inputs:
    said = given.conversation.said
    created_at = said.created_at
    late = said.source.created_at == created_at + 1
    stamp = created_at if late else created_at + 1
    events = given.conversation.events
    if of_message and not late:
        events = sorted(_change(event, at=stamp) if event.type is SOURCE else event for event in events)
    source = _change(said.source, created_at=stamp)
    return replace(given, conversation=_change(given.conversation, events=events, said=_change(said, source=source)))
