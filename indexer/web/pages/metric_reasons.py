"""The explanation of one metric in words: its rule, its stretches of time, and why other generations differ."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from indexer.calendar.durations import exact_duration
from indexer.explaining.explanation import Explanation, Field, Stretch
from indexer.explaining.field_words import field_text
from indexer.web.charts.timeline_drawing import entry_text
from indexer.web.moment_words import moment_text


class StretchText(NamedTuple):
    """A stretch of time in words, and its counted intervals if they are office hours; `more` were left out."""

    text: str
    intervals: Sequence[str]
    more: str


class Difference(NamedTuple):
    """Another generation's field with another value: its name and value, the sentence, and the rules."""

    name: str
    pipeline: str
    value: str
    words: str
    reasons: Sequence[str]


class MetricReasons(NamedTuple):
    """Everything about one metric of a conversation. `entries` are those that make it, in words, by number."""

    title: str
    field: Field
    value: str
    entries: Sequence[tuple[int, str]]
    stretches: Sequence[StretchText]
    differences: Sequence[Difference]


_MOST_INTERVALS = 10


def reasons_for(explanation: Explanation, name: str, names: Mapping[str, str]) -> MetricReasons:
    """The explanation of the field of that name, which exists."""
    field, zone = explanation.fields[name], ZoneInfo(explanation.time_zone)
    title = next(row.title for row in explanation.rows if name in row.names)
    entries = [explanation.timeline[number] for number in field.parts]
    differences = []
    for why in explanation.differences:
        if name in {why.left, why.right}:
            other = explanation.fields[why.right if why.left == name else why.left]
            about = [reason.about for reason in why.reasons]
            differences.append(Difference(other.name, other.pipeline, field_text(other, zone), why.words, about))
    return MetricReasons(
        title,
        field,
        field_text(field, zone),
        [(one.number, entry_text(one, zone, names)) for one in entries],
        [_stretch(one, zone) for one in field.stretches],
        differences,
    )


def _stretch(one: Stretch, zone: ZoneInfo) -> StretchText:
    ends = f"From {_end(one.first, one.start, zone)} to "
    ends += "now" if one.end is None else _end(one.last, one.end, zone)
    if one.end is None:
        return StretchText(f"{ends}: it has not ended, so it counts nothing yet", [], "")
    how = "within office hours" if one.hours == "office" else "elapsed"
    if one.hours == "office" and one.intervals != [(one.start, one.end)]:
        how += f", out of {exact_duration(max(one.end - one.start, 0))} elapsed"
        intervals = [
            f"{moment_text(start, zone)} to {moment_text(end, zone)}: {exact_duration(end - start)}"
            for start, end in one.intervals[:_MOST_INTERVALS]
        ]
        left = one.intervals[_MOST_INTERVALS:]
        seconds = sum(end - start for start, end in left)
        more = f"and {len(left)} more intervals: {exact_duration(seconds)}" if left else ""
        return StretchText(f"{ends}: {exact_duration(one.seconds)} {how}", intervals, more)
    return StretchText(f"{ends}: {exact_duration(one.seconds)} {how}", [], "")


def _end(number: int | None, at: int, zone: ZoneInfo) -> str:
    return moment_text(at, zone) if number is None else f"#{number} ({moment_text(at, zone)})"
