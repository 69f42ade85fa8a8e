"""What a report of messages looks at, and the numbers that it makes of that."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.reports.message_files.receipt_facts import OF_EVENTS, Event, Receipt, of_event, of_receipt
from tests.reports.message_files.visits import Visit, of_visit
from tests.reports.plain.figures import Figure, counted, percentile, share, total
from tests.reports.plain.reading import text

Group = str | None


class Item(NamedTuple):
    """A receipt, an event or a visit, and when it counts; `named` are the events that words of events mean."""

    at: int
    of: Receipt | Visit
    event: Event | None = None
    named: Sequence[Event] = ()


Items = Sequence[Item]
Groups = Mapping[Group, Items]
Source = Callable[[Sequence[Any]], Iterator[Item]]
Number = Callable[[Items, Items, Groups], Figure]
"""Given the items of a group in a period, all of that period, and those of each of its groups."""


@dataclass(frozen=True)
class WithFigures(Figure):
    """A number with further figures beside it."""

    figures: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Report:
    """One report; `part` names the group of an item if the report has groups of its own, which `parts` lists.

    `behind` says whether an item has a part in the number.
    """

    source: Source
    number: Number
    parts: Sequence[str] = ()
    part: Callable[[Item], str] | None = None
    behind: Callable[[Item], bool] = lambda _: True


def groups_of(word: str, item: Item) -> set[Group]:
    """The groups of an item: of an event its own, of a receipt those of all events that are meant."""
    if isinstance(item.of, Visit):
        found = {of_visit(word, item.of)}
    elif word in {"kind", "last_node", *OF_EVENTS}:
        found = {of_event(word, event) for event in ([item.event] if item.event else item.named)}
    else:
        found = {of_receipt(word, item.of.row)}
    return {None if value is None else text(value) for value in found}


def when_sent(*named: str, where: Callable[[Receipt], bool] = lambda _: True) -> Source:
    """Receipts on the day of sending."""
    return lambda found: (Item(one.received_at, one, named=one.of(*named)) for one in found if where(one))


def when_it_happened(*kinds: str, where: Callable[[Receipt], bool] = lambda _: True) -> Source:
    """Events on their own day; of every kind if none is named."""
    return lambda found: (
        Item(event.at, one, event) for one in found if where(one) for event in (one.of(*kinds) if kinds else one.events)
    )


def ids(items: Items) -> set[str]:
    return {item.of.id for item in items}


def distinct(items: Items, _whole: Items, _groups: Groups) -> Figure:
    return counted(len(ids(items)))


def each(items: Items, _whole: Items, _groups: Groups) -> Figure:
    return counted(len(items))


def part_of_all(items: Items, whole: Items, _groups: Groups) -> Figure:
    return share(len(items), len(whole), len(items))


def rate(test: Callable[[Item], bool]) -> Number:
    return lambda items, _whole, _groups: share(sum(map(test, items)), len(items), len(items))


def of_values(value: Callable[[Any], int | None], number: Callable[[list[Any]], Figure]) -> Number:
    return lambda items, _whole, _groups: number([found for item in items if (found := value(item.of)) is not None])


def median(values: list[Any]) -> Figure:
    return percentile(values, 50)


def ninetieth(values: list[Any]) -> Figure:
    return percentile(values, 90)


added = total


def time_to(kind: str) -> Callable[[Receipt], int | None]:
    """Seconds from sending to the first such event, 0 if clocks disagree."""

    def value(receipt: Receipt) -> int | None:
        first = receipt.first(kind)
        return None if first is None else max(0, first - receipt.received_at)

    return value


PARTS = (("< 10 m", 600), ("10 m - 1 h", 3600), ("1 h - 6 h", 21_600), ("6 h - 1 d", 86_400))
PARTS += (("1 d - 3 d", 259_200), ("3 d - 7 d", 604_800))
REST = ">= 7 d"


def part_of(kind: str) -> Callable[[Item], str]:
    def part(item: Item) -> str:
        assert isinstance(item.of, Receipt)
        time = time_to(kind)(item.of)
        assert time is not None
        return next((name for name, bound in PARTS if time < bound), REST)

    return part


Test = Callable[[Any], bool]


def side_by_side(
    counts: Mapping[str, Test],
    of: Mapping[str, Sequence[str]],
    of_all: Mapping[str, str] | None = None,
    of_most: Sequence[str] = (),
) -> Number:
    """Several counts; `of` says in percent of which others, `of_all` of which of all groups."""
    first = next(iter(counts))

    def number(items: Items, whole: Items, groups: Groups) -> Figure:
        figures: dict[str, float | None] = {}
        for name, test in counts.items():
            met = [item for item in items if test(item.of)]
            figures[name] = len(met)
            for base in of.get(name, ()):
                under = [item for item in items if counts[base](item.of)]
                above = [item for item in under if test(item.of)]
                figures[f"{name}_of_{base}"] = share(len(above), len(under), 0).value
            if of_all and name in of_all:
                base = of_all[name]
                under = [item for item in whole if counts[base](item.of)]
                key = f"{name}_of_all" if base == name else f"{name}_of_all_{base}"
                figures[key] = share(len(met), len(under), 0).value
            if name in of_most:
                most = max((sum(counts[first](item.of) for item in found) for found in groups.values()), default=0)
                grouped = set(groups) - {None}
                figures[f"{name}_of_most"] = share(len(met), most, 0).value if grouped else None
        return WithFigures(figures[first], len(items), figures)

    return number
