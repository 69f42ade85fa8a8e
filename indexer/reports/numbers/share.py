"""Percent of a period's documents that are in a group."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from indexer.reports.numbers.base import NumberKind
from indexer.reports.numbers.bucket_values import Cells, Figure, Reader, documents, percent
from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Span
from indexer.reports.question import Question


class Share(NumberKind):
    """Percent of all documents of a period that are in the group."""

    share: FieldName

    counts_on_own_day: ClassVar[bool] = True
    is_share_of_all: ClassVar[bool] = True
    stacks: ClassVar[bool] = True
    makes_whole: ClassVar[bool] = True

    @property
    def word(self) -> str:
        """The word for the documents."""
        return self.share

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads 100 percent, and the number of conversations."""
        return lambda buckets: _of_all(buckets, buckets)

    def group_reader(
        self, report: ReportFacts, whole: Cells, groups: Mapping[str | None, Cells]
    ) -> Callable[[date, Sequence[Bucket]], Figure]:
        """A group's share of the whole period."""
        return lambda period, found: _of_all(found, whole.get(period, ()))

    def total_of_group(self, report: ReportFacts, buckets: Sequence[Bucket], everything: Bucket) -> Figure:
        """A group's share of the whole range."""
        return _of_all(buckets, [everything])

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
        return f"percent of the period's {self.share} that are in the group"

    def what_is_behind(self, value: float | None, count: int) -> str | None:
        """The number of all conversations, in words."""
        return f"of {count:,}"


def _of_all(part: Sequence[Bucket], whole: Sequence[Bucket]) -> Figure:
    count = documents(part)
    return percent(count, documents(whole)), count
