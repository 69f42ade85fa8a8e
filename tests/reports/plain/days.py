"""Local dates of instants, and the periods that they lie in."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@cache
def local(instant: int, zone: str) -> datetime:
    """What clocks in the zone show at an instant."""
    return datetime.fromtimestamp(instant, ZoneInfo(zone))


WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def period_of(day: date, interval: str, first: date, week_start: str) -> date:
    """The date that names the period of a day; `first` is that of the whole range."""
    match interval:
        case "range":
            return first
        case "month":
            return date(day.year, day.month, 1)
        case "week":
            while WEEK[day.weekday()] != week_start:
                day -= DAY
            return day
    return day


def days_between(first: date, last: date) -> list[date]:
    """Every date from the first to the last."""
    return [first + number * DAY for number in range((last - first).days + 1)]


@cache
def last_second(day: date, zone: str) -> int:
    """The last second before clocks show a later date than `day` for the first time.

    Clocks change at full minutes, so one look at each minute is enough.
    """
    instant = int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("UTC")).timestamp())
    while local(instant, zone).date() <= day:
        instant += 3600
    while local(instant - 60, zone).date() > day:
        instant -= 60
    earlier = [minute for minute in range(instant - 7200, instant, 60) if local(minute, zone).date() > day]
    return min([*earlier, instant]) - 1


def reached(instant: int, zone: str) -> date:
    """The latest date that clocks have shown up to an instant: it stays where they go back over midnight."""
    day = local(instant, zone).date()
    return day + DAY if instant > last_second(day, zone) else day


def ends(first: date, last: date, interval: str, week_start: str) -> dict[date, date]:
    """The last date of each period that the range has."""
    return {period_of(day, interval, first, week_start): day for day in days_between(first, last)}
