"""The statistics that the vendor delivers with a conversation, in the terms of the documents."""

from collections.abc import Mapping
from typing import Any

from indexer.conversation.values import identifier, optional_seconds
from indexer.errors import Refused
from indexer.metrics.schema import is_timestamp


def vendor_statistics(said: Mapping[str, Any]) -> dict[str, Any]:
    """The vendor's statistics with ids as texts and times in epoch seconds; other values stay as they are written.

    Notifications of API versions before 2.15 have times in ISO 8601, and older versions an object `last_closed_by`
    instead of `last_closed_by_id`.
    """
    found = {name: _seconds(value) if is_timestamp(name) else value for name, value in said.items()}
    closer = found.get("last_closed_by")
    if isinstance(closer, dict):
        found.setdefault("last_closed_by_id", closer.get("id"))
    if "last_closed_by_id" in found:
        found["last_closed_by_id"] = identifier(found["last_closed_by_id"])
    return found


def _seconds(value: object) -> object:
    try:
        return optional_seconds(value, "")
    except Refused:
        return value
