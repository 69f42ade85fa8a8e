"""Days and days ago as bounds of times."""

from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from indexer.people.attribute_value import date_of, day_number
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_tree import Operator

BLOCK: Final = 86_400
"""Seconds of a day in days ago; the days of the calendar can be longer or shorter."""


class Bounds(NamedTuple):
    """What a value lies between; None is no bound."""

    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None


def start_of_day(day: int, zone: ZoneInfo) -> int:
    """The first second of a day (days since 1970-01-01) in a zone, in epoch seconds."""
    on = date_of(day)
    return int(datetime(on.year, on.month, on.day, tzinfo=zone).timestamp())


def day_of(instant: int, zone: ZoneInfo) -> int:
    """The day of an instant in a zone, in days since 1970-01-01."""
    return day_number(datetime.fromtimestamp(instant, zone).date())


def bounds_of_time(operator: Operator, value: int, scope: FilterScope) -> Bounds:
    """What a time in epoch seconds lies between; `value` is a day, or a number of days ago."""
    zone, ago = scope.zone, scope.now - value * BLOCK
    match operator:
        case "more_than_days_ago":
            return Bounds(lt=ago)
        case "less_than_days_ago":
            return Bounds(gt=ago)
        case "exactly_days_ago":
            return Bounds(gt=ago - BLOCK, lte=ago)
        case "after":
            return Bounds(gte=start_of_day(value + 1, zone))
        case "on":
            return Bounds(gte=start_of_day(value, zone), lt=start_of_day(value + 1, zone))
        case "before":
            return Bounds(lt=start_of_day(value, zone))
    raise AssertionError(operator)


def bounds_of_day(operator: Operator, value: int, scope: FilterScope) -> Bounds:
    """What a day lies between: its own day is compared; for days ago it stands at its midnight in the zone."""
    ago = scope.now - value * BLOCK
    match operator:
        case "more_than_days_ago":
            return Bounds(lte=_last_day_before(ago, scope.zone))
        case "less_than_days_ago":
            return Bounds(gt=day_of(ago, scope.zone))
        case "exactly_days_ago":
            return Bounds(gt=day_of(ago - BLOCK, scope.zone), lte=day_of(ago, scope.zone))
        case "after":
            return Bounds(gt=value)
        case "on":
            return Bounds(gte=value, lte=value)
        case "before":
            return Bounds(lt=value)
    raise AssertionError(operator)


def _last_day_before(instant: int, zone: ZoneInfo) -> int:
    """The last day whose midnight is before an instant."""
    day = day_of(instant, zone)
    while start_of_day(day, zone) >= instant:
        day -= 1
    return day
