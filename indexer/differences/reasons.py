"""Why pairs differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.conversation import Conversation
from indexer.differences.pair import Pair
from indexer.differences.reason import Reason
from indexer.office_hours import OfficeHours


@dataclass(frozen=True, slots=True)
class Hours:
    """Office hours at hand: those in force, and others known by name."""

    current: OfficeHours
    others: Mapping[str, OfficeHours]


@dataclass(frozen=True, slots=True)
class Finding:
    """One differing pair."""

    pair: Pair
    reasons: tuple[Reason, ...]
    words: str


def reasons_of(
    conversation: Conversation,
    hours: Hours,
    left: Mapping[str, Any],
    right: Mapping[str, Any],
    differing: Sequence[Pair],
    workspace_id: str,
    tolerances: Any,
) -> list[Finding]:
    """Nothing is explained yet."""
    return [Finding(pair, (Reason.UNEXPLAINED,), Reason.UNEXPLAINED.about) for pair in differing]
