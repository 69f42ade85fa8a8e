"""The segments that every workspace has from the start."""

from collections.abc import Mapping
from typing import Final

_NOT_AHEAD: Final = "({0} exactly 0 days ago or {0} more than 0 days ago)"

PREDEFINED: Final[Mapping[str, str]] = {
    "New": "signed_up_at exactly 0 days ago",
    "Active": f"last_seen_at less than 30 days ago and {_NOT_AHEAD.format('last_seen_at')}",
    "Slipping away": (
        "last_seen_at less than 60 days ago "
        "and (last_seen_at exactly 30 days ago or last_seen_at more than 30 days ago)"
    ),
}
"""Their filters by name. Days are blocks of 24 hours back from now, and times to come are in none of them.

New: signed up in the last day. Active: seen in the last 30 days. Slipping away: seen in the last 60, but not in the
last 30.
"""
