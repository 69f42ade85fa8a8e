"""The number of documents that left a state, minus those that entered it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from indexer.reports.numbers.bucket_values import Reader
from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.of_states import OfStates
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.outflow import changed, flowed, flows, left
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, marked, within

_LEFT = "meets"


class NetOutflow(OfStates):
    """How many documents left a state in a period, minus how many came into it, comparing its two ends."""

    net_outflow: FieldName

    @property
    def spell(self) -> str:
        """The field that has the times of the state."""
        return self.net_outflow

    def in_span(self, axis: str, start: int, end: int, as_of: int | None) -> Body:
        """The filter from just before the span begins to its end."""
        return within(self.net_outflow, start - 1, end)

    def total_aggregations(self, report: ReportFacts, question: Question, span: Span) -> Body:
        """What changed between the two ends of the span."""
        return flows(self.net_outflow, {"whole": question.instants(span)})

    def cut(self, report: ReportFacts, question: Question, span: Span, within_each: Body) -> Body:
        """What changed between the two ends of every period."""
        return self.cut_into_stretches(question, span)

    def stretch(self, bounds: Mapping[str, tuple[int, int]]) -> Body:
        """Filters for documents that left the state, and that entered it, in each period."""
        first, last = min(start for start, _ in bounds.values()), max(end for _, end in bounds.values())
        return {"filter": within(self.net_outflow, first - 1, last), "aggs": flows(self.net_outflow, bounds)}

    def read_stretch(self, bucket: Bucket) -> Iterable[tuple[str, Bucket]]:
        """What changed in these periods, by their names."""
        return flowed(bucket)

    def reader(self, report: ReportFacts) -> Reader:
        """The difference, and how many documents changed."""

        def read(buckets: Iterable[Bucket]) -> tuple[int, int]:
            gone, come = (sum(one[name] for one in buckets) for name in ("left", "entered"))
            return gone - come, gone + come

        return read

    def total_buckets(self, question: Question, span: Span, everything: Bucket) -> list[Bucket]:
        """What changed between the two ends of the span."""
        return [flow for _, flow in flowed(everything)]

    def behind(self, question: Question, span: Span) -> list[Body]:
        """The filter for documents that left the state or entered it."""
        return [changed(self.net_outflow, *question.instants(span))]

    def marks(self, report: ReportFacts, question: Question, span: Span, action: list[Body]) -> list[Body]:
        """Documents that left the state."""
        return [marked(left(self.net_outflow, *question.instants(span)), _LEFT)]

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """1 if the document left the state, -1 if it entered it."""
        return 1 if _LEFT in hit.get("matched_queries", ()) else -1

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"how many fewer {report.documents} are {self.state_name} at the end of the period than at its beginning"
