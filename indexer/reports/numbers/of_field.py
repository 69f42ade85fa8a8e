"""Numbers that are computed from the values of one field."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from indexer.dotted_paths import value_at
from indexer.reports.numbers.base import NumberKind
from indexer.reports.numbers.bucket_values import Figure, Reader
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body

FieldName = Annotated[str, Field(min_length=1)]


class OfField(NumberKind):
    """A number of a field's values; a field of an action if actions count."""

    @property
    @abstractmethod
    def field(self) -> str:
        """The field, as the definition names it."""

    @abstractmethod
    def of_values(self, report: ReportFacts, values: Sequence[float]) -> float | int:
        """The number of some values, at least one."""

    def list_field(self, report: ReportFacts, question: Question) -> str | None:
        """The field itself; the index cannot sort by the values of some of a document's actions."""
        return None if report.counts_actions else self.field_asked(report, question)

    def listed_fields(self, report: ReportFacts, question: Question) -> list[str]:
        """The field itself; values of actions come with the actions."""
        return [] if report.counts_actions else [str(self.field_asked(report, question))]

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """The number of the document's own values."""
        field = str(self.field_asked(report, question))
        if report.counts_actions:
            actions = hit["inner_hits"][report.nested_path]["hits"]["hits"]
            return self.of_values(report, [value for one in actions for value in one["fields"][field]])
        found = value_at(hit["_source"], field)
        return self.of_values(report, found if isinstance(found, list) else [found])


class Statistic(OfField):
    """A number that Elasticsearch keeps of a field's values: how many there are, their sum and their bounds."""

    def aggregations(self, report: ReportFacts, question: Question) -> Body:
        """One aggregation for all of these."""
        return {"values": {"stats": {"field": self.field_asked(report, question)}}}

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads the number from buckets together; those without a value have no bounds."""
        return lambda buckets: self.of_stats([one["values"] for one in buckets if one["values"]["count"]])

    @abstractmethod
    def of_stats(self, stats: Sequence[Bucket]) -> Figure:
        """The number of all values together, and how many they are; there may be no stats."""


def counted_values(stats: Sequence[Bucket]) -> int:
    """The number of values in the stats."""
    return sum(one["count"] for one in stats)
