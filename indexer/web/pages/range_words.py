"""Ranges of dates and their periods in words, with the moment up to which one counts that is not over."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from indexer.reports import Comparison, Interval, Question
from indexer.reports.completeness import Part
from indexer.reports.periods import whole_period
from indexer.web.charts.chart import period_label


def period_name(period: date, question: Question, part: Part | None) -> str:
    """The name of the period; if it is not whole, with its counted days, or with the moment until which it counts."""
    name = period_label(period, question.interval)
    if part is None or question.interval is Interval.RANGE:
        return name
    whole = whole_period(question.interval, period)
    if part.unfinished:
        begins = f"from {part.from_.day} {part.from_:%b} " if part.from_ != whole.first else ""
        return f"{name} ({begins}{_until(question, part)})"
    days = (part.to - part.from_).days + 1
    return f"{name} ({days} of {whole.days} days)"


def _until(question: Question, part: Part) -> str:
    moment = datetime.fromtimestamp((question.as_of if question.until is None else question.until) or 0, question.zone)
    if moment.date() < part.from_:
        return "to come"
    day = "" if question.interval is Interval.DAY else f"{moment.day} {moment:%b}, "
    return f"until {day}{moment:%H:%M}"


def range_label(first: date, last: date) -> str:
    """A range of dates without saying month and year twice."""
    end = f"{last.day} {last:%B %Y}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} to {end}"
    if first.month != last.month:
        return f"{first.day} {first:%B} to {end}"
    return f"{first.day} to {end}"


def dates_label(first: date, last: date, until: int | None, zone: ZoneInfo) -> str:
    """The range of dates, with the moment up to which it counts if it is not whole."""
    label = range_label(first, last)
    if until is None:
        return label
    moment = datetime.fromtimestamp(until, zone)
    day = "" if moment.date() == last else f"{moment.day} {moment:%B}, "
    return f"{label} up to {day}{moment:%H:%M}"


def dates_before(before: Comparison, zone: ZoneInfo) -> str:
    """The dates of a comparison in words."""
    return dates_label(before.from_, before.to, before.until, zone)
