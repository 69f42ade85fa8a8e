"""The interface of a kind of number: checks, search, reading, the documents behind it, words and drawing."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from indexer.reports.definition_conditions import Condition
from indexer.reports.numbers.bucket_values import Cells, Figure, Reader
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket, by_period, cut_into_periods
from indexer.reports.periods import Interval, Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, within

OOO = "_ooo"
"""The end of the name of a duration within office hours."""


class Needed(NamedTuple):
    """A field that the mapping must have with one of these types; `key` is its key in the definition."""

    key: str
    field: str
    types: Sequence[str]


class NamedFigure(NamedTuple):
    """One of several figures of a row: the number of `counted`, or percent of `base` that it is, in words."""

    name: str
    counted: str
    base: str | None = None


class NumberKind(BaseModel, ABC):
    """One kind of number; the model's only field is the key that `value` has in a definition.

    The defaults are those of most kinds. All instants are epoch seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    lasts: ClassVar[bool] = False
    """It adds up how long states lasted; a state that still lasts counts up to the present."""
    at_ends: ClassVar[bool] = False
    """It looks at states at the ends of periods: the axis is `end_of_period`."""
    fits_boards: ClassVar[bool] = False
    """A report of the present moment can have it."""
    needs_board: ClassVar[bool] = False
    """Only a report of the present moment can have it."""
    counts_on_own_day: ClassVar[bool] = False
    """If actions count, then each on its own day."""
    counts_documents: ClassVar[bool] = False
    """It counts documents, never the items of their nested list."""
    has_own_groups: ClassVar[bool] = False
    """It makes the groups itself (`own_rows`), so the report has none."""
    is_share_of_all: ClassVar[bool] = False
    """A group's number needs the whole of the period."""
    default_interval: ClassVar[Interval | None] = None
    """The interval of a question that names none, if it is not the usual one."""
    buckets_of_a_period: ClassVar[int] = 1
    """How many buckets of a search one period takes."""

    counted_on: ClassVar[str | None] = None
    """The day on which something counts, in words, if the axis does not say it."""
    stacks: ClassVar[bool] = False
    """A chart can stack the numbers of groups."""
    has_parts: ClassVar[bool] = False
    """Its groups are the parts of a range, in their order."""
    is_grid: ClassVar[bool] = False
    """It is shown as a grid of the hours of the week."""
    makes_whole: ClassVar[bool] = False
    """The groups of a period make 100 percent together."""
    shows_count: ClassVar[bool] = False
    """The total is always 100 percent, so the count is shown in its place."""

    @classmethod
    def key(cls) -> str:
        """The key of `value` that means this kind."""
        return next(iter(cls.model_fields))

    # Checked

    @property
    def counted(self) -> str | None:
        """What is counted; None if the number is not a count."""
        return None

    @property
    def word(self) -> str | None:
        """The vocabulary's word for what is counted, also if the number is made of a count; None if it names none."""
        return self.counted

    @property
    def field(self) -> str | None:
        """The field from whose values the number is computed, as the definition names it; None if there is none."""
        return None

    @property
    def spell(self) -> str | None:
        """The range of time that the number is made of, one of the vocabulary's; None if there is none."""
        return None

    @property
    def tested(self) -> Mapping[str, Mapping[str, Condition]]:
        """The conditions that the number tests, by their keys in `value`."""
        return {}

    @property
    def durations(self) -> list[str]:
        """The fields that must all have twins within office hours for the report to be asked so."""
        return [self.field] if self.field else []

    @property
    def needed(self) -> list[Needed]:
        """The fields that the mapping must have, besides `field` and those of `tested`."""
        return []

    def within_office_hours(self) -> Self:
        """The same number with the fields it names itself replaced by their twins; `field` follows the question."""
        return self

    def field_asked(self, report: ReportFacts, question: Question) -> str | None:
        """The full path of the field that is measured, within office hours if the question asks for it."""
        if self.field is None:
            return None
        path = report.path(self.field)
        return f"{path}{OOO}" if question.office_hours else path

    def check_size(self, question: Question, span: Span) -> None:
        """Raise `InvalidQuestion` if the question has more days or periods than one search can do."""

    # Searched for

    def in_span(self, axis: str, start: int, end: int, as_of: int | None) -> Body:
        """The filter for documents that count between two instants, the second one excluded."""
        return within(axis, start, end)

    def aggregations(self, report: ReportFacts, question: Question) -> Body:
        """The aggregations that a bucket needs beside its number of documents."""
        return {}

    def total_aggregations(self, report: ReportFacts, question: Question, span: Span) -> Body:
        """The aggregations that the total of the span needs."""
        return self.aggregations(report, question)

    def cut(self, report: ReportFacts, question: Question, span: Span, within_each: Body) -> Body:
        """The aggregations that cut the span into periods; one period for the whole range needs none."""
        if question.interval is Interval.RANGE:
            return {}
        return cut_into_periods(report.axis, question, span, within_each)

    # Read

    @abstractmethod
    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads the number from buckets together; there may be none."""

    def total_buckets(self, question: Question, span: Span, everything: Bucket) -> list[Bucket]:
        """The buckets from which the total is read, given the bucket of everything."""
        return [everything]

    def cells(self, question: Question, span: Span, bucket: Bucket) -> Cells:
        """A bucket's own buckets by period."""
        if question.interval is Interval.RANGE:
            return {span.first: [bucket]} if bucket["doc_count"] else {}
        return {period: [found] for period, found in by_period(bucket)}

    def group_reader(
        self,
        report: ReportFacts,
        whole: Cells,
        groups: Mapping[str | None, Cells],
    ) -> Callable[[date, Sequence[Bucket]], Figure]:
        """The function that reads a group's number of a period.

        `whole` has the whole of each period, if the number is a share of it; `groups` has all groups of the answer.
        """
        read = self.reader(report)
        nothing = read(())  # of which there are many: few groups have documents in every period
        return lambda _, found: read(found) if found else nothing

    def total_of_group(self, report: ReportFacts, buckets: Sequence[Bucket], everything: Bucket) -> Figure:
        """A group's number over the whole range."""
        return self.reader(report)(buckets)

    def own_rows(
        self,
        report: ReportFacts,
        question: Question,
        span: Span,
        everything: Bucket,
    ) -> Iterable[tuple[date, str, Figure]]:
        """Period, group and number of each row, for a kind that makes its own groups."""
        return ()

    def is_exact(self, question: Question, count: int) -> bool:
        """Whether a number of this many values is exact."""
        return True

    def adds_up(self, report: ReportFacts) -> bool:
        """Whether the numbers of periods add up to that of all: not if one conversation may be in two of them."""
        return False

    def is_cut(self, covered: Span, whole: Span) -> bool:
        """Whether a period is not whole if the range has only its days `covered`."""
        return covered != whole

    @property
    def rows_of_a_period(self) -> int:
        """The rows of a period, or of each of its groups."""
        return 1

    def least_rows(self, periods: int, days: int) -> int:
        """The number of rows to be read, if there is at most one group."""
        return periods * self.rows_of_a_period

    # Looked behind

    def behind(self, question: Question, span: Span) -> list[Body]:
        """Filters besides the scope for documents that have a part in the number of the span."""
        return []

    def in_own_group(self, report: ReportFacts, question: Question, span: Span, group: str | None) -> Body | None:
        """The filter for a group that the kind makes itself; None if it makes none.

        Raises `InvalidQuestion` if there is no such group.
        """
        return None

    def marks(self, report: ReportFacts, question: Question, span: Span, action: list[Body]) -> list[Body]:
        """Filters that match every document, and mark those that `of_document` tells apart."""
        return []

    def tells_documents_apart(self, report: ReportFacts) -> bool:
        """Whether documents can differ in their own numbers, so that a list can be sorted by them."""
        return True

    def list_field(self, report: ReportFacts, question: Question) -> str | None:
        """The field that has a document's own number, unless it has several values; None if there is no such field."""
        return None

    def listed_fields(self, report: ReportFacts, question: Question) -> list[str]:
        """The fields of a document from which its own number is computed."""
        return []

    @abstractmethod
    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """The number of one document alone, from its hit; `days` gives those of its cell."""

    # Said and drawn

    @property
    def figures(self) -> list[NamedFigure]:
        """The figures of a row in their order, if it has several."""
        return []

    @abstractmethod
    def in_words(self, report: ReportFacts) -> str:
        """The number in words, for its readers."""

    def what_is_behind(self, value: float | None, count: int) -> str | None:
        """The text beside the total on a page; None if the number says it already."""
        return None if value == count else f"from {count:,} values"
