"""Ranges of dates by name, such as the last 28 days, and the earlier ranges that they are compared with."""

import enum
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from indexer.reports.periods import Interval, Span, Weekday, period_of

_DAY = timedelta(days=1)
_MOST_DAYS, _MOST_WEEKS = 45, 200
"""The most days of a range that is shown by day, and of one that is shown by week."""


class Preset(enum.StrEnum):
    """A range of dates that moves with the present day.

    Those of several days, such as `28d`, end yesterday: they have whole days only, and 28 of them have each weekday
    four times.
    """

    TODAY = "today"
    YESTERDAY = "yesterday"
    DAYS_7 = "7d"
    DAYS_28 = "28d"
    DAYS_90 = "90d"
    WEEK = "week"
    LAST_WEEK = "last_week"
    MONTH = "month"
    LAST_MONTH = "last_month"
    QUARTER = "quarter"
    YEAR = "year"


PRESET_NAMES: Mapping[Preset, str] = {
    Preset.TODAY: "Today",
    Preset.YESTERDAY: "Yesterday",
    Preset.DAYS_7: "Last 7 days",
    Preset.DAYS_28: "Last 28 days",
    Preset.DAYS_90: "Last 90 days",
    Preset.WEEK: "This week",
    Preset.LAST_WEEK: "Last week",
    Preset.MONTH: "This month",
    Preset.LAST_MONTH: "Last month",
    Preset.QUARTER: "This quarter",
    Preset.YEAR: "Year to date",
}


class Compared(enum.StrEnum):
    """The earlier range that the numbers stand beside.

    `previous` has the days before; of this month, quarter or year, the same days of the one before. `weekdays` is
    whole weeks earlier, so that each day stands beside the same weekday. `year` has the same dates a year earlier.
    """

    NONE = "none"
    PREVIOUS = "previous"
    WEEKDAYS = "weekdays"
    YEAR = "year"


COMPARED_NAMES: Mapping[Compared, str] = {
    Compared.NONE: "No comparison",
    Compared.PREVIOUS: "Previous period",
    Compared.WEEKDAYS: "Same weekdays before",
    Compared.YEAR: "Same dates last year",
}


class Dates(NamedTuple):
    """The local dates of a page, those that they are compared with, and the length of a period."""

    span: Span
    before: Span | None
    interval: Interval


def span_of(preset: Preset, today: date, week_start: Weekday = Weekday.MONDAY) -> Span:
    """The dates of a preset on the local date `today`."""
    yesterday = today - _DAY
    week = period_of(today, Interval.WEEK, Span(today, today), week_start)
    month = today.replace(day=1)
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    spans = {
        Preset.TODAY: Span(today, today),
        Preset.YESTERDAY: Span(yesterday, yesterday),
        Preset.DAYS_7: Span(today - 7 * _DAY, yesterday),
        Preset.DAYS_28: Span(today - 28 * _DAY, yesterday),
        Preset.DAYS_90: Span(today - 90 * _DAY, yesterday),
        Preset.WEEK: Span(week, today),
        Preset.LAST_WEEK: Span(week - 7 * _DAY, week - _DAY),
        Preset.MONTH: Span(month, today),
        Preset.LAST_MONTH: Span((month - _DAY).replace(day=1), month - _DAY),
        Preset.QUARTER: Span(quarter, today),
        Preset.YEAR: Span(date(today.year, 1, 1), today),
    }
    return spans[preset]


def span_before(span: Span, compared: Compared, preset: Preset | None = None) -> Span | None:
    """The range that `span` is compared with, None for none. `preset` is the one that gave the span."""
    match compared:
        case Compared.NONE:
            return None
        case Compared.PREVIOUS:
            months = _MONTHS.get(preset) if preset else None
            if months is None:
                return span.before()
            if preset is Preset.LAST_MONTH:
                last = span.first - _DAY
                return Span(last.replace(day=1), last)
            return _shifted(span, lambda day: _months_before(day, months))
        case Compared.WEEKDAYS:
            weeks = -(-span.days // 7) * 7 * _DAY
            return _shifted(span, lambda day: day - weeks)
        case Compared.YEAR:
            return _shifted(span, lambda day: _months_before(day, 12))


def interval_for(span: Span) -> Interval:
    """The length of a period that shows the range in few enough of them."""
    if span.days <= _MOST_DAYS:
        return Interval.DAY
    return Interval.WEEK if span.days <= _MOST_WEEKS else Interval.MONTH


_MONTHS: Mapping[Preset, int] = {Preset.MONTH: 1, Preset.LAST_MONTH: 1, Preset.QUARTER: 3, Preset.YEAR: 12}


def _shifted(span: Span, move: Callable[[date], date]) -> Span:
    return Span(move(span.first), move(span.last))


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day if it has no such day."""
    count = day.year * 12 + day.month - 1 - months
    first = date(count // 12, count % 12 + 1, 1)
    length = ((first + 31 * _DAY).replace(day=1) - first).days
    return first.replace(day=min(day.day, length))
