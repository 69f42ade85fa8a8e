"""The sum of a field's values."""

from collections.abc import Sequence
from typing import ClassVar

from indexer.reports.numbers.base import Figure, ReportFacts, whole_number
from indexer.reports.numbers.of_field import FieldName, Statistic, counted_values
from indexer.reports.period_buckets import Bucket


class Sum(Statistic):
    """The sum of a field's values; 0 where there are none."""

    sum: FieldName

    stacks: ClassVar[bool] = True

    @property
    def field(self) -> str:
        """The field, as the definition names it."""
        return self.sum

    def of_stats(self, stats: Sequence[Bucket]) -> Figure:
        """0 of nothing."""
        return whole_number(sum(one["sum"] for one in stats)), counted_values(stats)

    def adds_up(self, report: ReportFacts) -> bool:
        """Every value is in one period."""
        return True

    def of_values(self, report: ReportFacts, values: Sequence[float]) -> float | int:
        """The sum of the values."""
        return whole_number(sum(values))

    def in_words(self, report: ReportFacts) -> str:
        """What the number is."""
        return f"the sum of {self.sum}"
