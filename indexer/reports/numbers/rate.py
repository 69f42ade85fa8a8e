"""Percent of the documents or actions in scope that meet further conditions."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field

from indexer.reports.definition_conditions import Condition
from indexer.reports.numbers.base import OOO, NumberKind
from indexer.reports.numbers.bucket_values import Reader, actions_behind, documents, inside, percent
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, all_of, condition_filters, marked

_MEETS = "meets"


class Rate(NumberKind):
    """Percent of the documents or actions in scope that meet all of these further conditions."""

    rate: Annotated[dict[str, Condition], Field(min_length=1)]

    fits_boards: ClassVar[bool] = True

    @property
    def tested(self) -> Mapping[str, Mapping[str, Condition]]:
        """The further conditions."""
        return {"rate": self.rate}

    @property
    def durations(self) -> list[str]:
        """All tested fields."""
        return list(self.rate)

    def within_office_hours(self) -> Self:
        """The same test of durations within office hours; a rate that tests them already stays as it is."""
        twins = {field if field.endswith(OOO) else field + OOO: condition for field, condition in self.rate.items()}
        return self.model_copy(update={"rate": twins})

    def _met(self, report: ReportFacts, question: Question) -> Body:
        return all_of(condition_filters(self.rate, question.as_of, report.path(""), question.until))

    def aggregations(self, report: ReportFacts, question: Question) -> Body:
        """The aggregation of those that meet the conditions."""
        return {"meeting": {"filter": self._met(report, question)}}

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads the rate, and the number in scope."""
        return lambda buckets: (percent(inside("meeting", buckets), whole := documents(buckets)), whole)

    def marks(self, report: ReportFacts, question: Question, span: Span, action: list[Body]) -> list[Body]:
        """Documents that meet the conditions, or how many of their actions do."""
        meets = self._met(report, question)
        if not report.counts_actions:
            return [marked(meets, _MEETS)]
        both = all_of([*action, meets])
        counted: Body = {
            "nested": {"path": report.nested_path, "query": both, "inner_hits": {"name": _MEETS, "size": 0}}
        }
        return [{"bool": {"should": [counted, {"match_all": {}}]}}]

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """Percent of its actions; 0 or 100 for a document."""
        if report.counts_actions:
            return 100 * actions_behind(hit, _MEETS) / actions_behind(hit, report.nested_path)
        return 100 if _MEETS in hit.get("matched_queries", ()) else 0

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        met = " and ".join(condition.in_words(field) for field, condition in self.rate.items())
        return f"percent of these where {met}"

    def what_is_behind(self, value: float | None, count: int) -> str | None:
        """The number in scope, in words."""
        return f"of {count:,}"
