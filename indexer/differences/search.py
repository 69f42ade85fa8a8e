"""The fewest rules that turn one side's values into the other's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol

from indexer.differences.pair import Pair
from indexer.differences.switched_rules import Rule
from indexer.differences.variants import ANYTHING, Variants
from indexer.dotted_paths import value_at

MOST_RULES = 3
_MOST_TOGETHER = 10
_MOST_ALTERNATIVES = 4
"""The most rules that are tried together; the alternatives of one reason only if they are few."""

RuleSet = tuple[Rule, ...]


class Near(Protocol):
    """A tolerance: how far values may be apart and still be the same."""

    def within(self, pair: Pair, left: Any, right: Any) -> bool:
        """Whether two values that are not equal are near enough."""


@dataclass(frozen=True, slots=True)
class Aim:
    """The aim of a search: for each pair the field to compute, and its required value.

    `kept` are the fields whose values must not change.
    """

    fields: Mapping[Pair, str]
    values: Mapping[Pair, Any]
    kept: Mapping[str, Any]
    near: Near

    def reached(self, pair: Pair, variants: Variants, rules: RuleSet) -> bool:
        """Whether the rules give the pair's value."""
        computed = variants.value(self.fields[pair], rules)
        aim = self.values[pair]
        return computed is ANYTHING or computed == aim or self.near.within(pair, computed, aim)

    def all_kept(self, variants: Variants, rules: RuleSet) -> bool:
        """Whether the rules change no field that they must not."""
        return all(
            (computed := variants.value(path, rules)) is ANYTHING or computed == value
            for path, value in self.kept.items()
        )


def fewest(aim: Aim, variants: Variants, candidates: Sequence[Rule], *, most: int = MOST_RULES) -> tuple[RuleSet, int]:
    """The fewest rules that reach most of the aim without a change of kept fields, and how many pairs they reach."""
    best: RuleSet = ()
    most_reached = sum(aim.reached(pair, variants, ()) for pair in aim.fields)
    alternatives = Counter(rule.reason for rule in candidates)
    together = [rule for rule in candidates if alternatives[rule.reason] <= _MOST_ALTERNATIVES][:_MOST_TOGETHER]
    for size in range(1, most + 1):
        if most_reached == len(aim.fields):
            break
        for rules in combinations(candidates if size == 1 else together, size):
            if len({rule.reason for rule in rules}) < size:
                continue
            reached = sum(aim.reached(pair, variants, rules) for pair in aim.fields)
            if reached > most_reached and aim.all_kept(variants, rules):
                best, most_reached = rules, reached
                if reached == len(aim.fields):
                    break
    return best, most_reached


def that_matter(aim: Aim, pair: Pair, variants: Variants, rules: RuleSet) -> RuleSet | None:
    """The fewest of the rules that reach the pair's value; None if not even all of them do."""
    for size in range(len(rules) + 1):
        for some in combinations(rules, size):
            if aim.reached(pair, variants, some):
                return some
    return None


def values_at(document: Mapping[str, Any], paths: Mapping[Pair, str]) -> dict[Pair, Any]:
    """A document's values of the pairs."""
    return {pair: value_at(document, path) for pair, path in paths.items()}
