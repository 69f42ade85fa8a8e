"""The median of a field's values."""

from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.quantile import Quantile
from indexer.reports.numbers.report_facts import ReportFacts


class Median(Quantile):
    """The median of a field's values."""

    median: FieldName

    @property
    def field(self) -> str:
        """The field, as the definition names it."""
        return self.median

    @property
    def percent(self) -> float:
        """The middle."""
        return 50

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"the median of {self.median}"
