"""The fields of two documents that are compared, and those that differ."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.differences.fields import differing
from indexer.differences.pair import Pair, same
from indexer.differences.tally import Difference, Tally
from indexer.differences.tolerance import EXACT, KindOf, Tolerance, kind_of_field
from indexer.dotted_paths import value_at
from indexer.keys import EntityKey


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pairs of fields, or (None) all fields that `takes` takes by their path; and how far apart values may be.

    `kind_of` tells the kinds of fields, by which they have a tolerance.
    """

    pairs: Sequence[Pair] | None
    takes: Callable[[str], bool]
    tolerance: Tolerance = EXACT
    kind_of: KindOf = kind_of_field

    @property
    def across(self) -> bool:
        """Whether fields of different names are compared, so that equal documents can differ."""
        return self.pairs is not None and any(pair.left != pair.right for pair in self.pairs)

    def differences(
        self, key: EntityKey, left: Mapping[str, Any], right: Mapping[str, Any], tally: Tally
    ) -> list[Difference]:
        """The fields that differ by more than the tolerance; those within it are counted."""
        found = []
        for pair, mine, theirs in self._unequal(left, right):
            if self.tolerance.within(pair, mine, theirs, self.kind_of):
                tally.of(pair).within += 1
            else:
                found.append(Difference(key, pair, mine, theirs))
        return found

    def _unequal(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[tuple[Pair, Any, Any]]:
        if self.pairs is None:
            for path, mine, theirs in differing(left, right):
                if self.takes(path):
                    yield same(path), mine, theirs
            return
        for pair in self.pairs:
            mine, theirs = value_at(left, pair.left), value_at(right, pair.right)
            if mine != theirs:
                yield pair, mine, theirs
