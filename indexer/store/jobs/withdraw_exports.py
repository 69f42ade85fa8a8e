"""Exports with conversations that are being deleted: complete ones expire, and those being written start again."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from indexer.conversation import parse_conversation
from indexer.errors import Refused
from indexer.metrics.legacy import legacy_facts
from indexer.reports.periods import Span
from indexer.store.entities.payloads import read_payloads
from indexer.store.jobs.exports import Export, hold_exports, take_back_exports

_REASON = "a conversation in it has been deleted; order it again"


def take_back(connection: Connection, workspace_id: str, conversation_ids: Sequence[str]) -> list[str]:
    """Take back the exports that can hold one of these conversations; to be called before they are deleted.

    Returns the ids of the exports. Conversations that are not stored are not in any export.
    """
    exports = [
        export
        for export in hold_exports(connection, workspace_id)
        if export.state != "queued" and export.dataset == "conversations"
    ]
    if not exports:
        return []
    times = [_thread_time(payload) for _, payload in read_payloads(connection, workspace_id, conversation_ids)]
    held = [export.export_id for export in exports if any(_can_hold(export, time) for time in times)]
    take_back_exports(connection, held, _REASON)
    return held


def _thread_time(payload: bytes) -> int | None:
    """When the conversation's thread was created, in epoch seconds; None if that cannot be read."""
    try:
        return legacy_facts(parse_conversation(payload)).thread_created_at
    except Refused:
        return None


def _can_hold(export: Export, time: int | None) -> bool:
    asked = export.request
    try:
        span = Span(date.fromisoformat(asked["from"]), date.fromisoformat(asked["to"]))
        first, end = span.instants(ZoneInfo(asked["time_zone"]))
    except (LookupError, TypeError, ValueError, OSError):  # another release's order, which may hold anything
        return True
    return time is None or first <= time < end
