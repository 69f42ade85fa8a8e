"""The kinds of numbers that reports give, each computed from the items of a group and those of its whole period."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.reports.plain.days import local
from tests.reports.plain.figures import Figure, counted, mean, percentile, share, total
from tests.reports.plain.items import Item, Source
from tests.reports.plain.reading import Test, values

Items = list[Item]
Parts = tuple[tuple[str, int], ...]
Number = Callable[[Items, Items, str], Figure]
"""Given the items of a group in a period, all of that period, and the name of the field that is measured."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = tuple(f"{day} {hour:02}" for day in WEEKDAYS for hour in range(24))
SHORT = (
    ("< 5 m", 300),
    ("5 m - 15 m", 900),
    ("15 m - 30 m", 1800),
    ("30 m - 1 h", 3600),
    ("1 h - 3 h", 10_800),
    ("3 h - 8 h", 28_800),
)
LONG = (
    *SHORT,
    ("8 h - 1 d", 86_400),
    ("1 d - 3 d", 3 * 86_400),
    ("3 d - 7 d", 7 * 86_400),
    ("7 d - 30 d", 30 * 86_400),
)
"""Parts of a length of time by the names that readers see, each with the bound that it stays below."""


_COUNTS = frozenset({"replies_to_close"})
"""What is measured and is no time."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report: what it looks at, and the number it makes of that.

    `field` is what is measured; `of_all` says that items without it count too. `parts` are the groups that the report
    itself has, in order, each item in the one that `part` names by the field's name and the zone.
    """

    source: Source
    number: Number
    field: str = ""
    parts: tuple[str, ...] = ()
    part: Callable[[Item, str, str], str] | None = None
    of_all: bool = False


def measured(items: Items, field: str) -> list[float]:
    return [value for item in items for value in values(item.document if item.action is None else item.action, field)]


def conversations(items: Items, _whole: Items, _field: str) -> Figure:
    return counted(len({item.document["conversation_id"] for item in items}))


def actions(items: Items, _whole: Items, _field: str) -> Figure:
    return counted(len(items))


def part_of_all(items: Items, whole: Items, _field: str) -> Figure:
    return share(len(items), len(whole), len(items))


def median(items: Items, _whole: Items, field: str) -> Figure:
    return percentile(measured(items, field), 50, seconds=field not in _COUNTS)


def ninetieth(items: Items, _whole: Items, field: str) -> Figure:
    return percentile(measured(items, field), 90, seconds=field not in _COUNTS)


def ninety_fifth(items: Items, _whole: Items, field: str) -> Figure:
    return percentile(measured(items, field), 95)


PERCENTILES = frozenset({median, ninetieth, ninety_fifth})


def average(items: Items, _whole: Items, field: str) -> Figure:
    return mean(measured(items, field))


def added(items: Items, _whole: Items, field: str) -> Figure:
    return total(measured(items, field))


def outflow(items: Items, _whole: Items, _field: str) -> Figure:
    """What is there without a sign, less what has one."""
    return Figure(sum(item.sign for item in items), len(items))


def within(bound: float) -> Number:
    """Percent of the items whose value is at most the bound; one without a value is not."""

    def number(items: Items, _whole: Items, field: str) -> Figure:
        fit = sum(any(value <= bound for value in measured([item], field)) for item in items)
        return share(fit, len(items), len(items))

    return number


def rate(test: Test) -> Number:
    """Percent of the items that meet the test."""

    def number(items: Items, _whole: Items, _field: str) -> Figure:
        fit = sum(test(item.document if item.action is None else item.action) for item in items)
        return share(fit, len(items), len(items))

    return number


def distribution(source: Source, field: str, below: Parts = SHORT, rest: str = ">= 8 h") -> Report:
    """The share of each length of time among the items that have one."""

    def part(item: Item, name: str, _zone: str) -> str:
        [length] = measured([item], name)
        return next((label for label, bound in below if length < bound), rest)

    return Report(source, part_of_all, field, (*(label for label, _ in below), rest), part)


def ages(source: Source, field: str, below: Parts, rest: str) -> Report:
    """The share of each length of the time since a date, among the items that have it."""

    def part(item: Item, name: str, _zone: str) -> str:
        [since] = measured([item], name)
        return next((label for label, bound in below if item.at - since < bound), rest)

    return Report(source, part_of_all, field, (*(label for label, _ in below), rest), part)


def heatmap(source: Source, number: Number) -> Report:
    """How many in each hour of the local week."""

    def part(item: Item, _name: str, zone: str) -> str:
        at = local(item.at, zone)
        return HOURS[24 * at.weekday() + at.hour]

    return Report(source, number, "", HOURS, part)
