"""The parts of an earlier range that stand beside the periods of a later one: as many days, as far from its beginning.

`days` is always the number of days from the earlier range to the later one.
"""

from datetime import date, timedelta

from indexer.reports.periods import Interval, Span, Weekday, part_of, period_of, periods


def days_beside(earlier: Span, later: Span, interval: Interval) -> int:
    """The days between the ranges if the earlier one must be cut into parts; 0 if its own periods stand beside.

    Weeks have the same days if whole weeks lie between the ranges, and months if both ranges begin on the same day of
    a month. Otherwise a week of four days, say, would stand beside a whole one.
    """
    days = (later.first - earlier.first).days
    match interval:
        case Interval.WEEK:
            return days if days % 7 else 0
        case Interval.MONTH:
            return days if later.first.day != earlier.first.day else 0
        case Interval.DAY | Interval.RANGE:
            return 0


def parts_beside(span: Span, days: int, interval: Interval, week_start: Weekday) -> list[date]:
    """The first days of the parts, in order, all of them within the earlier range."""
    later = span.moved(days)
    return [max(period, later.first) - timedelta(days) for period in periods(later, interval, week_start)]


def part_beside(span: Span, days: int, interval: Interval, week_start: Weekday, first: date) -> Span:
    """The days of the part that begins on `first`."""
    later = span.moved(days)
    period = period_of(first + timedelta(days), interval, later, week_start)
    return part_of(later, interval, period).moved(-days)
