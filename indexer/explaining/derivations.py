"""The derivation of each field: its entries of the timeline and its stretches of time.

The events are those that indexer.metrics finds for its own fields, so that no field is defined a second time here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from indexer.conversation import Conversation, Event, timeline_of
from indexer.conversation.part_types import SOURCE
from indexer.datasets.field import Clock
from indexer.explaining.explanation import CREATION, Stretch
from indexer.metrics.bot_inbox import bot_inbox
from indexer.metrics.legacy import first_user_reply_at
from indexer.metrics.milestones import Milestones, first_assignment_to_teammate, waiting_since
from indexer.metrics.office_time import OfficeTime
from indexer.metrics.reply_times import reply_times
from indexer.metrics.states import states_of
from indexer.office_hours import OfficeHours


@dataclass(slots=True)
class DerivedFields:
    """By the paths of fields: the numbers of their entries, and their stretches, if the document has a value."""

    parts: dict[str, tuple[int, ...]] = field(default_factory=dict)
    stretches: dict[str, tuple[Stretch, ...]] = field(default_factory=dict)


class Derivations:
    """The derivations of the fields of one conversation."""

    def __init__(self, conversation: Conversation, hours: OfficeHours, *, bots_interrupt: bool) -> None:
        """`bots_interrupt` selects the literal rule of reply times, as for the document."""
        self.conversation = conversation
        self.timeline = timeline_of(conversation.events)
        self.states = states_of(conversation, self.timeline)
        self._hours = hours
        self._bots_interrupt = bots_interrupt
        self._numbers = {event.place: number for number, event in enumerate(self.timeline.events, CREATION + 1)}
        self.derived = DerivedFields()
        self._anchored()
        self._replies()
        self._derived()
        self._counts()
        self._legacy()

    def _anchored(self) -> None:
        """The milestones, and the clocks that start at the anchor."""
        found, anchor = Milestones(self.timeline), self.timeline.anchor
        if anchor is None:
            return
        for name, event in (
            ("first_contact_reply_at", anchor),
            ("last_contact_reply_at", found.last_contact_reply_at),
            ("first_assignment_at", found.first_assignment_at),
            ("last_assignment_at", found.last_assignment_at),
            ("last_assignment_admin_reply_at", found.last_assignment_admin_reply_at),
            ("first_admin_reply_at", found.first_admin_reply_at),
            ("last_admin_reply_at", found.last_admin_reply_at),
            ("first_close_at", found.first_close_at),
            ("last_close_at", found.last_close_at),
            ("last_closed_by_id", found.last_closed_by_human_at),
        ):
            self._at(f"statistics.{name}", event)
        self._at("started_at", anchor)
        self._at("first_response_at", found.first_admin_reply_at)
        self._at("last_closed_at", found.last_close_at)
        self._at("last_closed_by_human_at", found.last_closed_by_human_at)
        self._both("first_response_time", anchor, found.first_admin_reply_at)
        self._both("time_to_last_close", anchor, found.last_close_at)
        self._both("time_to_last_close_by_human", anchor, found.last_closed_by_human_at)
        for name, event in (
            ("time_to_assignment", found.last_assignment_admin_reply_at),
            ("time_to_admin_reply", found.first_admin_reply_at),
            ("time_to_first_close", found.first_close_at),
            ("time_to_last_close", found.last_close_at),
        ):
            self._between(f"statistics.{name}", anchor, event, "office")
        with_bot, handed_over = bot_inbox(self.timeline, self.states)
        self._list("bot_inbox", [anchor] if handed_over is None else [anchor, handed_over])
        if with_bot:
            self._both("bot_inbox_time", anchor, handed_over)
        people_since = handed_over if with_bot and handed_over is not None else anchor
        self._both("first_response_time_without_bot", people_since, found.first_admin_reply_at)

    def _replies(self) -> None:
        if self.timeline.anchor is None:
            return
        found = reply_times(self.timeline, OfficeTime(self._hours.clock), bots_interrupt=self._bots_interrupt)
        measured: list[tuple[Clock, tuple[str, ...]]] = [
            ("elapsed", ("reply_times", "median_reply_time")),
            ("office", ("reply_times_ooo", "median_reply_time_ooo")),
            ("office", ("statistics.reply_times", "statistics.median_time_to_reply")),
        ]
        for hours, names in measured:
            stretches = [self._stretch(one.message, one.reply, hours) for one in found]
            for name in names:
                self._stretched(name, stretches)

    def _derived(self) -> None:
        timeline, states = self.timeline, self.states
        found = Milestones(timeline)
        if states.last != "closed":
            self._at("waiting_since", waiting_since(timeline))
        else:
            measured: list[tuple[str, Clock]] = [("handling_time", "elapsed"), ("handling_time_ooo", "office")]
            for name, hours in measured:
                self._stretched(
                    name,
                    [
                        self._time(self._changed_at(start), start, self._numbers[place], end, hours)
                        for place, (start, end) in states.handled.items()
                    ],
                )
        if (closed := found.last_close_at) is not None:
            self._list("replies_to_close", [reply for reply in timeline.after.replies if reply <= closed])
            for name, since in (
                ("first_assignment_to_close", first_assignment_to_teammate(timeline)),
                ("assignment_before_reply_to_close", found.last_assignment_admin_reply_at),
            ):
                if since is not None and since.at <= closed.at:
                    self._both(name, since, closed)
        for name, spans, begins, ends in (
            ("open_during", states.open_spans, self._opens, _closes),
            ("snoozed_during", states.snoozed_spans, _snoozes, _ends_snooze),
        ):
            self._stretched(
                name,
                [
                    self._time(self._first_at(start, begins), start, self._first_at(end, ends), end, "elapsed")
                    for start, end in spans
                ],
            )

    def _counts(self) -> None:
        after, whole = self.timeline.after, self.timeline.whole
        first = after.replies[0] if after.replies else None
        self._list("teammate_replies_count", after.replies)
        self._list(
            "reassignments_after_first_reply", [one for one in after.assignments if first is not None and one > first]
        )
        self._list("closed_on_first_contact", sorted({*after.closes, *whole.replies}))
        self._list("participating_teammate_ids", whole.replies)
        self._list("participating_team_ids", whole.replies)
        self._list("statistics.count_reopens", after.reopens)
        self._list("statistics.count_assignments", after.assignments)
        self._list(
            "statistics.count_conversation_parts", [one for one in self.timeline.events if one.type is not SOURCE]
        )
        self._list("legacy.count_reopens", whole.reopens)
        self._list("legacy.count_assignments", whole.assignments)

    def _legacy(self) -> None:
        """The legacy fields: clocks start at the creation; an event that claims to be earlier took no time."""
        whole = self.timeline.whole
        self.derived.parts["legacy.conversation_created_at"] = (CREATION,)
        self._at("legacy.first_user_reply_at", first_user_reply_at(self.timeline))
        for moment, duration, events, place in (
            ("first_admin_reply_at", "time_to_admin_reply", whole.replies, 0),
            ("first_assignment_at", "time_to_first_assignment", whole.assignments, 0),
            ("last_assignment_at", None, whole.assignments, -1),
            ("first_close_at", "time_to_first_close", whole.closes, 0),
            ("last_close_at", "time_to_last_close", whole.closes, -1),
        ):
            event = events[place] if events else None
            self._at(f"legacy.{moment}", event)
            if duration is not None:
                self._both(f"legacy.{duration}", None, event)

    def _at(self, path: str, event: Event | None) -> None:
        if event is not None:
            self._list(path, [event])

    def _list(self, path: str, events: Iterable[Event]) -> None:
        self.derived.parts[path] = tuple(self._numbers[event.place] for event in events)

    def _both(self, path: str, start: Event | None, end: Event | None) -> None:
        self._between(path, start, end, "elapsed")
        self._between(f"{path}_ooo", start, end, "office")

    def _between(self, path: str, start: Event | None, end: Event | None, hours: Clock) -> None:
        """The stretch from one event, None for the creation, to another, if there is one."""
        if end is not None:
            self._stretched(path, [self._stretch(start, end, hours)])

    def _stretched(self, path: str, stretches: Sequence[Stretch]) -> None:
        numbers = [number for one in stretches for number in (one.first, one.last) if number is not None]
        self.derived.parts[path] = tuple(dict.fromkeys(numbers))
        self.derived.stretches[path] = tuple(stretches)

    def _stretch(self, start: Event | None, end: Event, hours: Clock) -> Stretch:
        last = self._numbers[end.place]
        if start is None:
            return self._time(CREATION, self.conversation.said.created_at, last, end.at, hours)
        return self._time(self._numbers[start.place], start.at, last, end.at, hours)

    def _time(self, first: int | None, start: int, last: int | None, end: int | None, hours: Clock) -> Stretch:
        if end is None or end <= start:
            intervals = []
        else:
            intervals = [(start, end)] if hours == "elapsed" else self._hours.intervals(start, end)
        return Stretch(start, end, first, last, hours, sum(until - since for since, until in intervals), intervals)

    def _opens(self, event: Event) -> bool:
        return event is self.timeline.anchor or event.type.reopen

    def _first_at(self, at: int | None, does: Callable[[Event], bool]) -> int | None:
        """The first entry of that second for which `does` is true."""
        return next(
            (self._numbers[event.place] for event in self.timeline.events if event.at == at and does(event)), None
        )

    def _changed_at(self, at: int) -> int:
        """The last entry of that second that can have changed the state or the assignment."""
        return max(
            self._numbers[event.place]
            for event in self.timeline.events
            if event.at == at
            and (event.type.moves_state or event.assignee is not None or event is self.timeline.anchor)
        )


def _closes(event: Event) -> bool:
    return event.type.close


def _snoozes(event: Event) -> bool:
    return event.type.snooze


def _ends_snooze(event: Event) -> bool:
    return event.type.unsnooze or event.type.close or event.type.reopen
