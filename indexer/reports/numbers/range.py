"""The range of a field's values."""

from collections.abc import Sequence

from indexer.reports.numbers.bucket_values import Figure, whole_number
from indexer.reports.numbers.of_field import FieldName, Statistic, counted_values
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket


class Range(Statistic):
    """The difference between the largest and the smallest of a field's values."""

    range: FieldName

    @property
    def field(self) -> str:
        """The field, as the definition names it."""
        return self.range

    def of_stats(self, stats: Sequence[Bucket]) -> Figure:
        """The number; None without values."""
        if not stats:
            return None, 0
        widest = max(one["max"] for one in stats) - min(one["min"] for one in stats)
        return whole_number(widest), counted_values(stats)

    def of_values(self, report: ReportFacts, values: Sequence[float]) -> float | int:
        """The smallest of the values; a document alone has no range."""
        return whole_number(min(values))

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"the difference between the largest and the smallest {self.range}"
