"""When the sample's workspace is open: its schedule as JSON, and the days on which nobody works as usual."""

from datetime import date
from typing import Any

from indexer.sample.sample_workspace import AMERICAS, DUBLIN, NEW_YORK

_DAY = 24 * 60

_CHRISTMAS_EVE = (12, 24)
_HOLIDAYS = {(12, 25): "2025-12-25", (1, 1): "2026-01-01"}
_SUMMER_PARTY = date(2026, 6, 12)
_SHORT_DAY = {"start_minute": 9 * 60, "end_minute": 13 * 60}


def office_hours() -> dict[str, Any]:
    """The workspace's office hours with their exceptions, and the Americas team's own.

    The shape is the vendor's `office_hours_schedule` with `exceptions` and `teams` beside it; minutes count
    from Monday 00:00, those of an exception from midnight.
    """
    weekdays = [{"start_minute": day * _DAY + 9 * 60, "end_minute": day * _DAY + 18 * 60} for day in range(5)]
    saturday = {"start_minute": 5 * _DAY + 10 * 60, "end_minute": 5 * _DAY + 14 * 60}
    american = [{"start_minute": day * _DAY + 8 * 60, "end_minute": day * _DAY + 19 * 60} for day in range(5)]
    holidays = [
        {"exception_date": day, "exception_type": "closed", "recurring_annually": True} for day in _HOLIDAYS.values()
    ]
    return {
        "time_zone_name": DUBLIN,
        "twenty_four_seven": False,
        "time_intervals": [*weekdays, saturday],
        "exceptions": [
            *holidays,
            {
                "exception_date": "2025-12-24",
                "exception_type": "custom_hours",
                "recurring_annually": True,
                "time_intervals": [_SHORT_DAY.copy()],
            },
            {
                "exception_date": _SUMMER_PARTY.isoformat(),
                "exception_type": "custom_hours",
                "recurring_annually": False,
                "time_intervals": [_SHORT_DAY.copy()],
            },
        ],
        "teams": {
            AMERICAS.id: {
                "time_zone_name": NEW_YORK,
                "twenty_four_seven": False,
                "time_intervals": american,
                "exceptions": [holiday.copy() for holiday in holidays],
            }
        },
    }


def is_holiday(day: date) -> bool:
    """Whether nobody works on this day."""
    return (day.month, day.day) in _HOLIDAYS


def is_short(day: date) -> bool:
    """Whether everybody goes home at the end of the short day's hours."""
    return (day.month, day.day) == _CHRISTMAS_EVE or day == _SUMMER_PARTY


SHORT_DAY_ENDS = _SHORT_DAY["end_minute"]
"""When a short day ends, in minutes of the local day."""
