"""Exports with what is being deleted: complete ones expire, and those being written start again."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from indexer.conversation import parse_conversation
from indexer.datasets.conversations import CONVERSATIONS
from indexer.errors import Refused
from indexer.metrics.legacy import legacy_facts
from indexer.reports.periods import day_bounds
from indexer.store.entities.message_rows import CHECKPOINTS, RECEIPTS
from indexer.store.entities.payloads import read_payloads
from indexer.store.jobs.exports import Export, hold_exports, take_back_exports

_REASON = "a conversation in it has been deleted; order it again"
_REASON_OF_MESSAGES = "a receipt or checkpoint in it has been deleted; order it again"


def take_back(connection: Connection, workspace_id: str, conversation_ids: Sequence[str]) -> list[str]:
    """Take back the exports that can hold one of these conversations; to be called before they are deleted.

    Returns the ids of the exports. Conversations that are not stored are not in any export.
    """
    exports = _begun(connection, workspace_id, CONVERSATIONS.name)
    if not exports:
        return []
    times = [_thread_time(payload) for _, payload in read_payloads(connection, workspace_id, conversation_ids)]
    held = [export.export_id for export in exports if any(_can_hold(export, time) for time in times)]
    take_back_exports(connection, held, _REASON)
    return held


def take_back_messages(connection: Connection, workspace_id: str, dataset: str, record_ids: Sequence[str]) -> list[str]:
    """Take back the exports of messages that can hold one of these records; to be called before they are deleted.

    Returns the ids of the exports. Only receipts and checkpoints are in such exports.
    """
    if dataset not in (RECEIPTS, CHECKPOINTS) or not (exports := _begun(connection, workspace_id, "messages")):
        return []
    times = connection.exec_driver_sql(
        "SELECT created_at FROM records WHERE dataset = %(dataset)s AND workspace_id = %(workspace)s"
        " AND record_id = ANY (%(ids)s) AND NOT deleted",
        {"dataset": dataset, "workspace": workspace_id, "ids": list(record_ids)},
    ).scalars()
    found = list(times)
    held = [export.export_id for export in exports if any(_can_hold(export, time) for time in found)]
    take_back_exports(connection, held, _REASON_OF_MESSAGES)
    return held


def take_back_all(connection: Connection, workspace_id: str, dataset: str, reason: str) -> list[str]:
    """Take back all exports of a dataset; returns their ids."""
    held = [export.export_id for export in _begun(connection, workspace_id, dataset)]
    take_back_exports(connection, held, reason)
    return held


def _begun(connection: Connection, workspace_id: str, dataset: str) -> list[Export]:
    """The exports of a workspace that may hold something already; none is leased until the transaction ends."""
    exports = hold_exports(connection, workspace_id)
    return [export for export in exports if export.state != "queued" and export.dataset == dataset]


def _thread_time(payload: bytes) -> int | None:
    """When the conversation's thread was created, in epoch seconds; None if that cannot be read."""
    try:
        return legacy_facts(parse_conversation(payload)).thread_created_at
    except Refused:
        return None


def _can_hold(export: Export, time: int | None) -> bool:
    asked = export.request
    try:
        first_day, last_day = (
            None if asked[name] is None else date.fromisoformat(asked[name]) for name in ("from", "to")
        )
        first, end = day_bounds(first_day, last_day, ZoneInfo(asked["time_zone"]))
    except (LookupError, TypeError, ValueError, OSError):  # another release's order, which may hold anything
        return True
    return time is None or ((first is None or first <= time) and (end is None or time < end))
