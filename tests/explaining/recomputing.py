"""The value of a field from what its explanation lists, as a reader would work it out."""

import json
from statistics import median
from typing import Any

import msgspec

from indexer.conversation import Conversation
from indexer.differences.reasons import Hours
from indexer.explaining import explain
from indexer.office_hours import ALWAYS_OPEN, OfficeHours

MISSING = object()
"""The explanation lists nothing that a value could be worked out from."""


def explained(
    conversation: Conversation, hours: OfficeHours = ALWAYS_OPEN, *, at: int | None = None, bots_interrupt: bool = False
) -> dict[str, Any]:
    """The explanation as a reader of its JSON sees it."""
    found = explain(conversation, "w", Hours(hours, {}), at=at, bots_interrupt=bots_interrupt)
    decoded: dict[str, Any] = json.loads(msgspec.json.encode(found))
    return decoded


def recomputed(field: dict[str, Any], timeline: list[dict[str, Any]]) -> Any:
    """From the timestamps and authors of the entries named, and from the intervals listed; nothing else is looked at."""
    entries = [timeline[number] for number in field["parts"]]
    assert [entry["number"] for entry in entries] == field["parts"]
    sums = [sum(end - start for start, end in stretch["intervals"]) for stretch in field["stretches"]]
    match field["kind"]:
        case "time":
            return entries[0]["at"] if entries else MISSING
        case "count":
            return len(entries) + field["more"]
        case "duration":
            # No handled stretch is a handling time of 0; every other duration has its one stretch.
            return sum(sums) if sums or field["name"].startswith("handling_time") else MISSING
        case "durations":
            return sums
        case "median":
            return int(median(sums) + 0.5) if sums else MISSING
        case "ranges":
            ends = [(stretch["start"], stretch["end"]) for stretch in field["stretches"]]
            return [{"gte": start} if end is None else {"gte": start, "lt": end} for start, end in ends]
        case "ids":
            key = "team_id" if field["name"] == "participating_team_ids" else "author_id"
            found = list(dict.fromkeys(entry[key] for entry in entries if entry[key] is not None))
            return found if isinstance(field["value"], list) else found[0]
        case _:
            return MISSING
