"""One comparison from beginning to end: open both sides, join them, count differences, and find reasons."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.diff.dataset_extras import expect_sides, extras_of
from indexer.diff.find_reasons import DifferingDocuments, ReasonSearch
from indexer.diff.open_side import count_expected, open_side
from indexer.diff.read_ahead import read_ahead
from indexer.diff.selection import EVERYTHING, Selection
from indexer.diff.sides import Side, SideKind, belongs, check_sides, expect_fields, pairs_of
from indexer.differences.comparison import Comparison
from indexer.differences.fields import EVERY_FIELD, Chosen
from indexer.differences.key_join import Joined, OutOfOrder, join
from indexer.differences.tally import Difference, Tally
from indexer.differences.tolerance import EXACT, Tolerance, kinds_of
from indexer.errors import OperatorError
from indexer.keys import EntityKey
from indexer.office_hours import OfficeHours

EXPLAINED = 1_000
"""The number of differing entities whose reasons are searched for by default."""

_BATCH = 100
"""The number of differing entities that are explained together and held in memory."""

_TOLD_EVERY = 1_000

OnDifference = Callable[[Difference], None]
OnOnly = Callable[[str, EntityKey], None]
"""Called with the side (left or right) that alone has an entity."""


def _ignore(*_: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Diffing:
    """A comparison: the two sides, their entities and fields, and the tolerance.

    `explain` is the number of differing entities whose reasons are searched for, the first ones by their keys; it is
    ignored if the dataset has no rules that could be reasons. With 0 nothing is read from the store except for sides
    that come from it. `schedules` are office hours by name that a side may have used instead of those in force.
    """

    dataset: Dataset
    left: Side
    right: Side
    selection: Selection = EVERYTHING
    chosen: Chosen = EVERY_FIELD
    tolerance: Tolerance = EXACT
    explain: int = EXPLAINED
    schedules: Mapping[str, OfficeHours] = field(default_factory=dict)
    most_samples: int = 3

    def comparison(self) -> Comparison:
        """The comparison of each pair of documents; raises `OperatorError` if the sides cannot be compared."""
        check_sides(self.left, self.right)
        expect_sides(self.dataset, self.left, self.right)
        of_dataset = extras_of(self.dataset).pairs
        own = None if of_dataset is None else of_dataset(self.left, self.right)
        pairs = pairs_of(self.left, self.right, self.chosen, own)
        if pairs is None:
            expect_fields(self.dataset, self.left, self.right, self.chosen)

        def takes(path: str) -> bool:
            return belongs(self.left, self.right, path) and self.chosen.takes(path)

        return Comparison(pairs, takes, self.tolerance, kinds_of(self.dataset.fields))

    def expected(self, here: Connections) -> int:
        """The number of documents of the larger side, if known; raises `OperatorError` if an index does not exist."""
        return max(count_expected(side, self.dataset, self.selection, here) for side in (self.left, self.right))

    def said(self) -> list[str]:
        """The comparison in words, in lines for people."""
        selection, lines = self.selection, []
        if selection.workspace_id is not None:
            lines.append(f"Workspace {selection.workspace_id}")
        if selection.by_creation:
            lines.append(f"Created {_moment(selection.created_from)} to {_moment(selection.created_until)}")
        if selection.share < 1:
            lines.append(f"A share of {selection.share:g} of the {self.dataset.entity.several}")
        if self.tolerance != EXACT:
            lines.append(f"Within {self.tolerance.timestamp} s (timestamps), {self.tolerance.duration} s (durations)")
        return lines

    def run(
        self,
        here: Connections,
        *,
        on_difference: OnDifference = _ignore,
        on_only: OnOnly = _ignore,
        on_documents: Callable[[int], None] = _ignore,
    ) -> Tally:
        """Compare everything in constant memory; raises `OperatorError` if a side does not exist or is broken."""
        comparison = self.comparison()
        tally = Tally(self.most_samples)
        tally.begin(comparison.pairs or [])
        found = _Found(here, self, tally, on_difference)
        try:
            with ExitStack() as stack:
                for place, joined in enumerate(self._joined(here, tally, stack), 1):
                    _compare(joined, comparison, tally, found, on_only)
                    if place % _TOLD_EVERY == 0:
                        on_documents(place)
        except OutOfOrder as error:
            raise OperatorError(
                str(error), "another program wrote this document; find it: indexer reconcile"
            ) from error
        found.look_into()
        self._look_for_missing(here, tally)
        on_documents(tally.compared + tally.only_left + tally.only_right)
        return tally

    def _look_for_missing(self, here: Connections, tally: Tally) -> None:
        """Say of the samples that only one side has what is stored of them, unless no reasons are sought."""
        missing = extras_of(self.dataset).missing
        if missing is not None and self.explain > 0 and tally.only_samples:
            tally.only_words = missing(here.store, [key for _, key in tally.only_samples], self.selection)

    def _joined(self, here: Connections, tally: Tally, stack: ExitStack) -> Iterator[Joined]:
        def on_uncomputable() -> None:
            tally.uncomputable += 1

        sides = [self.left] if self._within_documents else [self.left, self.right]
        pages = [
            stack.enter_context(open_side(side, self.dataset, self.selection, here, on_uncomputable)) for side in sides
        ]
        ahead = [stack.enter_context(read_ahead(one)) for one in pages]
        if self._within_documents:
            return (Joined(entry.key, entry.body, entry.body) for page in ahead[0] for entry in page)
        return join(*ahead)

    @property
    def _within_documents(self) -> bool:
        """Whether both sides are in the same documents, which are then read once."""
        return self.left.kind is SideKind.PIPELINE is self.right.kind


def _moment(seconds: int | None) -> str:
    return "…" if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _compare(joined: Joined, comparison: Comparison, tally: Tally, found: "_Found", on_only: OnOnly) -> None:
    key, left, right = joined
    if left is None or right is None:
        side = "right" if left is None else "left"
        tally.add_only(side, key)
        on_only(side, key)
        return
    tally.compared += 1
    if left == right and not comparison.across:
        tally.identical += 1
        return
    ours = _decode(left)
    theirs = ours if left is right else _decode(right)
    differences = comparison.differences(key, ours, theirs, tally)
    if differences:
        found.add(DifferingDocuments(key, ours, theirs, differences))


class _Found:
    """Differing entities on their way to the tally, explained a batch at a time up to the limit."""

    def __init__(self, here: Connections, asked: Diffing, tally: Tally, on_difference: OnDifference) -> None:
        self._here, self._asked, self._tally, self._on_difference = here, asked, tally, on_difference
        self._find_reasons = extras_of(asked.dataset).find_reasons
        self._left = asked.explain
        self._waiting: list[DifferingDocuments] = []

    def add(self, unlike: DifferingDocuments) -> None:
        if self._find_reasons is None or self._left <= 0:
            self._tell(unlike.differences, explained=False)
            return
        self._left -= 1
        self._waiting.append(unlike)
        if len(self._waiting) == _BATCH or self._left == 0:
            self.look_into()

    def look_into(self) -> None:
        if self._find_reasons is None or not self._waiting:
            return
        here, waiting = self._here, self._waiting
        self._waiting = []
        asked, literal = self._asked, here.settings.literal_reply_times
        search = ReasonSearch(asked.tolerance, asked.schedules, literal, asked.selection)
        for differences in self._find_reasons(here.store, waiting, search):
            self._tell(differences, explained=True)

    def _tell(self, differences: Iterable[Difference], *, explained: bool) -> None:
        told = list(differences)
        self._tally.add_different(told, explained=explained)
        for difference in told:
            self._on_difference(difference)
