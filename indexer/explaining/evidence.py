"""What makes each value: the events and the stretches of time, as the definitions in `indexer.metrics` find them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from indexer.conversation import Conversation, Event, Timeline
from indexer.conversation.part_types import SOURCE
from indexer.explaining.explanation import CREATION, Hours, Stretch
from indexer.explaining.timeline import numbers_of
from indexer.metrics.bot_inbox import bot_inbox
from indexer.metrics.durations import OfficeTime
from indexer.metrics.legacy import first_user_reply_at
from indexer.metrics.milestones import Milestones, first_assignment_to_teammate, milestones_of, waiting_since
from indexer.metrics.replies import ReplyTime, reply_times
from indexer.metrics.states import States, walk_states
from indexer.office_hours import ALWAYS_OPEN, OfficeHours


class Evidence(NamedTuple):
    """Numbers of entries of the timeline, stretches of time, and what is counted beside the entries."""

    parts: tuple[int, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    """What the definitions find in a conversation."""

    conversation: Conversation
    timeline: Timeline
    milestones: Milestones
    states: States
    replies: list[ReplyTime]
    hours: OfficeHours
    numbers: dict[int, int]

    def parts(self, events: Iterable[Event | None]) -> Evidence:
        return Evidence(tuple(self.numbers[event.place] for event in events if event is not None))

    def between(self, start: Event | None, end: Event | None, hours: Hours) -> Iterator[Stretch]:
        if start is not None and end is not None:
            yield self.stretch(start.at, end.at, self.numbers[start.place], self.numbers[end.place], hours)

    def since_creation(self, end: Event, hours: Hours) -> Stretch:
        created_at = self.conversation.said.created_at
        return self.stretch(created_at, end.at, CREATION, self.numbers[end.place], hours)

    def stretch(self, start: int, end: int, first: int | None, last: int | None, hours: Hours) -> Stretch:
        measured_with = self.hours if hours == "office" else ALWAYS_OPEN
        intervals = measured_with.intervals(start, end)
        return Stretch(start, end, first, last, hours, sum(till - since for since, till in intervals), intervals)


def evidence_of(
    conversation: Conversation, timeline: Timeline, hours: OfficeHours, *, bots_interrupt: bool = False
) -> dict[str, Evidence]:
    """By field; also of fields that the document lacks, as `handling_time` before the conversation is closed."""
    found = _Found(
        conversation,
        timeline,
        milestones_of(timeline),
        walk_states(timeline),
        reply_times(timeline, OfficeTime(hours.clock), bots_interrupt=bots_interrupt),
        hours,
        numbers_of(timeline),
    )
    evidence = {name: found.parts([event]) for name, event in _times(found)} | dict(_counted(found))
    evidence["legacy.conversation_created_at"] = Evidence((CREATION,))
    evidence["open_during"] = Evidence(stretches=tuple(_ranges(found, found.states.open_spans)))
    evidence["snoozed_during"] = Evidence(stretches=tuple(_ranges(found, found.states.snoozed_spans)))
    for name, stretches in _measured(found, "elapsed"):
        evidence[name] = Evidence(stretches=tuple(stretches))
    for name, stretches in _measured(found, "office"):
        evidence[_office_name(name)] = Evidence(stretches=tuple(stretches))
    for name, twin in _REST_TWINS.items():
        evidence[f"statistics.{name}"] = evidence[twin]
    return evidence


def _office_name(name: str) -> str:
    """The field within office hours; all statistics are, without a suffix."""
    return name if name.startswith("statistics.") else f"{name}_ooo"


_REST_TWINS = {
    "time_to_admin_reply": "first_response_time_ooo",
    "time_to_last_close": "time_to_last_close_ooo",
    "reply_times": "reply_times_ooo",
    "median_time_to_reply": "median_reply_time_ooo",
}


def _times(found: _Found) -> Iterator[tuple[str, Event | None]]:
    """The events whose `at` is the value, and those that say who."""
    milestones, whole = found.milestones, found.timeline.whole
    yield "started_at", milestones.first_contact_reply_at
    yield "first_response_at", milestones.first_admin_reply_at
    yield "last_closed_at", milestones.last_close_at
    yield "last_closed_by_human_at", milestones.last_closed_by_human_at
    yield "statistics.last_closed_by_id", milestones.last_closed_by_human_at
    yield "waiting_since", waiting_since(found.timeline)
    for name in milestones.__struct_fields__:
        if name != "last_closed_by_human_at":
            yield f"statistics.{name}", getattr(milestones, name)
    yield "legacy.first_user_reply_at", first_user_reply_at(found.timeline)
    for name, events in (("admin_reply", whole.replies), ("assignment", whole.assignments), ("close", whole.closes)):
        yield f"legacy.first_{name}_at", events[0] if events else None
        if name != "admin_reply":
            yield f"legacy.last_{name}_at", events[-1] if events else None


def _counted(found: _Found) -> Iterator[tuple[str, Evidence]]:
    """The events that are counted, or whose authors or assignments are listed."""
    after, whole, milestones = found.timeline.after, found.timeline.whole, found.milestones
    yield "teammate_replies_count", found.parts(after.replies)
    closed, responded = milestones.last_close_at, milestones.first_admin_reply_at
    yield "replies_to_close", found.parts(one for one in after.replies if closed is not None and one <= closed)
    yield (
        "reassignments_after_first_reply",
        found.parts(one for one in after.assignments if responded is not None and one > responded),
    )
    yield "closed_on_first_contact", found.parts(sorted({*after.closes, *whole.replies}))
    yield "participating_teammate_ids", found.parts(whole.replies)
    yield "participating_team_ids", found.parts(whole.replies)
    yield "bot_inbox", found.parts([bot_inbox(found.timeline, found.states)[1]] if found.timeline.anchor else [])
    yield "statistics.count_reopens", found.parts(after.reopens)
    yield "statistics.count_assignments", found.parts(after.assignments)
    yield "legacy.count_reopens", found.parts(whole.reopens)
    yield "legacy.count_assignments", found.parts(whole.assignments)
    given = found.parts(event for event in found.timeline.events if event.type is not SOURCE)
    yield "statistics.count_conversation_parts", given._replace(more=found.conversation.part_count - len(given.parts))
    acted = (event for event in found.timeline.events if event.reply or event.type.action_kinds)
    yield "actions", found.parts(acted)


def _measured(found: _Found, hours: Hours) -> Iterator[tuple[str, Iterable[Stretch]]]:
    """The stretches of each duration, under the name of the elapsed one."""
    milestones, whole = found.milestones, found.timeline.whole
    start, closed = milestones.first_contact_reply_at, milestones.last_close_at
    responded, answering = milestones.first_admin_reply_at, milestones.last_assignment_admin_reply_at
    yield "first_response_time", found.between(start, responded, hours)
    yield "time_to_last_close", found.between(start, closed, hours)
    yield "time_to_last_close_by_human", found.between(start, milestones.last_closed_by_human_at, hours)
    pairs = [stretch for one in found.replies for stretch in found.between(one.message, one.reply, hours)]
    yield "reply_times", pairs
    yield "median_reply_time", pairs
    if start is not None:
        by_bot, handed_over = bot_inbox(found.timeline, found.states)
        yield "bot_inbox_time", found.between(start, handed_over, hours)
        people_since = handed_over if by_bot and handed_over is not None else start
        yield "first_response_time_without_bot", found.between(people_since, responded, hours)
    handled = found.states.handled.items()
    yield (
        "handling_time",
        (found.stretch(since, till, None, found.numbers[place], hours) for place, (since, till) in handled),
    )
    yield "first_assignment_to_close", found.between(first_assignment_to_teammate(found.timeline), closed, hours)
    yield "assignment_before_reply_to_close", found.between(answering, closed, hours)
    if hours == "office":
        yield "statistics.time_to_assignment", found.between(start, answering, hours)
        yield "statistics.time_to_first_close", found.between(start, milestones.first_close_at, hours)
    if whole.replies:
        yield "legacy.time_to_admin_reply", [found.since_creation(whole.replies[0], hours)]
    if whole.assignments:
        yield "legacy.time_to_first_assignment", [found.since_creation(whole.assignments[0], hours)]
    if whole.closes:
        yield "legacy.time_to_first_close", [found.since_creation(whole.closes[0], hours)]
        yield "legacy.time_to_last_close", [found.since_creation(whole.closes[-1], hours)]


def _ranges(found: _Found, spans: Iterable[tuple[int, int | None]]) -> Iterator[Stretch]:
    """Stretches that may last: those have no end, and nothing to add up."""
    for start, end in spans:
        if end is None:
            yield Stretch(start, None, None, None, "elapsed", 0, [])
        else:
            yield found.stretch(start, end, None, None, "elapsed")
