"""The sum of a field's values."""

from collections.abc import Sequence
from typing import ClassVar

from indexer.reports.numbers.bucket_values import Figure, whole_number
from indexer.reports.numbers.of_field import FieldName, Statistic, counted_values
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket


class Sum(Statistic):
    """The sum of a field's values; 0 without values."""

    sum: FieldName

    stacks: ClassVar[bool] = True

    @property
    def field(self) -> str:
        """The field, as the definition names it."""
        return self.sum

    def of_stats(self, stats: Sequence[Bucket]) -> Figure:
        """The sum; 0 without values."""
        return whole_number(sum(one["sum"] for one in stats)), counted_values(stats)

    def adds_up(self, report: ReportFacts) -> bool:
        """Return true: every value is in one period."""
        return True

    def of_values(self, report: ReportFacts, values: Sequence[float]) -> float | int:
        """The sum of the values."""
        return whole_number(sum(values))

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"the sum of {self.sum}"
