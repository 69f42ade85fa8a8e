"""Periods of an answer that are not whole, and the average of a period."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from indexer.reports.definition import Definition
from indexer.reports.periods import Interval, Span, count_periods, period_of, whole_period
from indexer.reports.question import Question

_FROZEN = ConfigDict(frozen=True, populate_by_name=True)


class Part(BaseModel):
    """The days that an answer has of a period that is not whole: the local dates within the range.

    `unfinished` is true, and otherwise absent, if the period was not over at the question's present.
    """

    model_config = _FROZEN

    from_: Annotated[date, Field(alias="from")]
    to: date
    unfinished: bool = False


class Average(BaseModel):
    """The total per day, times the days of a period, so that partial first and last periods make no difference.

    `days` is the number of local dates that count: those of the range that were over at the question's present.
    A month has the average number of days of the months that overlap the range.
    """

    model_config = _FROZEN

    value: float
    per: Interval
    days: int


def parts(definition: Definition, question: Question, span: Span) -> dict[date, Part]:
    """The periods that are not whole, by the date they begin on.

    A state at the end of a period is whole if that end is in the range and over.
    """
    if definition.is_board:
        return {}
    return dict(_parts(definition, question, span))


def _parts(definition: Definition, question: Question, span: Span) -> Iterator[tuple[date, Part]]:
    today, present = present_day(question), question.periods(span)
    begun = len(present) if today is None else bisect_right(present, today)
    # The range can cut the first and the last one; those from the present period on are not over.
    for period in sorted({present[0], *present[max(0, min(begun, len(present)) - 1) :]}):
        covered = question.part_of(span, period)
        is_whole = question.interval is Interval.RANGE or question.has_parts_beside
        whole = covered if is_whole else whole_period(question.interval, period)
        unfinished = today is not None and covered.last >= today
        cut = definition.value.is_cut(covered, whole)
        if unfinished:
            yield period, Part(from_=covered.first, to=covered.last, unfinished=True)
        elif cut:
            yield period, Part(from_=covered.first, to=covered.last)


def present_day(question: Question) -> date | None:
    """The local date of the question's present, or of the moment up to which it counts; None if it has neither."""
    present = question.as_of if question.until is None else question.until
    return None if present is None else datetime.fromtimestamp(present, question.zone).date()


def finished(question: Question, span: Span) -> Span | None:
    """The days of the range that are over at the question's present; None if no day is."""
    today = present_day(question)
    if today is None or span.last < today:
        return span
    return Span(span.first, date.fromordinal(today.toordinal() - 1)) if span.first < today else None


def adds_up(definition: Definition) -> bool:
    """Whether the numbers of periods add up to that of all: not if one conversation may be in two of them."""
    return not definition.is_board and definition.value.adds_up(definition)


def average(definition: Definition, question: Question, span: Span, total: float | None) -> Average | None:
    """The average of a period, from the total of the complete days; for a range, the average of a day.

    None for reports whose periods do not add up, and if no day is over.
    """
    over = finished(question, span)
    if not adds_up(definition) or total is None or over is None:
        return None
    per = Interval.DAY if question.interval is Interval.RANGE else question.interval
    first, last = (period_of(day, per, span, question.week_start) for day in span)
    days = Span(first, whole_period(per, last).last).days / count_periods(span, per, question.week_start)
    value = total / over.days * days
    return Average(value=value, per=per, days=over.days)
