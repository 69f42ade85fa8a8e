"""Dates and instants as people write them, on the command line, in questions and in files."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGITS_OF_A_DATE = 8
"""A date without dashes is not taken for epoch seconds."""


def read_day(written: object) -> date:
    """A date written as `YYYY-MM-DD`; raises `ValueError` for anything else."""
    if not isinstance(written, str) or not _DATE.fullmatch(written):
        raise ValueError(f"{written!r} is not a date of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError(f"{written} is not in the calendar") from None


def read_instant(written: str, zone: ZoneInfo) -> int:
    """An instant in epoch seconds, out of epoch seconds or ISO 8601; raises `ValueError`.

    A time without an offset is local time of the zone.
    """
    if written.isascii() and written.isdigit() and len(written) > _DIGITS_OF_A_DATE:
        return int(written)
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"{written!r} is not a time such as 2026-03-31T17:00 or 1774976400") from None
    return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp())


def utc_minute(at: datetime) -> str:
    """An aware time in ISO 8601 to the minute, in UTC: `2026-11-28 10:05Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%MZ}"
