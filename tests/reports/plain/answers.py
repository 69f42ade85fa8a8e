"""A question and its answer."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from tests.reports.plain.days import DAY, ends, last_second, reached
from tests.reports.plain.dimensions import groups_of
from tests.reports.plain.figures import Figure
from tests.reports.plain.filters import Condition, fits
from tests.reports.plain.items import Changes, During, Item, Now, Workspace
from tests.reports.plain.kinds import Items, Report, measured

Group = str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a question; `as_of` is the present, in epoch seconds.

    `later` is the number of days to the range whose periods those of this one stand beside; 0 if it has its own.
    """

    first: date
    last: date
    time_zone: str = "UTC"
    interval: str = "day"
    group_by: str | None = None
    where: tuple[str, ...] = ()
    office_hours: bool = False
    as_of: int = 0
    week_start: str = "monday"
    later: int = 0

    def before(self) -> "Asked":
        """The same for as many days before, in parts of as many days unless its own weeks or months have as many."""
        days = (self.last - self.first).days + 1
        before = replace(self, first=self.first - days * DAY, last=self.first - DAY)
        apart = days % 7 != 0 if self.interval == "week" else before.first.day != self.first.day
        return replace(before, later=days) if self.interval in ("week", "month") and apart else before

    def periods(self) -> dict[date, date]:
        """The periods in order, each with its last day in the range."""
        later = self.later * DAY
        found = ends(self.first + later, self.last + later, self.interval, self.week_start)
        if not later:
            return found
        return {max(period, self.first + later) - later: last - later for period, last in found.items()}


class PlainRow(NamedTuple):
    """The figure of a group in a period."""

    period: date
    group: Group
    figure: Figure


class Given(NamedTuple):
    """The answer."""

    total: Figure
    rows: list[PlainRow]


def answer(report: Report, workspace: Workspace, asked: Asked) -> Given:
    """The answer to a question: rows of every period for every group that there is anything of in any of them."""
    field = f"{report.field}_ooo" if asked.office_hours else report.field
    periods, total = _found(report, workspace, asked)
    if report.part is not None:
        return _parted(report, field, asked, periods, total)
    sorted_out = {period: _by_group(items, asked.group_by) for period, items in periods.items()}
    groups = sorted({group for found in sorted_out.values() for group in found}, key=_last_without_name)
    rows = [
        PlainRow(period, group, report.number(found.get(group, []), periods[period], field))
        for period, found in sorted_out.items()
        for group in groups or [None]
    ]
    return Given(report.number(total, total, field), rows)


def behind(report: Report, workspace: Workspace, asked: Asked, period: date, group: Group) -> set[str]:
    """The conversations that the number of a row is made of: those without a value have no part in one."""
    field = f"{report.field}_ooo" if asked.office_hours else report.field
    items, _ = _found(report, workspace, asked)
    return {
        item.document["conversation_id"]
        for item in items[period]
        if (not report.field or report.of_all or measured([item], field))
        and group in _groups(report, item, field, asked)
    }


def _groups(report: Report, item: Item, field: str, asked: Asked) -> list[Group]:
    if report.part is not None:
        return [report.part(item, field, asked.time_zone)]
    return groups_of(asked.group_by, item) if asked.group_by is not None else [None]


def _parted(report: Report, field: str, asked: Asked, periods: dict[date, Items], total: Items) -> Given:
    """The answer of a report that has groups of its own; its total is of all there are."""
    rows = []
    for period, items in periods.items():
        found: dict[Group, Items] = defaultdict(list)
        for item in items:
            assert report.part is not None
            found[report.part(item, field, asked.time_zone)].append(item)
        rows += [PlainRow(period, part, report.number(found[part], items, field)) for part in report.parts]
    return Given(report.number(total, total, field), rows)


def _found(report: Report, workspace: Workspace, asked: Asked) -> tuple[dict[date, Items], Items]:
    """The items of each period, and those that the total is of."""
    conditions = [Condition.parse(written) for written in asked.where]
    source = report.source
    if isinstance(source, Now):
        items = [item for item in source.at(asked.as_of, workspace.documents) if fits(item, conditions)]
        return {asked.first: items}, items
    if isinstance(source, Changes):
        return _changes(source, workspace, asked, conditions)
    if isinstance(source, During):
        return _at_ends(source, workspace, asked, conditions)
    present = asked.periods()
    names, lasts = list(present), list(present.values())
    periods: dict[date, Items] = {period: [] for period in present}
    for item in workspace.items(source):
        day = reached(item.at, asked.time_zone)
        if asked.first <= day <= asked.last and fits(item, conditions):
            periods[names[bisect_left(lasts, day)]].append(item)
    return periods, [item for items in periods.values() for item in items]


def _at_ends(
    source: During, workspace: Workspace, asked: Asked, conditions: Sequence[Condition]
) -> tuple[dict[date, Items], Items]:
    """What holds in the last second of each period, the last one being the end of the range."""
    periods: dict[date, Items] = {}
    for period, day in asked.periods().items():
        found = source.at(last_second(day, asked.time_zone), workspace.documents)
        periods[period] = [item for item in found if fits(item, conditions)]
    return periods, list(periods.values())[-1]


def _changes(
    source: Changes, workspace: Workspace, asked: Asked, conditions: Sequence[Condition]
) -> tuple[dict[date, Items], Items]:
    """What changed between the last second before each period and its own last one; and over the whole range."""

    def found(before: date, last: date) -> Items:
        seconds = last_second(before, asked.time_zone), last_second(last, asked.time_zone)
        return [item for item in source.between(*seconds, workspace.documents) if fits(item, conditions)]

    periods: dict[date, Items] = {}
    before = asked.first - DAY
    for period, day in asked.periods().items():
        periods[period] = found(before, day)
        before = day
    return periods, found(asked.first - DAY, asked.last)


def _by_group(items: Iterable[Item], group_by: str | None) -> dict[Group, Items]:
    found: dict[Group, Items] = defaultdict(list)
    for item in items:
        for group in groups_of(group_by, item) if group_by is not None else [None]:
            found[group].append(item)
    return found


def _last_without_name(group: Group) -> tuple[bool, str]:
    return group is None, group or ""
