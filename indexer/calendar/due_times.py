"""The instants at which something that is due daily, weekly or monthly is due, by the clocks of a zone."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_LONGER_THAN_A_MONTH = timedelta(days=40)


class Every(enum.StrEnum):
    """How often something is due."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The local time `at` on every day, on every `weekday` (0 is Monday), or on every `month_day` (1 to 31).

    A month without that day has its last day in place of it.
    """

    every: Every
    at: time
    weekday: int = 0
    month_day: int = 1

    def falls_on(self, day: date) -> bool:
        """Whether it is due on that local date."""
        match self.every:
            case Every.DAILY:
                return True
            case Every.WEEKLY:
                return day.weekday() == self.weekday
            case Every.MONTHLY:
                is_last = (day + _DAY).day == 1
                return day.day == self.month_day or (is_last and day.day < self.month_day)


def due_times(schedule: Schedule, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
    """The instants (UTC) later than `after` and not later than `until`, in their order; once for each local date.

    If clocks are put forward over the time, it is due as much later as they are put forward: 01:30 at 02:30. If they
    are put back over it, it is due the first time, whatever the `fold` of `at`. A date that a zone leaves out has no
    time of its own.
    """
    day, last = after.astimezone(zone).date() - _DAY, until.astimezone(zone).date() + _DAY
    previous = after
    while day <= last:
        if schedule.falls_on(day):
            instant = datetime.combine(day, schedule.at.replace(fold=0), zone).astimezone(UTC)
            if previous < instant <= until:
                yield instant
                previous = instant
        day += _DAY


def last_due(schedule: Schedule, zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The last of them, None if there is none."""
    return max(due_times(schedule, zone, max(after, until - _LONGER_THAN_A_MONTH), until), default=None)


def next_due(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """The first instant later than `after`."""
    return next(due_times(schedule, zone, after, after + _LONGER_THAN_A_MONTH))
