"""The time zones that a question can name."""

import difflib
from functools import cache
from zoneinfo import available_timezones

# Files of the zone database that are not zones of their own, or that Java only knows by another name.
_UNUSABLE = frozenset({"EST", "Factory", "HST", "MST", "ROC", "localtime"})


@cache
def time_zones() -> frozenset[str]:
    """The names of the time zones that a question can name."""
    return frozenset(available_timezones()) - _UNUSABLE


def checked_zone(name: str) -> str:
    """The name itself; raises `ValueError`, with the nearest name, if it is not one of these."""
    if name not in time_zones():
        raise ValueError(f"there is no time zone {name!r}{_did_you_mean(name)}")
    return name


def _did_you_mean(name: str) -> str:
    by_lower_case = {name.lower(): name for name in time_zones()}
    near = difflib.get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.7)
    return f"; did you mean {by_lower_case[near[0]]}?" if near else "; name it like Europe/Dublin or UTC"
