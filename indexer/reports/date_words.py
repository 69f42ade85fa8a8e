"""Dates as people write them: `yesterday`, the last 28 days, a month."""

import calendar
import re
from datetime import date, timedelta

from indexer.reports.invalid_question import InvalidQuestion

LAST = "Nd, Nw or Nm, such as 28d: that many complete days, weeks of seven days or calendar months"
MONTH = "YYYY-MM, this or last"

_DAY = timedelta(days=1)
_LAST = re.compile(r"([1-9]\d{0,3})([dwm])", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_DAYS_AGO = {"today": 0, "yesterday": 1}


def read_range(
    first: str | None, to: str | None, last: str | None, month: str | None, today: date
) -> tuple[str | None, str | None]:
    """The first and the last date, as `YYYY-MM-DD` or as they were written; None for one that was not given.

    `last` ends on the day before `today`, the local date, so that every day of it is complete; `month` is a whole
    calendar month. If `first` is a word and `to` is missing, the range ends today. Raises `InvalidQuestion`.
    """
    given = [name for name, value in (("from", first or to), ("last", last), ("month", month)) if value is not None]
    if len(given) > 1:
        raise InvalidQuestion(given[1], f"cannot be combined with {given[0]}; give one of them")
    if last is not None:
        return _iso(_last_days(last, today))
    if month is not None:
        return _iso(_month_of(month, today))
    if first in _DAYS_AGO and to is None:
        to = "today"
    return _read_day(first, today), _read_day(to, today)


def _read_day(written: str | None, today: date) -> str | None:
    if written is None or written not in _DAYS_AGO:
        return written
    return (today - _DAYS_AGO[written] * _DAY).isoformat()


def _last_days(written: str, today: date) -> tuple[date, date]:
    found = _LAST.fullmatch(written)
    if found is None:
        raise InvalidQuestion("last", f"{written!r} is not {LAST}")
    number, unit = int(found[1]), found[2]
    if unit == "m":
        end = today.replace(day=1) - _DAY
        return _months_before(today.replace(day=1), number), end
    return today - number * (7 if unit == "w" else 1) * _DAY, today - _DAY


def _month_of(written: str, today: date) -> tuple[date, date]:
    if written in {"this", "last"}:
        begin = _months_before(today.replace(day=1), 1 if written == "last" else 0)
    elif (found := _MONTH.fullmatch(written)) and 1 <= int(found[2]) <= 12 and int(found[1]):
        begin = date(int(found[1]), int(found[2]), 1)
    else:
        raise InvalidQuestion("month", f"{written!r} is not {MONTH}")
    return begin, begin.replace(day=calendar.monthrange(begin.year, begin.month)[1])


def _months_before(begin: date, number: int) -> date:
    months = begin.year * 12 + begin.month - 1 - number
    if months < 12:
        raise InvalidQuestion("last", f"{number:,} months before {begin} are before the calendar begins")
    return date(months // 12, months % 12 + 1, 1)


def _iso(dates: tuple[date, date]) -> tuple[str, str]:
    first, last = dates
    return first.isoformat(), last.isoformat()
