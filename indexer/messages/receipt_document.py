"""The document of a receipt: the receipt, and everything that happened to it and counts (definitions in metrics.md)."""

from collections.abc import Iterable, Sequence
from typing import Final

from indexer.conversation.ahead import is_ahead
from indexer.messages.event import MessageEvent
from indexer.messages.judged_events import JudgedEvent, LeftOut, judge_events
from indexer.messages.receipt import Receipt
from indexer.messages.receipt_schema import DocumentEvent, ReceiptDocument
from indexer.messages.statistics import CLICK, CONTENT_TYPES, EVENTS, OPEN, content_type_of

RECEIPT_VERSION: Final = 1
"""Raised with every change of a definition here or in `judged_events`."""

MOST_EVENTS: Final = 10_000
"""The events that a document can have: Elasticsearch takes no more nested objects in one."""

FLAGS: Final = (
    "clock_skew",
    "events_truncated",
    "impossible_event",
    "unknown_content_type",
    "unknown_statistic",
)
"""All that `data_quality` can say."""


FIRSTS: Final = {kind: f"first_{kind}_at" for kind in EVENTS}
"""The field that has the time of the first event of a kind."""


def receipt_document(
    receipt: Receipt,
    events: Iterable[MessageEvent],
    workspace_id: str,
    revision: int | None = None,
    saved_at: int | None = None,
) -> ReceiptDocument:
    """Everything that reports know of one receipt, whatever the order of its events.

    `saved_at` (epoch seconds) is when the receipt or one of its events was saved last, the present for clocks that are
    ahead.
    """
    counting: list[MessageEvent] = []
    left_out: list[JudgedEvent] = []
    firsts: dict[str, int] = {}
    for one in judge_events(receipt, events):
        event = one.event
        if one.left_out is not None:
            left_out.append(one)
            continue
        counting.append(event)
        if event.kind not in firsts:
            firsts[event.kind] = event.at
    content_type = shown_content_type(receipt.content_type)
    # In the order of the fields: with their names, two dozen arguments take four times as long.
    document = ReceiptDocument(
        workspace_id,
        receipt.receipt_id,
        RECEIPT_VERSION,
        receipt.received_at,
        revision,
        _flags(receipt, content_type, left_out, counting, saved_at) or None,
        receipt.user_id,
        receipt.user_external_id,
        receipt.company_id,
        receipt.email,
        receipt.name,
        receipt.country,
        receipt.ruleset_id,
        receipt.content_id,
        content_type,
        receipt.content_title,
        receipt.ruleset_version_id,
        receipt.series_id,
        receipt.series_title,
        receipt.node_id,
        receipt.last_state_changed_by,
    )
    if counting:
        document.events = [_shown(event) for event in counting[:MOST_EVENTS]]
        document.time_to_open = _time_to(receipt, firsts.get(OPEN))
        document.time_to_click = _time_to(receipt, firsts.get(CLICK))
        for kind, at in firsts.items():
            if kind in FIRSTS:
                setattr(document, FIRSTS[kind], at)
    if left_out:
        document.machine_opens = _by_machines(left_out, OPEN)
        document.machine_clicks = _by_machines(left_out, CLICK)
        document.impossible_events = sum(one.left_out is LeftOut.IMPOSSIBLE for one in left_out)
    return document


def is_skewed(event: MessageEvent, receipt: Receipt, saved_at: int | None) -> bool:
    """Whether the event lies before its receipt, or in the future when it was saved."""
    return event.at < receipt.received_at or (saved_at is not None and is_ahead(event.at, saved_at))


def shown_content_type(said: str | None) -> str | None:
    """The known content type that is meant, or an unknown one as given."""
    found = content_type_of(said or "")
    return found if found in CONTENT_TYPES else said


def _flags(
    receipt: Receipt,
    content_type: str | None,
    left_out: Sequence[JudgedEvent],
    counting: Sequence[MessageEvent],
    saved_at: int | None,
) -> list[str]:
    flags = []
    if any(is_skewed(event, receipt, saved_at) for event in counting):
        flags.append("clock_skew")
    if len(counting) > MOST_EVENTS:
        flags.append("events_truncated")
    if any(one.left_out is LeftOut.IMPOSSIBLE for one in left_out):
        flags.append("impossible_event")
    if content_type is not None and content_type not in CONTENT_TYPES:
        flags.append("unknown_content_type")
    if any(event.kind not in EVENTS for event in counting):
        flags.append("unknown_statistic")
    return flags


def _time_to(receipt: Receipt, at: int | None) -> int | None:
    return None if at is None else max(0, at - receipt.received_at)


def _by_machines(judged: Iterable[JudgedEvent], kind: str) -> int:
    return sum(one.left_out is LeftOut.MACHINE and one.event.kind == kind for one in judged)


def _shown(event: MessageEvent) -> DocumentEvent:
    details = event.details
    if not details:
        return DocumentEvent(event.at, event.kind)
    return DocumentEvent(
        at=event.at,
        kind=event.kind,
        step_id=details.get("step_id"),
        node_ruleset_id=details.get("completion_node_ruleset_id") or details.get("disengaged_node_ruleset_id"),
        permission_type=details.get("permission_type"),
        reaction=details.get("reaction"),
        link=details.get("link"),
        screen_id=details.get("screen_id"),
        button_id=details.get("button_id"),
    )
