"""Numbers whose groups are the parts of a range: percent of the documents that lie in each part."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, field_validator

from indexer.calendar.durations import bound
from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.numbers.base import NumberKind
from indexer.reports.numbers.bucket_values import Figure, Reader, inside, percent
from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Span
from indexer.reports.question import Question


class FieldBounds(BaseModel):
    """A field in seconds and the bounds between its parts; a part includes its lower bound and not its upper one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: FieldName
    bounds: Annotated[list[Annotated[StrictInt, Field(gt=0)]], Field(min_length=1)]

    @field_validator("bounds")
    @classmethod
    def _rising(cls, bounds: list[int]) -> list[int]:
        if bounds != sorted(set(bounds)):
            raise ValueError("have to rise")
        return bounds


class Parted(NumberKind):
    """Percent of the documents with a value that lie in each part of a range.

    The response has these documents in the bucket `having`, and those of each part in the buckets of `parts`, in order.
    """

    has_own_groups: ClassVar[bool] = True
    has_parts: ClassVar[bool] = True
    stacks: ClassVar[bool] = True
    makes_whole: ClassVar[bool] = True

    @property
    @abstractmethod
    def parts(self) -> FieldBounds:
        """The field whose range is cut into parts, and the bounds between them."""

    @property
    def labels(self) -> list[str]:
        """The names of the parts, in order."""
        return labels(self.parts.bounds)

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads 100 percent, and the number of documents with a value."""
        return lambda buckets: (percent(count := inside("having", buckets), count), count)

    def own_rows(
        self, report: ReportFacts, question: Question, span: Span, everything: Bucket
    ) -> Iterator[tuple[date, str, Figure]]:
        """A row for every part of every period: percent of the period's documents that have a value."""
        names, found = self.labels, self.cells(question, span, everything)
        for period in question.periods(span):
            buckets = found.get(period, [])
            having = inside("having", buckets)
            for position, name in enumerate(names):
                count = sum(bucket["parts"]["buckets"][position]["doc_count"] for bucket in buckets)
                yield period, name, (percent(count, having), count)

    @property
    def rows_of_a_period(self) -> int:
        """The number of parts."""
        return len(self.parts.bounds) + 1

    def position(self, group: str | None) -> int:
        """The place of a part by its name; raises `InvalidQuestion` if there is no such part."""
        names = self.labels
        if group not in names:
            raise InvalidQuestion("group", f"{group!r} is not one of {', '.join(names)}")
        return names.index(group)

    def what_is_behind(self, value: float | None, count: int) -> str | None:
        """Return None: the number says it."""
        return None


def labels(bounds: Sequence[int]) -> list[str]:
    """The names of the parts that the bounds (seconds, rising) make: `< 5 m`, `5 m - 15 m`, `>= 8 h`, in order."""
    said = [bound(one) for one in bounds]
    between = [f"{lower} - {upper}" for lower, upper in pairwise(said)]
    return [f"< {said[0]}", *between, f">= {said[-1]}"]
