"""The spread of a field's values over the parts of its range."""

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from indexer.reports.numbers.bucket_values import whole_number
from indexer.reports.numbers.of_field import OfField
from indexer.reports.numbers.parted import FieldBounds, Parted
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, exists


class Distribution(Parted, OfField):
    """Percent of the documents with a value that lie in each part of a field's range; the parts are the groups."""

    distribution: FieldBounds

    counts_on_own_day: ClassVar[bool] = True
    shows_count: ClassVar[bool] = True

    @property
    def field(self) -> str:
        """The field, as the definition names it."""
        return self.distribution.field

    @property
    def parts(self) -> FieldBounds:
        """The field and the bounds between its parts."""
        return self.distribution

    def aggregations(self, report: ReportFacts, question: Question) -> Body:
        """A range for each part."""
        field, bounds = str(self.field_asked(report, question)), self.distribution.bounds
        ranges: list[Body] = [{"to": bounds[0]}]
        ranges += [{"from": lower, "to": upper} for lower, upper in pairwise(bounds)]
        ranges += [{"from": bounds[-1]}]
        return {"having": {"filter": exists(field)}, "parts": {"range": {"field": field, "ranges": ranges}}}

    def in_own_group(self, report: ReportFacts, question: Question, span: Span, group: str | None) -> Body:
        """The values between the bounds of a part."""
        position, bounds = self.position(group), self.distribution.bounds
        found = {}
        if position:
            found["gte"] = bounds[position - 1]
        if position < len(bounds):
            found["lt"] = bounds[position]
        return {"range": {str(self.field_asked(report, question)): found}}

    def of_values(self, report: ReportFacts, values: Sequence[float]) -> float | int:
        """The smallest of the values."""
        return whole_number(min(values))

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"percent with {self.field} {', '.join(self.labels)}, of those that have it"
