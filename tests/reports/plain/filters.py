"""Conditions as questions put them: `tag=bug`, `tag!=bug`, `rating>=4`, `tag=*`."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from tests.reports.plain.dimensions import values_of
from tests.reports.plain.items import Item
from tests.reports.plain.reading import text

_FORM = re.compile(r"(.+?)(!=|>=|<=|=|>|<)(.+)", re.DOTALL)


class Condition(NamedTuple):
    """One condition."""

    name: str
    operator: str
    wanted: str

    @classmethod
    def parse(cls, written: str) -> "Condition":
        found = _FORM.fullmatch(written)
        assert found, written
        return cls(*found.groups())

    def holds(self, item: Item) -> bool:
        found = values_of(self.name, item)
        match self.operator:
            case "=":
                return bool(found) if self.wanted == "*" else self.wanted in map(text, found)
            case "!=":
                return not found if self.wanted == "*" else self.wanted not in map(text, found)
        numbers = [float(text(value)) for value in found]
        bound = float(self.wanted)
        match self.operator:
            case ">=":
                return any(number >= bound for number in numbers)
            case "<=":
                return any(number <= bound for number in numbers)
            case ">":
                return any(number > bound for number in numbers)
        return any(number < bound for number in numbers)


def fits(item: Item, conditions: Iterable[Condition]) -> bool:
    """Whether one of the alternatives of each field holds, and everything else."""
    alternatives: dict[str, bool] = {}
    for condition in conditions:
        holds = condition.holds(item)
        if condition.operator == "=":
            alternatives[condition.name] = alternatives.get(condition.name, False) or holds
        elif not holds:
            return False
    return all(alternatives.values())
