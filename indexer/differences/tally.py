"""The counts of a comparison: documents, and for each pair of fields its differences and their reasons."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from indexer.differences.pair import Pair
from indexer.differences.reason import Reason
from indexer.differences.spread import Spread
from indexer.differences.tolerance import distance
from indexer.keys import EntityKey


class Difference(NamedTuple):
    """A pair of fields of one entity that differs; without reasons if they were not searched for."""

    key: EntityKey
    pair: Pair
    left: Any
    right: Any
    reasons: tuple[Reason, ...] = ()
    words: str = ""


@dataclass(slots=True)
class FieldTally:
    """One pair of fields over all documents that both sides have (`compared` is their number).

    A field that is absent on both sides is equal. `different` have a value on both sides; `spread` is of those that
    are numbers or lists of as many numbers. `reasons` counts entities, of those whose reasons were searched for.
    """

    pair: Pair
    within: int = 0
    different: int = 0
    missing_left: int = 0
    missing_right: int = 0
    spread: Spread = field(default_factory=Spread)
    reasons: Counter[Reason] = field(default_factory=Counter)
    samples: list[Difference] = field(default_factory=list)

    @property
    def differing(self) -> int:
        """The documents in which it differs, including values missing on one side."""
        return self.different + self.missing_left + self.missing_right

    def add(self, difference: Difference, most_samples: int) -> None:
        """Count one document in which it differs."""
        left, right = difference.left, difference.right
        if left is None:
            self.missing_left += 1
        elif right is None:
            self.missing_right += 1
        else:
            self.different += 1
            apart = distance(left, right)
            if apart is not None:
                self.spread.add(-apart if not isinstance(left, list) and right < left else apart)
        self.reasons.update(difference.reasons)
        self._sample(difference, most_samples)

    def _sample(self, difference: Difference, most: int) -> None:
        """Keep the first samples; one with new reasons replaces one whose reasons another has too."""
        if len(self.samples) < most:
            self.samples.append(difference)
            return
        shown = Counter(one.reasons for one in self.samples)
        if not difference.reasons or difference.reasons in shown or not self.samples:
            return
        for place in range(len(self.samples) - 1, -1, -1):
            if shown[self.samples[place].reasons] > 1:
                self.samples[place] = difference
                return


@dataclass(slots=True)
class Tally:
    """A whole comparison: documents of both sides, and each pair of fields that was asked for or that differs.

    `identical` documents are equal byte by byte. `different` have a field that differs; the reasons of `explained` of
    them were searched for. `uncomputable` are stored entities that cannot be computed. `only_words` says what is stored
    of samples that only one side has.
    """

    most_samples: int = 3
    compared: int = 0
    identical: int = 0
    different: int = 0
    explained: int = 0
    only_left: int = 0
    only_right: int = 0
    uncomputable: int = 0
    only_samples: list[tuple[str, EntityKey]] = field(default_factory=list)
    only_words: dict[EntityKey, str] = field(default_factory=dict)
    fields: dict[Pair, FieldTally] = field(default_factory=dict)
    reasons: Counter[Reason] = field(default_factory=Counter)

    def begin(self, pairs: Sequence[Pair]) -> None:
        """Show these pairs even if they never differ."""
        for pair in pairs:
            self.of(pair)

    def of(self, pair: Pair) -> FieldTally:
        """The tally of a pair, begun if it is new."""
        found = self.fields.get(pair)
        if found is None:
            found = self.fields[pair] = FieldTally(pair)
        return found

    def add_only(self, side: str, key: EntityKey) -> None:
        """Count a document that only one side (`left` or `right`) has."""
        if side == "left":
            self.only_left += 1
        else:
            self.only_right += 1
        if sum(where == side for where, _ in self.only_samples) < self.most_samples:
            self.only_samples.append((side, key))

    def add_different(self, differences: Sequence[Difference], *, explained: bool) -> None:
        """Count a document with its differences (at least one); its reasons count once."""
        self.different += 1
        self.explained += explained
        self.reasons.update({reason for one in differences for reason in one.reasons})
        for difference in differences:
            self.of(difference.pair).add(difference, self.most_samples)

    @property
    def equal(self) -> bool:
        """Whether no fields differ by more than the tolerance."""
        return not (self.different or self.only_left or self.only_right)

    def by_weight(self) -> list[FieldTally]:
        """The pairs with unexplained differences first, then those that differ most, then by name."""
        return sorted(
            self.fields.values(),
            key=lambda one: (-one.reasons[Reason.UNEXPLAINED], -one.differing, -one.within, one.pair.name),
        )


def by_weight(reasons: Counter[Reason]) -> list[tuple[Reason, int]]:
    """Reasons with their counts: unexplained first, then the most frequent."""
    return sorted(reasons.items(), key=lambda one: (one[0] is not Reason.UNEXPLAINED, -one[1], one[0]))
