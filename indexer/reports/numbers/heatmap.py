"""The number of documents or actions in each hour of the week."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from indexer.reports.heatmap_hours import HOURS, spans_of_hour
from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.numbers.base import NumberKind
from indexer.reports.numbers.bucket_values import Figure, Reader, actions_behind, documents
from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket, by_hour, cut_into_hours
from indexer.reports.periods import Interval, Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, any_of, within
from indexer.reports.time_in_state import bounds_of

_MAX_DAYS = 2_500
"""Elasticsearch counts a heatmap by the hour, and gives at most 65,536 of them."""


class Heatmap(NumberKind):
    """Counts for every hour of the week; the hours are the groups."""

    heatmap: FieldName

    counts_on_own_day: ClassVar[bool] = True
    has_own_groups: ClassVar[bool] = True
    default_interval: ClassVar[Interval | None] = Interval.RANGE
    stacks: ClassVar[bool] = True
    is_grid: ClassVar[bool] = True

    @property
    def counted(self) -> str:
        """What is counted."""
        return self.heatmap

    def check_size(self, question: Question, span: Span) -> None:
        """Raise `InvalidQuestion` if the days have more hours than one search can count."""
        if span.days > _MAX_DAYS:
            raise InvalidQuestion(
                "to",
                f"{span.first} to {span.last} has {span.days:,} days, more than the {_MAX_DAYS:,} of a heatmap; "
                "choose a shorter range",
            )

    def cut(self, report: ReportFacts, question: Question, span: Span, within_each: Body) -> Body:
        """The aggregations by the hour, whatever the interval is."""
        return cut_into_hours(report.axis, question, span, within_each)

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads the count, which is also the number behind it."""
        return lambda buckets: (count := documents(buckets), count)

    def own_rows(
        self, report: ReportFacts, question: Question, span: Span, everything: Bucket
    ) -> Iterator[tuple[date, str, Figure]]:
        """A row for every hour of the week in every period."""
        found, read = _by_hour_of_week(question, span, everything), self.reader(report)
        for period in question.periods(span):
            for hour in HOURS:
                yield period, hour, read(found.get((period, hour), ()))

    def adds_up(self, report: ReportFacts) -> bool:
        """Return true: each document or action is in one period."""
        return True

    @property
    def rows_of_a_period(self) -> int:
        """One for each hour of the week."""
        return len(HOURS)

    def least_rows(self, periods: int, days: int) -> int:
        """The number of hours of the days, which count as rows."""
        return max(super().least_rows(periods, days), 24 * days)

    def in_own_group(self, report: ReportFacts, question: Question, span: Span, group: str | None) -> Body:
        """The filter for that hour in any week of the span."""
        if group not in HOURS:
            raise InvalidQuestion("group", f"{group!r} is not an hour of the week such as {HOURS[0]} or {HOURS[-1]}")
        return any_of([within(report.axis, *found) for found in spans_of_hour(group, span, question.zone)])

    def tells_documents_apart(self, report: ReportFacts) -> bool:
        """Whether a document can have several actions that count."""
        return self.heatmap == report.nested_path

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """The number of its actions, or 1 for the document itself."""
        return actions_behind(hit, self.heatmap) if self.heatmap == report.nested_path else 1

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"how many {self.heatmap} in each hour of the week"


def _by_hour_of_week(question: Question, span: Span, bucket: Bucket) -> dict[tuple[date, str], list[Bucket]]:
    """The buckets of the hours by period and hour of the week."""
    bounds = bounds_of(question, span, question.interval, whole=True)
    periods, starts = list(bounds), [start for start, _ in bounds.values()]
    found: dict[tuple[date, str], list[Bucket]] = {}
    for instant, hour, one in by_hour(question, bucket):
        found.setdefault((periods[bisect_right(starts, instant) - 1], hour), []).append(one)
    return found
