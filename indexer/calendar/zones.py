"""Time zones: one edition of the database for the whole program, whatever the machine has.

`zoneinfo` prefers the machine's files to those of the package `tzdata`, and a machine may be years behind. Importing
this module, which every import of `indexer` does, makes it use the package's files only. So office hours, days of
reports, exports and explanations agree in every process, with `PYTHONTZPATH` set or not.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import pairwise
from struct import unpack
from zoneinfo import ZoneInfo, reset_tzpath

import tzdata  # type: ignore[import-untyped]  # one name, and files

reset_tzpath(to=())
ZoneInfo.clear_cache()  # zones read before came from the machine's files

EDITION: str = tzdata.IANA_VERSION
"""The edition of the time zone database, such as 2026f."""

EARLIEST = int(datetime(1, 1, 3, tzinfo=UTC).timestamp())
_RULED_UNTIL = int(datetime(2101, 2, 1, tzinfo=UTC).timestamp())
_SINCE, _UNTIL = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1970, 2101))

_WEEK = 7 * 86_400
_HEADER = 44

Change = tuple[int, int]
"""An instant in epoch seconds, and the seconds that clocks are ahead of UTC from it on."""


def changes_within(zone: ZoneInfo, start: int, end: int) -> list[Change]:
    """The offset in force at `start`, and its changes after it and before `end`; not before `EARLIEST`.

    Changes that do not change the offset (other abbreviations, another notion of summer time) are left out.
    """
    changes = _changes(zone.key)
    if end > _RULED_UNTIL:
        begin = max(start, _RULED_UNTIL)
        changes = _joined([*(at for at, _ in changes), begin, *_by_rule(begin, end, zone)], zone)
    first = bisect_right(changes, start, key=lambda change: change[0]) - 1
    past = bisect_right(changes, end - 1, key=lambda change: change[0])
    return [(start, changes[first][1]), *changes[first + 1 : past]]


@cache
def fingerprint(name: str) -> str:
    """A hash of a zone's offsets from 1970 to 2100; the same in each edition that does not change the zone."""
    return sha256(repr(changes_within(ZoneInfo(name), _SINCE, _UNTIL)).encode()).hexdigest()[:16]


@cache
def _changes(name: str) -> tuple[Change, ...]:
    """The changes of a zone's offset up to `_RULED_UNTIL`, after the offset that was in force at `EARLIEST`."""
    zone = ZoneInfo(name)
    written = [at for at in _written(name) if EARLIEST < at < _RULED_UNTIL]
    return _joined((EARLIEST, *written, *_by_rule(max([_SINCE, *written]), _RULED_UNTIL, zone)), zone)


def offset_at(instant: int, zone: ZoneInfo) -> int:
    """How many seconds clocks are ahead of UTC."""
    offset = datetime.fromtimestamp(instant, zone).utcoffset() or timedelta()
    return int(offset.total_seconds())


def _written(name: str) -> tuple[int, ...]:
    """The instants that a zone's file lists (RFC 9636); later ones follow from its rule."""
    from importlib.resources import files  # slow to import, and few processes need it

    content = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    utc_local, standard, leaps, times, types, characters = unpack(">6l", content[20:_HEADER])
    # The part with 4-byte times is followed by the same with 8-byte times.
    begin = _HEADER + times * 5 + types * 6 + characters + leaps * 8 + standard + utc_local
    (times,) = unpack(">l", content[begin + 32 : begin + 36])
    begin += _HEADER
    found: tuple[int, ...] = unpack(f">{times}q", content[begin : begin + 8 * times])
    return found


def _joined(instants: Iterable[int], zone: ZoneInfo) -> tuple[Change, ...]:
    """The first instant, and those of the others at which the offset really changes."""
    found: list[Change] = []
    for at in sorted(set(instants)):
        offset = offset_at(at, zone)
        if not found or offset != found[-1][1]:
            found.append((at, offset))
    return tuple(found)


def _by_rule(start: int, end: int, zone: ZoneInfo) -> list[int]:
    """The instants from `start` to `end` or a little later at which a zone changes, at most once a week."""
    found = []
    for low, high in pairwise(range(start, end + _WEEK, _WEEK)):
        before = offset_at(low, zone)
        if offset_at(high, zone) != before:
            seconds = range(low + 1, high + 1)
            found.append(seconds[bisect_right(seconds, 0, key=lambda at: int(offset_at(at, zone) != before))])
    return found
