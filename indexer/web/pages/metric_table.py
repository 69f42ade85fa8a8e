"""The metrics of a conversation as a table: a row for a question and a clock, a column for each generation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from indexer.calendar.durations import duration
from indexer.datasets.field import PIPELINES
from indexer.differences.tolerance import FieldKind, kind_of_field
from indexer.explaining.explanation import Explanation, Field, Row
from indexer.explaining.field_words import field_text

_OFFICE: Final = ", office hours"
_SECTIONS: Final = ("Durations", "Moments", "Counts and people", "Stated by the conversation")
_MOST_SHOWN: Final = 4

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
"""Between the words of one duration, which stay together."""


class Cell(NamedTuple):
    """A value in short and in full, the field's name, the address that highlights it, and whether it is chosen."""

    text: str
    full: str
    name: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class MetricRow:
    """The fields of the generations for one clock (`elapsed`, `office hours`, or empty); None if one has none."""

    clock: str
    cells: Sequence[Cell | None]
    differs: bool


@dataclass(frozen=True, slots=True)
class Metric:
    """A question with its rows."""

    title: str
    rows: list[MetricRow] = field(default_factory=list)

    @property
    def has_chosen(self) -> bool:
        """Whether one of its values is highlighted."""
        return any(cell.chosen for row in self.rows for cell in row.cells if cell)


class Section(NamedTuple):
    """Metrics of one kind, and the names and addresses of those without any value."""

    title: str
    metrics: Sequence[Metric]
    without: Sequence[Cell]

    @property
    def has_chosen(self) -> bool:
        """Whether one of its values is highlighted."""
        return any(metric.has_chosen for metric in self.metrics)


def metric_sections(
    explanation: Explanation, names: Mapping[str, str], chosen: str | None, address: Callable[[str], str]
) -> list[Section]:
    """All metrics by kind; `address` is that of the page with a metric chosen."""
    zone = ZoneInfo(explanation.time_zone)
    differing = {frozenset((why.left, why.right)) for why in explanation.differences}
    found: dict[str, dict[str, Metric]] = {title: {} for title in _SECTIONS}
    without: dict[str, list[Cell]] = {title: [] for title in _SECTIONS}
    for row in explanation.rows:
        fields = [explanation.fields[name] for name in row.names]
        section = _section(row, fields)
        cells = {
            one.pipeline: Cell(
                short_text(one, zone, names), field_text(one, zone), one.name, address(one.name), one.name == chosen
            )
            for one in fields
        }
        if all(one.value is None for one in fields):
            without[section] += [cell._replace(text=row.title) for cell in cells.values()]
            continue
        title, clock = row.title.removesuffix(_OFFICE), ""
        if any(one.kind in {"duration", "durations", "median"} for one in fields):
            clock = "office hours" if row.title.endswith(_OFFICE) else "elapsed"
        metric = found[section].setdefault(title, Metric(title))
        pairs = {frozenset((a, b)) for a in row.names for b in row.names if a != b}
        metric.rows.append(MetricRow(clock, [cells.get(pipeline) for pipeline in PIPELINES], bool(pairs & differing)))
    return [Section(title, list(found[title].values()), without[title]) for title in _SECTIONS]


def chosen_metric(sections: Sequence[Section]) -> Metric | None:
    """The question of the value that is highlighted; None if there is none, or it has no value in any generation."""
    return next((one for section in sections for one in section.metrics if one.has_chosen), None)


def short_text(one: Field, zone: ZoneInfo, names: Mapping[str, str]) -> str:
    """A field's value as people say it, without what only matters to the second."""
    value = one.value
    if value is None:
        return "-"
    if kind_of_field(one.name) is FieldKind.DURATION and one.kind != "flag":
        values = value if isinstance(value, list) else [value]
        shown = ", ".join(duration(one).replace(" ", NO_BREAK) for one in values[:_MOST_SHOWN])
        return f"{shown} and {len(values) - _MOST_SHOWN} more" if len(values) > _MOST_SHOWN else shown or "none"
    if kind_of_field(one.name) is FieldKind.TIMESTAMP and isinstance(value, int):
        local = datetime.fromtimestamp(value, zone)
        return f"{local.day} {local:%b, %H:%M:%S}"
    if one.kind == "ranges":
        return _ranges(one)
    if one.kind == "ids":
        kind = "team" if one.name.endswith("team_ids") else "teammate"
        return ", ".join(names.get(f"{kind} {id_}", id_) for id_ in (value if isinstance(value, list) else [value]))
    return field_text(one, zone)


def _ranges(one: Field) -> str:
    """How long it was in all, in how many times."""
    if not one.stretches:
        return "never"
    lasting = any(stretch.end is None for stretch in one.stretches)
    ended = sum(stretch.seconds for stretch in one.stretches)
    if lasting and not ended:
        return "until now"
    times = f" in {len(one.stretches)} times" if len(one.stretches) > 1 else ""
    return f"{duration(ended)}{times}{', and until now' if lasting else ''}"


def _section(row: Row, fields: Sequence[Field]) -> str:
    kinds = {one.kind for one in fields}
    if kinds & {"duration", "durations", "median", "ranges"}:
        return _SECTIONS[0]
    if "time" in kinds and row.title != "thread created":
        return _SECTIONS[1]
    if kinds <= {"fact"}:
        return _SECTIONS[3]
    return _SECTIONS[2]
