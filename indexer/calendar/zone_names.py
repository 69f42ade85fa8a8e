"""The time zones that can be named, by their IANA names."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from indexer.did_you_mean import did_you_mean, near_names

_NO_ZONES = frozenset({"Factory", "localtime"})  # files of the database that name no zone of their own
_UNKNOWN_TO_JAVA = frozenset({"EST", "HST", "MST", "ROC"})  # so that Elasticsearch cannot put instants on their dates


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_ZONES)


@cache
def time_zones() -> frozenset[str]:
    """The names of the time zones that a workspace and a question can have."""
    return _known() - _UNKNOWN_TO_JAVA


def known_zone(name: str) -> ZoneInfo:
    """The zone of office hours of that name; raises `ValueError` that proposes the names nearest to it."""
    return ZoneInfo(_checked(name, _known()))


def checked_zone(name: str) -> str:
    """The name itself if a workspace and a question can have it; raises `ValueError` as `known_zone` does."""
    return _checked(name, time_zones())


def _checked(name: str, names: frozenset[str]) -> str:
    if name in names:
        return name
    proposal = did_you_mean(_nearest(name, names)) or "name it like Europe/Dublin or UTC"
    raise ValueError(f"there is no time zone {name!r}; {proposal}")


def _nearest(name: str, names: frozenset[str]) -> list[str]:
    """Up to three names that are alike as a whole or in their last part (the city)."""
    by_spelling: dict[str, str] = {}
    for known in sorted(names, key=lambda known: ("/" in known, known)):  # a city beats an old name like Jamaica
        by_spelling[known.lower()] = known
        by_spelling[known.lower().rpartition("/")[2]] = known
    wanted = name.lower().replace(" ", "_")
    if only_capitals := [known for known in names if known.lower() == wanted]:
        return only_capitals
    alike = [by_spelling[one] for one in near_names(wanted, by_spelling)]
    alike += [by_spelling[one] for one in near_names(wanted.rpartition("/")[2], by_spelling, cutoff=0.75)]
    return list(dict.fromkeys(alike))[:3]
