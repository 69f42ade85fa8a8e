"""How long states lasted within a period."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from indexer.reports.numbers.base import Needed, NumberKind
from indexer.reports.numbers.bucket_values import Cells, Reader, documents
from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Interval, Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, nothing, within
from indexer.reports.time_in_state import bounds_of, overlap, read_times, time_aggregations

_WHOLE, _PERIODS = "whole", "periods"


class TimeIn(NumberKind):
    """How long states lasted within a period, in seconds, added up; what lasts on counts up to the present.

    Names a range of time; its two ends are also fields of the document, as seconds: `<name>_from`, `<name>_until`.
    """

    time_in: FieldName

    lasts: ClassVar[bool] = True
    buckets_of_a_period: ClassVar[int] = 2  # beginnings and ends
    counted_on: ClassVar[str | None] = "every period it overlaps, with the time spent in that period"

    @property
    def spell(self) -> str:
        """The range of time."""
        return self.time_in

    @property
    def ends(self) -> list[str]:
        """The two fields that say in seconds when a state began and, unless it lasts, ended."""
        return [f"{self.time_in}_from", f"{self.time_in}_until"]

    @property
    def needed(self) -> list[Needed]:
        """The range and its two ends."""
        ends = [Needed(self.key(), end, ("integer", "long")) for end in self.ends]
        return [Needed(self.key(), self.time_in, ("date_range",)), *ends]

    def in_span(self, axis: str, start: int, end: int, as_of: int | None) -> Body:
        """Up to the present."""
        end = end if as_of is None else min(end, as_of)
        return within(self.time_in, start, end) if start < end else nothing()

    def total_aggregations(self, report: ReportFacts, question: Question, span: Span) -> Body:
        """The beginnings and the ends in the span."""
        return time_aggregations(self.ends, _WHOLE, bounds_of(question, span, Interval.RANGE))

    def cut(self, report: ReportFacts, question: Question, span: Span, within_each: Body) -> Body:
        """The beginnings and the ends in every period."""
        if question.interval is Interval.RANGE:
            return {}
        return time_aggregations(self.ends, _PERIODS, bounds_of(question, span, question.interval))

    def reader(self, report: ReportFacts) -> Reader:
        """The seconds, and how many documents have a part in them."""
        return lambda buckets: (sum(bucket["seconds"] for bucket in buckets), documents(buckets))

    def total_buckets(self, question: Question, span: Span, everything: Bucket) -> list[Bucket]:
        """The time in the span."""
        return [found for _, found in read_times(everything, _WHOLE, bounds_of(question, span, Interval.RANGE))]

    def cells(self, question: Question, span: Span, bucket: Bucket) -> Cells:
        """The time in every period in which there is some."""
        name = _WHOLE if question.interval is Interval.RANGE else _PERIODS
        bounds = bounds_of(question, span, question.interval)
        return {period: [time] for period, time in read_times(bucket, name, bounds) if time["doc_count"]}

    def listed_fields(self, report: ReportFacts, question: Question) -> list[str]:
        """When the state began and ended."""
        return self.ends

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """The seconds of its state that lie in the cell."""
        source = hit["_source"]
        start, end = (source.get(field) for field in self.ends)
        return overlap(question, days(), start, end)

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return "time spent within the period, in seconds, added up; a state that still lasts counts up to now"
