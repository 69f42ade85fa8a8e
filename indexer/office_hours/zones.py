"""Time zones by their IANA names."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_OF_THE_MACHINE = frozenset({"localtime", "Factory"})


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones() - _OF_THE_MACHINE)


def known_zone(name: str) -> ZoneInfo:
    """The zone of that name; raises `ValueError` that proposes the names nearest to it."""
    if name in _names():
        return ZoneInfo(name)
    nearest = _nearest(name)
    proposal = f"; perhaps {' or '.join(nearest)}" if nearest else " such as Europe/Dublin"
    raise ValueError(f"{name!r} is not an IANA time zone name{proposal}")


def _nearest(name: str) -> list[str]:
    """Up to three names that are alike as a whole or in their last part (the city)."""
    by_spelling: dict[str, str] = {}
    for known in sorted(_names(), key=lambda known: ("/" in known, known)):  # a city beats an old name like Jamaica
        by_spelling[known.lower()] = known
        by_spelling[known.lower().rpartition("/")[2]] = known
    wanted = name.lower().replace(" ", "_")
    alike = get_close_matches(wanted, by_spelling)
    alike += get_close_matches(wanted.rpartition("/")[2], by_spelling, cutoff=0.75)
    return list(dict.fromkeys(by_spelling[spelling] for spelling in alike))[:3]
