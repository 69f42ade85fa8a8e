"""Open seconds the slow way: walk minute by minute and look at the clock on the wall.

It reads the JSON itself and shares no code with the package. Zones' offsets have to be whole minutes, as they are
everywhere since 1973.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
MARGIN = 2 * 86_400

Walls = tuple[datetime, datetime]


def open_seconds(schedule: dict[str, Any], start: int, end: int, step: int = 60) -> int:
    """The open seconds in `[start, end)`, looked at every `step` seconds of the epoch."""
    return sum(
        max(0, min(instant + step, end) - max(instant, start)) for instant in open_instants(schedule, start, end, step)
    )


def open_instants(schedule: dict[str, Any], start: int, end: int, step: int = 60) -> set[int]:
    """The multiples of `step` that are open around `[start, end)`."""
    zone = ZoneInfo(schedule["time_zone_name"])
    instants = range((start - MARGIN) // step * step, end + MARGIN, step)
    walls = [datetime.fromtimestamp(instant, zone).replace(tzinfo=None) for instant in instants]
    days = [walls[0].date() + number * DAY for number in range(-20, (walls[-1] - walls[0]).days + 3)]
    exceptions = {day: hours_of_exception(schedule.get("exceptions") or [], day) for day in days}
    has_exceptions = any(hours is not None for hours in exceptions.values())
    is_open: set[int] = set()
    for day, exception in exceptions.items():
        if exception is not None:
            occurrences = exception
        elif has_exceptions:
            occurrences = weekly_on(schedule["time_intervals"], day)
        else:  # nothing cuts them: as they are written, over midnight and all
            occurrences = weekly_from(schedule["time_intervals"], day)
        for begins, ends in occurrences:
            for place in range(*places_of(walls, begins, ends)):
                shown = walls[place].date()
                if shown == day or exceptions[shown] is None:
                    is_open.add(instants[place])
    return is_open


def places_of(walls: list[datetime], begins: datetime, ends: datetime) -> tuple[int, int]:
    """From the first place where the wall shows `begins` or more to the last where it shows `ends`, or to behind the
    last where it shows less, if it never shows `ends`."""
    if ends <= walls[0] - DAY or begins > walls[-1] + DAY:
        return 0, 0
    first = next((place for place, wall in enumerate(walls) if wall >= begins), len(walls))
    last = next((place for place in range(len(walls) - 1, -1, -1) if walls[place] <= ends), 0)
    return first, last if walls[last] >= ends else last + 1


def hours_of_exception(exceptions: list[dict[str, Any]], day: date) -> list[Walls] | None:
    """The open wall times of the exceptions that hold on that date, None if none does."""
    once = [e for e in exceptions if not e["recurring_annually"] and e["exception_date"] == day.isoformat()]
    annual = [e for e in exceptions if e["recurring_annually"] and e["exception_date"][5:] == day.isoformat()[5:]]
    holding = once or annual
    if not holding:
        return None
    return [
        (midnight(day) + i["start_minute"] * MINUTE, midnight(day) + i["end_minute"] * MINUTE)
        for exception in holding
        for i in exception["time_intervals"] or []
    ]


def weekly_from(intervals: list[dict[str, int]], monday: date) -> list[Walls]:
    """The weekly intervals of the week that begins on that day, if it is a Monday."""
    if monday.weekday() != 0:
        return []
    begin = midnight(monday)
    occurrences = [(begin + i["start_minute"] * MINUTE, begin + i["end_minute"] * MINUTE) for i in intervals]
    return [(begins, ends if begins < ends else ends + WEEK) for begins, ends in occurrences]


def weekly_on(intervals: list[dict[str, int]], day: date) -> list[Walls]:
    """What of the weekly intervals lies on that date."""
    monday = day - day.weekday() * DAY
    around = [walls for weeks in range(-3, 1) for walls in weekly_from(intervals, monday + weeks * WEEK)]
    on_day = [(max(begins, midnight(day)), min(ends, midnight(day) + DAY)) for begins, ends in around]
    return [(begins, ends) for begins, ends in on_day if begins < ends]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
