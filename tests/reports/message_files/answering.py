"""A question about messages and its answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from tests.reports.message_files.numbers import Group, Item, Items, Report, groups_of
from tests.reports.plain.answers import Asked
from tests.reports.plain.days import ends, period_of, reached
from tests.reports.plain.figures import Figure


class Given(NamedTuple):
    """The total, and the rows that have anything, by period and group."""

    total: Figure
    rows: dict[tuple[date, Group], Figure]
    behind: dict[tuple[date, Group], set[str]]


def answer(report: Report, facts: Sequence[Any], asked: Asked) -> Given:
    """The answer to a question; `behind` are the ids of the receipts or visits that have a part in each row."""
    periods: dict[date, list[Item]] = {
        period: [] for period in ends(asked.first, asked.last, asked.interval, asked.week_start)
    }
    for item in report.source(facts):
        day = reached(item.at, asked.time_zone)
        if asked.first <= day <= asked.last:
            periods[period_of(day, asked.interval, asked.first, asked.week_start)].append(item)
    rows, behind = {}, {}
    for period, items in periods.items():
        groups = _groups(report, items, asked)
        for group, found in groups.items():
            rows[period, group] = report.number(found, items, groups)
            behind[period, group] = {item.of.id for item in found if report.behind(item)}
    everything = [item for items in periods.values() for item in items]
    return Given(report.number(everything, everything, {None: everything}), rows, behind)


def _groups(report: Report, items: Items, asked: Asked) -> dict[Group, list[Item]]:
    found: dict[Group, list[Item]] = {}
    if report.part is not None:
        for item in items:
            found.setdefault(report.part(item), []).append(item)
        return found
    if asked.group_by is None:
        return {None: list(items)} if items else {}
    for item in items:
        for group in groups_of(asked.group_by, item):
            found.setdefault(group, []).append(item)
    return found
