"""Time zones: one edition of the database for the whole program, whatever the machine has.

`zoneinfo` prefers the machine's files to those of the package `tzdata`, and a machine may be years behind. Importing
this module, which every import of `indexer` does, leaves it the package's files alone. So office hours, days of
reports, exports and explanations agree in every process, with `PYTHONTZPATH` set or not.
"""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import pairwise
from struct import unpack
from zoneinfo import ZoneInfo, reset_tzpath

import tzdata  # type: ignore[import-untyped]  # one name, and files

reset_tzpath(to=())
ZoneInfo.clear_cache()  # what was read before came from the machine's files

EDITION: str = tzdata.IANA_VERSION
"""The edition of the time zone database, such as 2026f."""

EARLIEST = int(datetime(1969, 12, 1, tzinfo=UTC).timestamp())
LATEST = int(datetime(2101, 2, 1, tzinfo=UTC).timestamp())
"""Between these epoch seconds `offset_changes` knows every change."""

_WEEK = 7 * 86_400
_HEADER = 44

Change = tuple[int, int]
"""An instant in epoch seconds, and the seconds that clocks are ahead of UTC from it on."""


@cache
def offset_changes(name: str) -> tuple[Change, ...]:
    """The changes of a zone's offset in order, after the one that was in force at `EARLIEST`.

    What is no change of the offset (other abbreviations, another reading of what is summer time) is left out.
    """
    zone = ZoneInfo(name)
    written = _written(name)
    last = max([EARLIEST, *written])
    instants = sorted({*(at for at in written if EARLIEST < at < LATEST), *_by_rule(last, zone)})
    found = [(EARLIEST, offset_at(EARLIEST, zone))]
    for at in instants:
        if (offset := offset_at(at, zone)) != found[-1][1]:
            found.append((at, offset))
    return tuple(found)


def changes_within(zone: ZoneInfo, start: int, end: int) -> list[Change]:
    """The offset in force at `start`, and its changes after it and before `end`, both between EARLIEST and LATEST."""
    changes = offset_changes(zone.key)
    first = bisect_right(changes, start, key=lambda change: change[0]) - 1
    past = bisect_right(changes, end - 1, key=lambda change: change[0])
    return [(start, changes[first][1]), *changes[first + 1 : past]]


@cache
def fingerprint(name: str) -> str:
    """A hash of a zone's offsets from 1970 to 2100: another edition has the same for a zone that it leaves alone."""
    return sha256(repr(offset_changes(name)).encode()).hexdigest()[:16]


def offset_at(instant: int, zone: ZoneInfo) -> int:
    """How many seconds clocks are ahead of UTC."""
    offset = datetime.fromtimestamp(instant, zone).utcoffset() or timedelta()
    return int(offset.total_seconds())


def _written(name: str) -> tuple[int, ...]:
    """The instants that a zone's file has one by one (RFC 9636); later ones follow from its rule."""
    from importlib.resources import files  # slow to import, and few processes need it

    content = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    utc_local, standard, leaps, times, types, characters = unpack(">6l", content[20:_HEADER])
    # Behind the part with 4-byte times stands the same with 8-byte ones.
    begin = _HEADER + times * 5 + types * 6 + characters + leaps * 8 + standard + utc_local
    (times,) = unpack(">l", content[begin + 32 : begin + 36])
    begin += _HEADER
    found: tuple[int, ...] = unpack(f">{times}q", content[begin : begin + 8 * times])
    return found


def _by_rule(start: int, zone: ZoneInfo) -> list[int]:
    """The changes from `start` to `LATEST` of a zone that changes at most once a week there."""
    found = []
    for low, high in pairwise(range(start, LATEST + _WEEK, _WEEK)):
        before = offset_at(low, zone)
        if offset_at(high, zone) != before:
            seconds = range(low + 1, high + 1)
            found.append(seconds[bisect_right(seconds, 0, key=lambda at: int(offset_at(at, zone) != before))])
    return [at for at in found if at < LATEST]
