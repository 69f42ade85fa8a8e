"""A conversation's timeline as figures for an SVG: percentages along, pixels down."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final, Literal
from zoneinfo import ZoneInfo

from indexer.calendar.durations import duration, exact_duration
from indexer.explaining.entry_words import author_words
from indexer.explaining.explanation import Assigned, Entry
from indexer.explaining.picture import LANES, Lane, Mark, Picture
from indexer.explaining.time_scale import Tick
from indexer.office_hours.spans import Span
from indexer.web.moment_words import moment_text

TOP: Final = 38
"""Where the rows begin, below the times."""

_ROW: Final = 42
_MIDDLE: Final = 25
"""From the top of a row to the middle of what is drawn in it; its label is above on narrow screens."""

_MARGIN: Final = 1.5
"""Left and right of the line, in percent, so that marks at its ends stay within the picture."""

_WIDTH_OF_TEXT: Final = 10
"""The width of a duration as text, in percent, on a wide screen."""

_NEAREST_TICKS: Final = 0.07
_NEAREST_MAJOR_TICKS: Final = 0.24

Shape = Literal["message", "note", "close", "reopen", "snooze", "assignment", "creation", "other", "several"]


@dataclass(frozen=True, slots=True)
class DrawnTick:
    """A time at the top, and the date if it is another one than that of the tick before; `minor` ones may be hidden."""

    x: float
    time: str
    date: str
    anchor: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A time as a bar, with its text and what a pointer on it shows. `is_roomy`: the text may reach beyond the bar."""

    x: float
    width: float
    text: str
    title: str
    style: str = ""
    is_roomy: bool = False


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A mark, the row of the table that it leads to, and its text."""

    x: float
    y: int
    shape: Shape
    style: str
    count: int
    target: int
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row of the picture: its label, its top and its middle."""

    label: str
    y: int
    middle: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture, ready for its template; `highlight` are the counted intervals, empty without a chosen metric."""

    ASSIGNED: ClassVar[str] = "Assigned to"
    STATE: ClassVar[str] = "State"
    COUNTED: ClassVar[str] = "Counted"

    height: int
    rows: Sequence[DrawnRow]
    ticks: Sequence[DrawnTick]
    office: Sequence[Bar]
    cuts: Sequence[Bar]
    clock_changes: Sequence[Bar]
    marks: Sequence[DrawnMark]
    assigned: Sequence[Bar]
    states: Sequence[Bar]
    highlight: Sequence[Bar]
    always_open: bool
    until_now: bool
    summary: str

    def middle(self, label: str) -> int:
        """The middle of the row with the label."""
        return next(row.middle for row in self.rows if row.label == label)


_LABELS: Final[Mapping[Lane, str]] = {"customer": "Customer", "teammate": "Teammates", "other": "Bots and rules"}
_STYLES: Final[Mapping[Lane, str]] = {"customer": "s1", "teammate": "s0", "other": "other"}


def draw(picture: Picture, names: Mapping[str, str]) -> Drawing:
    """Draw the picture; `names` are by `teammate ID` and `team ID`."""
    labels = [*(_LABELS[lane] for lane in LANES), Drawing.ASSIGNED, Drawing.STATE]
    if picture.highlight.stretches:
        labels.append(Drawing.COUNTED)
    rows = [DrawnRow(label, TOP + _ROW * place, TOP + _ROW * place + _MIDDLE) for place, label in enumerate(labels)]
    middles = {lane: rows[place].middle for place, lane in enumerate(LANES)}
    zone = picture.zone
    return Drawing(
        height=TOP + _ROW * len(rows) + 6,
        rows=rows,
        ticks=list(_ticks(picture.ticks)),
        office=[_bar(picture, span, "", f"Office hours: {_from_to(span, zone)}") for span in picture.office or ()],
        cuts=[
            _bar(
                picture,
                (one.start, one.end),
                duration(one.end - one.start),
                f"{_from_to((one.start, one.end), zone)}, {exact_duration(one.end - one.start)} without an entry, is "
                f"not to scale; {exact_duration(one.office_seconds)} of it are within office hours",
            )
            for one in picture.quiet
        ],
        clock_changes=list(_clock_changes(picture)),
        marks=[_mark(mark, middles[mark.lane], zone, names) for mark in sorted(picture.marks, key=_place)],
        assigned=[_assigned(picture, one, names) for one in picture.assignments],
        states=[
            _bar(
                picture,
                (one.start, one.end),
                one.kind,
                f"{one.kind.capitalize()}: {_from_to((one.start, one.end), zone)}, "
                f"{exact_duration(one.end - one.start)}",
                one.kind,
            )
            for one in picture.states
        ],
        highlight=_with_room(
            [
                _bar(
                    picture,
                    span,
                    duration(span[1] - span[0]),
                    f"{_from_to(span, zone)}: {exact_duration(span[1] - span[0])}",
                    "even" if place % 2 else "",
                )
                for place, stretch in enumerate(picture.highlight.stretches)
                for span in stretch
            ]
        ),
        always_open=picture.office is None,
        until_now=picture.until_now,
        summary=f"{_from_to((picture.scale.start, picture.scale.end), zone)}, {zone.key}",
    )


def what_text(entry: Entry) -> str:
    """What an entry is, in a few words."""
    said = entry.type.replace("_", " ")
    shape = _shape(entry)
    if shape in {"close", "reopen", "snooze"} and "reply" in entry.roles:
        return f"{said}, with a reply"
    return said


def entry_text(entry: Entry, zone: ZoneInfo, names: Mapping[str, str]) -> str:
    """What an entry is, its author if it has one, and its time."""
    author = author_words(entry, names)
    return f"{what_text(entry)}{f' by {author}' if author else ''}, {moment_text(entry.at, zone)}"


def _place(mark: Mark) -> float:
    return mark.place


def _percent(place: float) -> float:
    return round(_MARGIN + place * (100 - 2 * _MARGIN), 3)


def _bar(picture: Picture, span: Span, text: str, title: str, style: str = "") -> Bar:
    x, end = (_percent(picture.scale.place(at)) for at in span)
    return Bar(x, round(end - x, 3), text, title, style)


def _with_room(bars: Iterable[Bar]) -> list[Bar]:
    """The bars in order; the text of a narrow one is shown if there is room for it before the next."""
    found: list[Bar] = []
    until = 100.0
    for bar in sorted(bars, key=lambda bar: -bar.x):
        found.append(replace(bar, is_roomy=until - bar.x > _WIDTH_OF_TEXT))
        until = bar.x
    return found[::-1]


def _ticks(ticks: Sequence[Tick]) -> Iterator[DrawnTick]:
    """The ticks that have room for a text."""
    by_days = all((tick.local.hour, tick.local.minute) == (0, 0) for tick in ticks)
    last, last_major, shown = -1.0, -1.0, None
    for tick in ticks:
        if tick.place - last < _NEAREST_TICKS:
            continue
        last = tick.place
        minor = tick.place - last_major < _NEAREST_MAJOR_TICKS
        if not minor:
            last_major = tick.place
        day = tick.local.date()
        year = f" {day.year}" if shown is not None and day.year != shown.year else ""
        date = f"{day:%a} {day.day} {day:%b}{year}" if day != shown else ""
        shown = day
        anchor = "start" if tick.place < 0.02 else "end" if tick.place > 0.98 else "middle"
        yield DrawnTick(_percent(tick.place), "" if by_days else f"{tick.local:%H:%M}", date, anchor, minor)


def _clock_changes(picture: Picture) -> Iterator[Bar]:
    for at, offset in picture.clock_changes:
        before = datetime.fromtimestamp(at - 1, picture.zone).utcoffset()
        moved = offset - int(before.total_seconds()) if before is not None else 0
        said = f"Clocks go {'forward' if moved > 0 else 'back'} by {duration(abs(moved))}"
        yield _bar(picture, (at, at), said, f"{said}: {moment_text(at, picture.zone)}")


def _assigned(picture: Picture, one: Assigned, names: Mapping[str, str]) -> Bar:
    end = picture.scale.end if one.end is None else one.end
    holders = {"team": one.team_id, "teammate": one.teammate_id}
    keys = [f"{kind} {id_}" for kind, id_ in holders.items() if id_ is not None]
    held = [names.get(key) or key for key in keys]
    if one.with_bot:
        held.append("a bot")
    text = ", ".join(held)
    style = "person" if one.teammate_id is not None else ""
    title = f"Assigned to {text}: {_from_to((one.start, end), picture.zone)}, {exact_duration(end - one.start)}"
    return _bar(picture, (one.start, end), text, title, style)


def _mark(mark: Mark, y: int, zone: ZoneInfo, names: Mapping[str, str]) -> DrawnMark:
    entries = mark.entries
    shape: Shape = "several" if len(entries) > 1 else _shape(entries[0])
    text = "; ".join(f"#{entry.number} {entry_text(entry, zone, names)}" for entry in entries[:8])
    if len(entries) > 8:
        text += f"; and {len(entries) - 8} more"
    return DrawnMark(
        _percent(mark.place), y, shape, _STYLES[mark.lane], len(entries), entries[0].number, text, mark.chosen
    )


def _shape(entry: Entry) -> Shape:
    roles = entry.roles
    if entry.type == "creation":
        return "creation"
    if entry.type in {"note", "note_and_reopen"}:
        return "note"
    for role, shape in _SHAPES.items():
        if role in roles:
            return shape
    return "other"


_SHAPES: Final[Mapping[str, Shape]] = {
    "close": "close",
    "reopen": "reopen",
    "snooze": "snooze",
    "reply": "message",
    "customer": "message",
    "bot": "message",
    "assignment": "assignment",
}
"""The shape by the role in which an entry counts, the most important first."""


def _from_to(span: Span, zone: ZoneInfo) -> str:
    start, end = (moment_text(at, zone) for at in span)
    same = start.rpartition(", ")[0] == end.rpartition(", ")[0]
    return f"{start} to {end.rpartition(', ')[2] if same else end}"
