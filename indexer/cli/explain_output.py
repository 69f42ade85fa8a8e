"""An explanation as text for a terminal, and as CSV."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.padding import Padding
from rich.text import Text

from indexer.calendar.durations import exact_duration
from indexer.cli.output import print_csv, print_table
from indexer.explaining.entry_words import author_words, counts_as
from indexer.explaining.field_words import field_text, local
from indexer.terminal import console

if TYPE_CHECKING:
    from indexer.answers.load_explanation import Explained
    from indexer.explaining.explanation import Explanation, Field, Row, Stretch, Why

COLUMNS = ("row", "field", "pipeline", "value", "shown", "parts", "rule", "differs_from", "reasons")
_MOST_INTERVALS = 5
_WIDE = 120
_PIPELINES = len("new, rest, legacy  ")


def print_fields(found: "Explained") -> None:
    """Print one line of CSV for each field."""
    print_csv(COLUMNS, _fields(found))


def _fields(found: "Explained") -> Iterator[list[Any]]:
    explanation, zone = found.explanation, ZoneInfo(found.explanation.time_zone)
    for row in explanation.rows:
        for name in row.names:
            field = explanation.fields[name]
            whys = [why for why in explanation.differences if name in {why.left, why.right}]
            others = [why.left if why.right == name else why.right for why in whys]
            reasons = dict.fromkeys(reason.value for why in whys for reason in why.reasons)
            yield [
                row.title, name, field.pipeline, field.value, field_text(field, zone), " ".join(map(str, field.parts)),
                field.rule, " ".join(others), " ".join(reasons),
            ]  # fmt: skip


def print_explained(found: "Explained", *, detailed: bool) -> None:
    """Print the timeline, then the fields that have a value; `detailed` also shows rules and intervals."""
    explanation = found.explanation
    out = console()
    zone = ZoneInfo(explanation.time_zone)
    as_of = "" if explanation.as_of is None else f", as of {local(explanation.as_of, zone)}"
    out.print(
        Text(f"Conversation {explanation.conversation_id},", style="bold"),
        Text(f"workspace {explanation.workspace_id}, {explanation.time_zone}{as_of}", style="dim"),
    )
    if found.notice:
        out.print(Text(found.notice, style="yellow"))
    if explanation.as_of is not None:
        out.print(Text("Parts are those until then; state, tags and other facts are those of now.", style="dim"))
    _print_timeline(explanation, found.names, zone)
    for row in explanation.rows:
        for line, indent in _row(explanation, row, zone, detailed=detailed):
            out.print(Padding(line, (0, 0, 0, indent)))
    if not detailed:
        out.print(Text("Name a field to see its rule and the intervals that were counted.", style="dim"))


def _print_timeline(explanation: "Explanation", names: dict[str, str], zone: ZoneInfo) -> None:
    """Print a line for each entry; on a narrow terminal its author and marks are in a line below."""
    narrow = console().width < _WIDE
    rows = []
    for entry in explanation.timeline:
        part = entry.type if entry.part_id is None else f"{entry.type} {entry.part_id}"
        time = local(entry.at, zone)[:19]  # the heading names the zone
        author, marks = author_words(entry, names), counts_as(entry, names)
        if narrow:
            below = ": ".join(filter(None, (author, marks)))
            rows.append([str(entry.number), time, f"{part}\n{below}" if below else part])
        else:
            rows.append([str(entry.number), time, part, author, marks])
    headings = ["#", "time", "part, by: counts as"] if narrow else ["#", "time", "part", "by", "counts as"]
    print_table(headings, rows, right=[0])


def _row(explanation: "Explanation", row: "Row", zone: ZoneInfo, *, detailed: bool) -> Iterator[tuple[Text, int]]:
    """The row's lines with their indents; without details, none if no pipeline has a value."""
    fields = [explanation.fields[name] for name in row.names]
    if detailed:
        yield Text(row.title, style="bold"), 0
        for field in fields:
            yield _value([field], zone, 8), 2
            yield Text(f"{field.name}: {field.rule}"), 10
            for line in _intervals(field, zone):
                yield Text(line, style="dim"), 10
    elif any(field.value is not None for field in fields):
        if len(fields) == 1:
            yield Text.assemble((f"{row.title}: ", "bold"), _said(fields[0], zone)), 0
            return
        yield Text(row.title, style="bold"), 0
        for alike in _alike(fields):
            yield _value(alike, zone, _PIPELINES), 2
    for why in explanation.differences:
        together = {why.left, why.right} <= set(row.names)
        if together or (detailed and why.right in row.names):
            yield from _why(explanation, why, detailed=detailed)


def _alike(fields: "Sequence[Field]") -> list[list["Field"]]:
    """The fields of a row, grouped if they have the same value for the same parts."""
    found: dict[str, list[Field]] = {}
    for field in fields:
        found.setdefault(repr((field.value, field.parts)), []).append(field)
    return list(found.values())


def _value(fields: "Sequence[Field]", zone: ZoneInfo, width: int) -> Text:
    pipelines = ", ".join(field.pipeline for field in fields)
    return Text.assemble((f"{pipelines:<{width}}", "cyan"), _said(fields[0], zone))


def _said(field: "Field", zone: ZoneInfo) -> Text:
    numbers = " ".join(f"#{number}" for number in field.parts)
    return Text.assemble(field_text(field, zone), (f"  {numbers}" if numbers else "", "dim"))


def _why(explanation: "Explanation", why: "Why", *, detailed: bool) -> Iterator[tuple[Text, int]]:
    names = (why.left, why.right)
    sides = " and ".join(names if detailed else [explanation.fields[name].pipeline for name in names])
    reasons = ", ".join(reason.value for reason in why.reasons)
    yield Text(f"≠ {sides}: {reasons}", style="yellow"), 2
    if detailed:
        yield Text(why.words), 4
        for reason in why.reasons:
            yield Text(reason.about, style="dim"), 4


def _intervals(field: "Field", zone: ZoneInfo) -> Iterator[str]:
    for one in field.stretches:
        yield f"{_ends(one)}: {exact_duration(one.seconds)} {'in office hours' if one.hours == 'office' else 'elapsed'}"
        for start, end in one.intervals[:_MOST_INTERVALS] if one.hours == "office" else ():
            yield f"  {local(start, zone)} to {local(end, zone)}: {exact_duration(end - start)}"
        if one.hours == "office" and len(one.intervals) > _MOST_INTERVALS:
            left = one.intervals[_MOST_INTERVALS:]
            yield f"  and {len(left)} more: {exact_duration(sum(end - start for start, end in left))}"


def _ends(one: "Stretch") -> str:
    first = "?" if one.first is None else f"#{one.first}"
    return f"{first} to {'now' if one.end is None else '?' if one.last is None else f'#{one.last}'}"
