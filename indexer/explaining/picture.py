"""What a picture of a conversation's timeline shows, on a scale of time; how it is drawn is left to others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from indexer.calendar.zones import Change, changes_within
from indexer.conversation.parsing import CONTACT_TYPES
from indexer.explaining.explanation import Assigned, Entry, Explanation, Field, Stretch
from indexer.explaining.time_scale import Tick, TimeScale
from indexer.office_hours import OfficeHours
from indexer.office_hours.spans import Span, merged

Lane = Literal["customer", "teammate", "other"]
"""By whom a part is: the customer, a teammate, or a bot or a rule."""

LANES: Final[tuple[Lane, ...]] = get_args(Lane)

_NEAR: Final = 0.014
"""Marks of one lane that are nearer to each other than this share of the line are one mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry or several close ones at a place of the line; `chosen` says that one of them makes the metric."""

    place: float
    lane: Lane
    entries: tuple[Entry, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Quiet:
    """A quiet time that is cut short, and how much of it is within office hours, in seconds."""

    start: int
    end: int
    office_seconds: int


@dataclass(frozen=True, slots=True)
class State:
    """A time in which the conversation was open or snoozed."""

    kind: Literal["open", "snoozed"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Highlight:
    """What makes the chosen fields: numbers of entries, and the counted intervals of each stretch of time.

    An interval that has not ended is drawn up to the end of the picture and counts no seconds.
    """

    numbers: frozenset[int]
    stretches: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A timeline to scale. All times are epoch seconds within the scale.

    `office` are the office hours of what is to scale (None if the workspace never closes). `clock_changes` are the
    instants after the start at which clocks change, each with the seconds that they are ahead of UTC from then on.
    `until_now` says that the picture ends with the present, not with the last entry.
    """

    scale: TimeScale
    zone: ZoneInfo
    ticks: Sequence[Tick]
    office: Sequence[Span] | None
    quiet: Sequence[Quiet]
    clock_changes: Sequence[Change]
    marks: Sequence[Mark]
    assignments: Sequence[Assigned]
    states: Sequence[State]
    highlight: Highlight
    until_now: bool


def picture_of(explanation: Explanation, hours: OfficeHours, now: int, fields: Iterable[Field] = ()) -> Picture:
    """The picture of an explained conversation, in which what makes `fields` is highlighted.

    It ends at `now`, or at the moment that the explanation is of, if the conversation is still open then; otherwise
    with the last entry.
    """
    zone = ZoneInfo(explanation.time_zone)
    present = now if explanation.as_of is None else explanation.as_of
    entries = explanation.timeline
    open_, snoozed = explanation.fields["open_during"].stretches, explanation.fields["snoozed_during"].stretches
    instants = {entry.at for entry in entries} | {one.end for one in (*open_, *snoozed) if one.end is not None}
    until_now = any(one.end is None for one in open_) and present > max(instants)
    scale = TimeScale.of(instants | ({present} if until_now else set()))
    highlight = highlight_of(list(fields), scale.end)
    changes = changes_within(zone, scale.start, scale.end)
    return Picture(
        scale=scale,
        zone=zone,
        ticks=scale.ticks(zone),
        office=None if hours.always_open else merged(span for one in scale.drawn for span in hours.intervals(*one)),
        quiet=[Quiet(*cut, hours.clock(cut[1]) - hours.clock(cut[0])) for cut in scale.cuts],
        clock_changes=changes[1:],
        marks=[mark for lane in LANES for mark in _marks(entries, lane, scale, highlight.numbers)],
        assignments=[one for one in explanation.assignments if one.start < scale.end],
        states=[*_states("open", open_, scale.end), *_states("snoozed", snoozed, scale.end)],
        highlight=highlight,
        until_now=until_now,
    )


def highlight_of(fields: Sequence[Field], end: int) -> Highlight:
    """What makes the fields, on a picture that ends at that second."""
    return Highlight(
        frozenset(number for field in fields for number in field.parts),
        _distinct(_counted(stretch, end) for field in fields for stretch in field.stretches),
    )


def lane_of(entry: Entry) -> Lane:
    """The lane of an entry, by its author."""
    if entry.author_type in CONTACT_TYPES:
        return "customer"
    return "teammate" if entry.author_type == "admin" else "other"


def _marks(entries: Sequence[Entry], lane: Lane, scale: TimeScale, chosen: frozenset[int]) -> list[Mark]:
    groups: list[list[Entry]] = []
    for entry in entries:
        if lane_of(entry) != lane:
            continue
        if groups and scale.place(entry.at) - scale.place(groups[-1][0].at) < _NEAR:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return [
        Mark(
            (scale.place(group[0].at) + scale.place(group[-1].at)) / 2,
            lane,
            tuple(group),
            any(entry.number in chosen for entry in group),
        )
        for group in groups
    ]


def _counted(stretch: Stretch, end: int) -> tuple[Span, ...]:
    """The intervals that count; of one that has not ended, all the time since."""
    if stretch.end is None:
        return ((stretch.start, end),) if stretch.start < end else ()
    return tuple(stretch.intervals)


def _distinct(stretches: Iterable[tuple[Span, ...]]) -> tuple[tuple[Span, ...], ...]:
    """Each once, without those that have no time."""
    return tuple(dict.fromkeys(one for one in stretches if one))


def _states(kind: Literal["open", "snoozed"], stretches: Sequence[Stretch], end: int) -> list[State]:
    return [State(kind, *span) for stretch in stretches for span in _counted(stretch, end)]
