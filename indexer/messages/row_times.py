"""Times in rows of exports, which may have no offset, or a zone in place of one."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

_UTC = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_SPACE_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)", re.ASCII)


def with_offset(said: object, zone: ZoneInfo) -> object:
    """A time of day as ISO 8601 with an offset; anything else is returned as it is.

    `2026-01-05 10:00:00 UTC` and `2026-01-05 10:00:00 +0100` have one. A time without an offset is local time of the
    zone; of a time that clocks show twice, it is the first.
    """
    if not isinstance(said, str) or ":" not in said:
        return said
    written = _SPACE_BEFORE_OFFSET.sub("", _UTC.sub("+00:00", said.strip()))
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return said
    return written if moment.tzinfo else moment.replace(tzinfo=zone).isoformat()
