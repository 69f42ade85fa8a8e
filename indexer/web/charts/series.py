"""An answer as columns of figures: one for each group with a colour, the others together if they add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from indexer.reports import Answer, Definition
from indexer.reports.answer import Others
from indexer.reports.cell import AnyGroup, Group, OtherGroups

COLOURS = 8
"""The number of groups with a colour of their own."""

SHADES = 11
"""The number of shades for the parts of a distribution."""

NAMELESS = "(none)"

Figure = int | float | None


@dataclass(frozen=True, slots=True)
class Series:
    """One group, or several as one: its figures in the order of the periods, None if a period has none.

    `style` names its colour in the style sheet: `s0` … `s7`, `d0` … `d10` (parts of a distribution), `other` and
    `none`. `total` is of all periods, None if it cannot be computed from theirs. `group` is that of the answer's rows,
    `AnyGroup.ANY` if the series is all of them, `OtherGroups` if it is several as one.
    """

    label: str
    style: str
    figures: Sequence[Figure]
    total: Figure
    group: Group = AnyGroup.ANY


@dataclass(frozen=True, slots=True)
class Table:
    """The periods, the series, and how many groups are in none of them."""

    periods: Sequence[date]
    series: Sequence[Series]
    left_out: int = 0


def label_of(answer: Answer, group: str | None) -> str:
    """The label of a group: its name if it has one, with the id if others have the same."""
    if group is None:
        return NAMELESS
    labels = answer.labels or {}
    name = labels.get(group, group)
    if name == NAMELESS:
        return f'"{name}"'  # a tag, say, that is called so
    return name if list(labels.values()).count(name) < 2 else f"{name} ({group})"


def series_of(report: Definition, answer: Answer) -> Table:
    """The series: the largest groups, then all others, then the group without a value.

    The largest groups are in the order of their size, or of their numbers if the groups are numbers. If the answer has
    groups in an order and the others together, they are those; else others are added up.
    """
    periods = sorted({row.period for row in answer.rows})
    place = {period: position for position, period in enumerate(periods)}
    figures: dict[str | None, list[Figure]] = {}
    weights: dict[str | None, float] = {}
    for row in answer.rows:
        figures.setdefault(row.group, [None] * len(periods))[place[row.period]] = row.value
        weights[row.group] = weights.get(row.group, 0) + (row.count if not report.value.stacks else row.value or 0)

    def one(group: str | None, style: str) -> Series:
        return Series(label_of(answer, group), style, figures[group], _total(report, figures[group]), group)

    if report.value.has_parts:
        parts = [one(group, f"d{min(position, SHADES - 1)}") for position, group in enumerate(figures)]
        return Table(periods, parts)
    if answer.group_by is None:
        return Table(periods, [Series(answer.unit, "s0", figures[None], answer.total.value)])
    named = sorted((group for group in figures if group is not None), key=lambda group: (-weights[group], group))
    if answer.groups is not None:
        named = [one.group for one in answer.groups if one.group is not None]
    shown = named[:COLOURS]
    if (dimension := report.dimension(answer.group_by)) is not None and dimension.kind == "number":
        shown.sort(key=float)
    found = [one(group, f"s{position}") for position, group in enumerate(shown)]
    others, left_out = [group for group in figures if group is not None and group not in shown], 0
    if answer.others is not None:
        found.append(_combined(report, answer.others, shown))
    elif len(others) == 1:
        found.append(one(others[0], "other"))
    elif others and report.value.stacks:
        found.append(_together(report, others, figures, shown))
    else:
        left_out = len(others)
    if None in figures:
        found.append(one(None, "none"))
    return Table(periods, found, left_out)


def series_before(answer: Answer, periods: Sequence[date], name: str) -> Series | None:
    """The numbers of the range before an answer without groups, each in the place of the period it is compared with.

    `name` is that of the range.
    """
    if answer.compare is None or answer.group_by is not None:
        return None
    beside = {row.beside: row.value for row in answer.compare.rows}
    return Series(name, "before", [beside.get(period) for period in periods], answer.compare.total.value)


def _combined(report: Definition, others: Others, shown: Sequence[str]) -> Series:
    total = others.total.value if report.value.adds_up(report) else None
    figures = [row.value for row in sorted(others.rows, key=lambda row: row.period)]
    return Series(_others(others.groups), "other", figures, total, OtherGroups(shown))


def _together(
    report: Definition,
    groups: Sequence[str],
    figures: Mapping[str | None, Sequence[Figure]],
    shown: Sequence[str],
) -> Series:
    columns = zip(*(figures[group] for group in groups), strict=True)
    summed = [sum(figure or 0 for figure in column) for column in columns]
    return Series(_others(len(groups)), "other", summed, _total(report, summed), OtherGroups(shown))


def _others(number: int) -> str:
    return f"others ({number:,})"


def _total(report: Definition, figures: Sequence[Figure]) -> Figure:
    return sum(figure or 0 for figure in figures) if report.value.adds_up(report) else None
