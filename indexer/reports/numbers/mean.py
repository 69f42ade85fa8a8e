"""The mean of a field's values."""

from collections.abc import Sequence

from indexer.reports.numbers.bucket_values import Figure, whole_number
from indexer.reports.numbers.of_field import FieldName, Statistic, counted_values
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket


class Mean(Statistic):
    """The mean of a field's values."""

    mean: FieldName

    @property
    def field(self) -> str:
        """The field, as the definition names it."""
        return self.mean

    def of_stats(self, stats: Sequence[Bucket]) -> Figure:
        """The mean, not rounded; None without values."""
        count = counted_values(stats)
        return sum(one["sum"] for one in stats) / count if count else None, count

    def of_values(self, report: ReportFacts, values: Sequence[float]) -> float | int:
        """The mean of the values."""
        return whole_number(sum(values) / len(values))

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"the mean of {self.mean}"
