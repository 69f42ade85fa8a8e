"""The ages of a board's documents."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from indexer.dotted_paths import value_at
from indexer.reports.numbers.base import Needed
from indexer.reports.numbers.parted import FieldBounds, Parted
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, exists


class Age(Parted):
    """Percent of the documents of a board in each part of an age; the parts are the groups.

    `field` is the date that an age is counted from, `bounds` are ages in seconds.
    """

    age: FieldBounds

    fits_boards: ClassVar[bool] = True
    needs_board: ClassVar[bool] = True

    @property
    def parts(self) -> FieldBounds:
        """The date and the ages between the parts."""
        return self.age

    @property
    def needed(self) -> list[Needed]:
        """A date to count from."""
        return [Needed("age.field", self.age.field, ("date",))]

    def aggregations(self, report: ReportFacts, question: Question) -> Body:
        """A filter for each part, in order."""
        parts = [self._part(question, position) for position in range(self.rows_of_a_period)]
        return {"having": {"filter": exists(self.age.field)}, "parts": {"filters": {"filters": parts}}}

    def _part(self, question: Question, position: int) -> Body:
        """The filter of one part, by the dates that it begins and ends on; the future is in the first part."""
        as_of, bounds = question.as_of or 0, self.age.bounds
        dates: dict[str, int | str] = {"format": "epoch_second"}
        if position:
            dates["lte"] = as_of - bounds[position - 1]
        if position < len(bounds):
            dates["gt"] = as_of - bounds[position]
        return {"range": {self.age.field: dates}}

    def behind(self, question: Question, span: Span) -> list[Body]:
        """Documents that have an age."""
        return [exists(self.age.field)]

    def in_own_group(self, report: ReportFacts, question: Question, span: Span, group: str | None) -> Body:
        """The filter for the ages of a part."""
        return self._part(question, self.position(group))

    def listed_fields(self, report: ReportFacts, question: Question) -> list[str]:
        """The date that the age is counted from."""
        return [self.age.field]

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """The document's age in seconds."""
        return (question.as_of or 0) - int(value_at(hit["_source"], self.age.field))

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"percent in each part of the time since {self.age.field}: {', '.join(self.labels)}"
