"""The number of documents or actions."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from indexer.reports.numbers.base import NumberKind
from indexer.reports.numbers.bucket_values import Reader, actions_behind, documents, inside
from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body


class Count(NumberKind):
    """The number of documents, or of actions; documents of a report on actions are distinct ones."""

    count: FieldName

    fits_boards: ClassVar[bool] = True
    stacks: ClassVar[bool] = True

    @property
    def counted(self) -> str:
        """What is counted."""
        return self.count

    def _is_distinct(self, report: ReportFacts) -> bool:
        return report.counts_actions and self.count != report.nested_path

    def aggregations(self, report: ReportFacts, question: Question) -> Body:
        """The aggregation that counts distinct conversations, outside of their actions."""
        return {self.count: {"reverse_nested": {}}} if self._is_distinct(report) else {}

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads the count, which is also the number behind it."""
        if self._is_distinct(report):
            return lambda buckets: (count := inside(self.count, buckets), count)
        return lambda buckets: (count := documents(buckets), count)

    def adds_up(self, report: ReportFacts) -> bool:
        """Whether it adds up: not for distinct conversations, which may have actions in two periods."""
        return not (report.by_day_of_action and self._is_distinct(report))

    def tells_documents_apart(self, report: ReportFacts) -> bool:
        """Whether a document can have several actions that count."""
        return self.count == report.nested_path

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """The number of its actions, or 1 for the document itself."""
        return actions_behind(hit, self.count) if self.count == report.nested_path else 1

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"how many {self.count}{', each once' if self._is_distinct(report) else ''}"

    def what_is_behind(self, value: float | None, count: int) -> str | None:
        """Return None: the number says it."""
        return None
