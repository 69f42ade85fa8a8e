"""The largest of a field's values."""

from collections.abc import Sequence

from indexer.reports.numbers.bucket_values import Figure, whole_number
from indexer.reports.numbers.of_field import FieldName, Statistic, counted_values
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket


class Max(Statistic):
    """The largest of a field's values."""

    max: FieldName

    @property
    def field(self) -> str:
        """The field, as the definition names it."""
        return self.max

    def of_stats(self, stats: Sequence[Bucket]) -> Figure:
        """The number; None without values."""
        return whole_number(max(one["max"] for one in stats)) if stats else None, counted_values(stats)

    def of_values(self, report: ReportFacts, values: Sequence[float]) -> float | int:
        """The largest of the values."""
        return whole_number(max(values))

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"the largest {self.max}"
