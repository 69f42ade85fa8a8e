"""The number of documents in a state at the end of a period."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from indexer.reports.numbers.bucket_values import Reader, documents
from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.of_states import OfStates
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, within


class AtEnd(OfStates):
    """The number of conversations that are in a state at the last second of a period."""

    at_end: FieldName

    stacks: ClassVar[bool] = True

    @property
    def spell(self) -> str:
        """The field that has the times of the state."""
        return self.at_end

    def in_span(self, axis: str, start: int, end: int, as_of: int | None) -> Body:
        """The state at the last second; a date that a zone has skipped has the last second of the date before."""
        return within(self.at_end, min(start, end - 1), end)

    def total_aggregations(self, report: ReportFacts, question: Question, span: Span) -> Body:
        """The state at the last second of the span."""
        return {"at_the_end": {"filter": self._at_end_of(question, span)}}

    def _at_end_of(self, question: Question, span: Span) -> Body:
        _, end = question.instants(span)
        return {"term": {self.at_end: end - 1}}

    def cut(self, report: ReportFacts, question: Question, span: Span, within_each: Body) -> Body:
        """The state at the end of every period."""
        return self.cut_into_stretches(question, span)

    def stretch(self, bounds: Mapping[str, tuple[int, int]]) -> Body:
        """Filters for documents in the state at the last second of each period."""
        ends = {period: end - 1 for period, (_, end) in bounds.items()}
        states = {period: {"term": {self.at_end: end}} for period, end in ends.items()}
        return {
            "filter": within(self.at_end, min(ends.values()), max(ends.values()) + 1),
            "aggs": {"periods": {"filters": {"filters": states}}},
        }

    def read_stretch(self, bucket: Bucket) -> Iterable[tuple[str, Bucket]]:
        """The buckets of these periods by their names."""
        found: Mapping[str, Bucket] = bucket["periods"]["buckets"]
        return found.items()

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads the count, which is also the number behind it."""
        return lambda buckets: (count := documents(buckets), count)

    def total_buckets(self, question: Question, span: Span, everything: Bucket) -> list[Bucket]:
        """Filters for the state at the end of the range."""
        return [everything["at_the_end"]]

    def is_cut(self, covered: Span, whole: Span) -> bool:
        """The state at the end of a period is known if that end is in the range."""
        return covered.last < whole.last

    def behind(self, question: Question, span: Span) -> list[Body]:
        """Filters for the state at the end of the range."""
        return [self._at_end_of(question, span)]

    def tells_documents_apart(self, report: ReportFacts) -> bool:
        """Return false: each counts once."""
        return False

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """Return 1: the document counts once."""
        return 1

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"how many {report.documents} are {self.state_name} then"
