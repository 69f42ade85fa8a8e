"""Times as cells: ISO 8601 with the offset of a zone, or epoch seconds."""

import enum
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

_QUARTER = 900
_CLOCK = [f"{minute:02}:{second:02}" for minute in range(60) for second in range(60)]
_MOST_QUARTERS = 100_000


class Times(enum.StrEnum):
    """How times are written: ISO 8601 with the zone's offset, or epoch seconds."""

    ISO = "iso"
    EPOCH = "epoch"


def time_writer(zone: ZoneInfo, times: Times) -> Callable[[int], str]:
    """A function that writes a time in epoch seconds.

    It remembers quarters of an hour, between whose ends no clock is changed, so that most times cost one look-up.
    """
    if times is Times.EPOCH:
        return str
    quarters: dict[int, tuple[str, int, str] | None] = {}

    def write(at: int) -> str:
        quarter, second = divmod(at, _QUARTER)
        try:
            known = quarters[quarter]
        except KeyError:
            if len(quarters) >= _MOST_QUARTERS:
                quarters.clear()
            known = quarters[quarter] = _quarter(quarter * _QUARTER, zone)
        if known is None:
            return datetime.fromtimestamp(at, zone).isoformat()
        hour, begins, offset = known
        return f"{hour}{_CLOCK[begins + second]}{offset}"

    return write


def _quarter(start: int, zone: ZoneInfo) -> tuple[str, int, str] | None:
    """The hour of a quarter, its first second within the hour, and the offset; None if local clocks divide it."""
    first, last = (datetime.fromtimestamp(at, zone) for at in (start, start + _QUARTER - 1))
    if first.utcoffset() != last.utcoffset() or first.minute % 15 or first.second:
        return None
    written = first.isoformat()
    return written[:14], first.minute * 60, written[19:]
