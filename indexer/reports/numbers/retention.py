"""The share of the documents of each period that a later date shows to be in use still, period by period."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final, NamedTuple

from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.numbers.base import Needed, NumberKind
from indexer.reports.numbers.bucket_values import Cells, Figure, Reader, documents, percent
from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Interval, Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, all_of, any_of, within
from indexer.reports.time_in_state import bounds_of

MOST_PERIODS: Final = 60
"""The most periods whose documents are followed."""

MOST_LATER: Final = 26
"""The most periods for which they are followed."""

ALL: Final = "all"
"""The name of the group with all documents of a period."""


class Cohort(NamedTuple):
    """The documents of one period: its bounds, and the beginnings of it and of those after it, up to the present."""

    start: int
    end: int
    later: list[int]


class Retention(NumberKind):
    """Percent of a period's documents whose date is in the Nth period after it or later; the N are the groups."""

    retention: FieldName

    lasts: ClassVar[bool] = True
    has_own_groups: ClassVar[bool] = True
    default_interval: ClassVar[Interval | None] = Interval.WEEK
    counts_documents: ClassVar[bool] = True
    has_parts: ClassVar[bool] = True
    shows_count: ClassVar[bool] = True

    @property
    def needed(self) -> list[Needed]:
        """The date."""
        return [Needed("retention", self.retention, ("date",))]

    def check_size(self, question: Question, span: Span) -> None:
        """Raise `InvalidQuestion` if there are too many periods."""
        if (number := question.count_periods(span)) > MOST_PERIODS:
            raise InvalidQuestion(
                "to",
                f"{span.first} to {span.last} has {number:,} periods of a {question.interval}, more than the "
                f"{MOST_PERIODS} of retention; choose a longer interval or a shorter range",
            )

    def cut(self, report: ReportFacts, question: Question, span: Span, within_each: Body) -> Body:
        """A filter for each period, and one for each later period in which its documents may still be seen."""
        found: Body = {}
        for period, cohort in cohorts(question, span).items():
            found[f"{period} {ALL}"] = within(report.axis, cohort.start, cohort.end)
            for number in range(len(cohort.later)):
                found[f"{period} {number}"] = self._still_seen(report, cohort, number)
        return {"cohorts": {"filters": {"filters": found}}} if found else {}

    def cells(self, question: Question, span: Span, bucket: Bucket) -> Cells:
        """The buckets of all documents of each period."""
        return {period: [found] for period in cohorts(question, span) if (found := _of(bucket, period, ALL))}

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads 100 percent, and the number of documents."""
        return lambda buckets: (percent(count := documents(buckets), count), count)

    def own_rows(
        self, report: ReportFacts, question: Question, span: Span, everything: Bucket
    ) -> Iterator[tuple[date, str, Figure]]:
        """A row for all documents of a period, then one for each later period that has begun: a triangle."""
        for period, cohort in cohorts(question, span).items():
            whole = documents([_of(everything, period, ALL)])
            yield period, ALL, (percent(whole, whole), whole)
            for number in range(len(cohort.later)):
                count = documents([_of(everything, period, number)])
                yield period, label(question, number), (percent(count, whole), count)

    @property
    def rows_of_a_period(self) -> int:
        """One for all documents, and one for each later period."""
        return MOST_LATER + 2

    def in_own_group(self, report: ReportFacts, question: Question, span: Span, group: str | None) -> Body:
        """The filter for the documents that were still seen so many periods later."""
        found = cohorts(question, span)
        if group == ALL:
            return any_of([within(report.axis, one.start, one.end) for one in found.values()])
        names = [label(question, number) for number in range(MOST_LATER + 1)]
        if group not in names:
            raise InvalidQuestion("group", f"{group!r} is neither {ALL} nor one of {names[0]} to {names[-1]}")
        number = names.index(group)
        return any_of([self._still_seen(report, one, number) for one in found.values() if number < len(one.later)])

    def tells_documents_apart(self, report: ReportFacts) -> bool:
        """Return false: one document alone has no share."""
        return False

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """Return None: one document alone has no share."""
        return None

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"percent whose {self.retention} is in the Nth period after their own, or later"

    def _still_seen(self, report: ReportFacts, cohort: Cohort, number: int) -> Body:
        seen = {"range": {self.retention: {"gte": cohort.later[number], "format": "epoch_second"}}}
        return all_of([within(report.axis, cohort.start, cohort.end), seen])


def cohorts(question: Question, span: Span) -> dict[date, Cohort]:
    """The periods of the span, each with the beginnings of those that have begun by the present (`as_of`)."""
    as_of = question.as_of or 0
    today = datetime.fromtimestamp(as_of, question.zone).date()
    bounds = bounds_of(question, Span(span.first, max(span.last, today)), question.interval, whole=True)
    starts = [start for start, _ in bounds.values()]
    own = bounds_of(question, span, question.interval, whole=True)
    return {
        period: Cohort(start, end, [one for one in starts[place : place + MOST_LATER + 1] if one <= as_of])
        for place, (period, (start, end)) in enumerate(own.items())
    }


def label(question: Question, number: int) -> str:
    """The name of a group: `week 2`."""
    return f"{question.interval} {number}"


def _of(bucket: Bucket, period: date, name: str | int) -> Bucket:
    found: Bucket = bucket["cohorts"]["buckets"][f"{period} {name}"]
    return found
