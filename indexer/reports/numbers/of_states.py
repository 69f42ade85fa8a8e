"""Numbers of documents that are in a state when a period ends or begins."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date
from typing import ClassVar

from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.numbers.base import Needed, NumberKind
from indexer.reports.numbers.bucket_values import Cells
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body

_MAX_STATES = 1_100
"""The most instants of a report of states: each is a condition of its own in the search."""
_STRETCH = 10
_NAME = "from_"


class OfStates(NumberKind):
    """A number of documents in a state at the ends of periods.

    Each document has to be tested for each period, which is slow, and most states last for only a few periods. So the
    search first finds out the stretches of several periods in which a document has to be tested.
    """

    at_ends: ClassVar[bool] = True

    @property
    @abstractmethod
    def spell(self) -> str:
        """The field that has the times of the state."""

    @property
    def state_name(self) -> str:
        """`open` or `snoozed`."""
        return self.spell.removesuffix("_during")

    @property
    def needed(self) -> list[Needed]:
        """The times of the state."""
        return [Needed(self.key(), self.spell, ("date_range",))]

    def check_size(self, question: Question, span: Span) -> None:
        """Raise `InvalidQuestion` if there are more ends of periods than one search can test."""
        if (number := question.count_periods(span)) > _MAX_STATES:
            raise InvalidQuestion(
                "interval",
                f"{span.first} to {span.last} has {number:,} periods, and a report of states can have "
                f"{_MAX_STATES:,} at most; choose a longer interval or a shorter range",
            )

    def cut_into_stretches(self, question: Question, span: Span) -> Body:
        """The aggregations of every period, several periods at a time."""
        present = question.periods(span)
        found: Body = {}
        for begin in range(0, len(present), _STRETCH):
            periods = present[begin : begin + _STRETCH]
            bounds = {period.isoformat(): question.instants(question.part_of(span, period)) for period in periods}
            if question.until is not None:
                bounds = {period: (start, end) for period, (start, end) in bounds.items() if start < end}
            if bounds:
                found[f"{_NAME}{periods[0]}"] = self.stretch(bounds)
        return found

    @abstractmethod
    def stretch(self, bounds: Mapping[str, tuple[int, int]]) -> Body:
        """The aggregation of some periods, by their names: the first instant of each, and the first after it."""

    @abstractmethod
    def read_stretch(self, bucket: Bucket) -> Iterable[tuple[str, Bucket]]:
        """The buckets of these periods by their names."""

    def cells(self, question: Question, span: Span, bucket: Bucket) -> Cells:
        """The buckets of all stretches."""
        stretches = [found for name, found in bucket.items() if name.startswith(_NAME)]
        return {
            date.fromisoformat(period): [found] for stretch in stretches for period, found in self.read_stretch(stretch)
        }
