"""The document of a receipt: the receipt, and everything that happened to it and counts (definitions in metrics.md)."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from indexer.conversation.ahead import is_ahead
from indexer.messages.event import MessageEvent
from indexer.messages.judged_events import JudgedEvent, LeftOut, judge_events
from indexer.messages.receipt import Receipt
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


class DocumentEvent(Struct, omit_defaults=True, gc=False):
    """An event that counts, `at` in epoch seconds; missing details are absent from the JSON."""

    at: int
    kind: str
    step_id: str | None = None
    node_ruleset_id: str | None = None
    permission_type: str | None = None
    reaction: str | None = None
    link: str | None = None
    screen_id: str | None = None
    button_id: str | None = None


class ReceiptDocument(Struct, omit_defaults=True, gc=False):
    """The reporting document of a receipt; times in epoch seconds, durations in seconds, missing values are absent."""

    workspace_id: str
    receipt_id: str
    metrics_version: int
    received_at: int
    revision: int | None = None
    data_quality: list[str] | None = None
    user_id: str | None = None
    user_external_id: str | None = None
    company_id: str | None = None
    email: str | None = None
    name: str | None = None
    country: str | None = None
    ruleset_id: str | None = None
    content_id: str | None = None
    content_type: str | None = None
    content_title: str | None = None
    ruleset_version_id: str | None = None
    series_id: str | None = None
    series_title: str | None = None
    node_id: str | None = None
    last_state_changed_by: str | None = None
    first_button_tap_at: int | None = None
    first_click_at: int | None = None
    first_collected_email_at: int | None = None
    first_completion_at: int | None = None
    first_dismissal_at: int | None = None
    first_goal_success_at: int | None = None
    first_hard_bounce_at: int | None = None
    first_open_at: int | None = None
    first_permission_grant_at: int | None = None
    first_reaction_at: int | None = None
    first_reply_at: int | None = None
    first_screen_view_at: int | None = None
    first_series_completion_at: int | None = None
    first_series_disengagement_at: int | None = None
    first_series_exit_at: int | None = None
    first_soft_bounce_at: int | None = None
    first_spam_complaint_at: int | None = None
    first_tour_step_failure_at: int | None = None
    first_tour_step_view_at: int | None = None
    first_unsubscribe_at: int | None = None
    time_to_open: int | None = None
    time_to_click: int | None = None
    machine_opens: int = 0
    machine_clicks: int = 0
    impossible_events: int = 0
    events: list[DocumentEvent] = []


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
    judged = judge_events(receipt, events)
    counting = [one.event for one in judged if one.left_out is None]
    left_out = [one for one in judged if one.left_out is not None]
    firsts: dict[str, int] = {}
    for event in counting:
        firsts.setdefault(event.kind, event.at)
    document = ReceiptDocument(
        workspace_id=workspace_id,
        receipt_id=receipt.receipt_id,
        metrics_version=RECEIPT_VERSION,
        received_at=receipt.received_at,
        revision=revision,
        data_quality=_flags(receipt, left_out, counting, saved_at) or None,
        user_id=receipt.user_id,
        user_external_id=receipt.user_external_id,
        company_id=receipt.company_id,
        email=receipt.email,
        name=receipt.name,
        country=receipt.country,
        ruleset_id=receipt.ruleset_id,
        content_id=receipt.content_id,
        content_type=shown_content_type(receipt.content_type),
        content_title=receipt.content_title,
        ruleset_version_id=receipt.ruleset_version_id,
        series_id=receipt.series_id,
        series_title=receipt.series_title,
        node_id=receipt.node_id,
        last_state_changed_by=receipt.last_state_changed_by,
        time_to_open=_time_to(receipt, firsts.get(OPEN)),
        time_to_click=_time_to(receipt, firsts.get(CLICK)),
        events=[_shown(event) for event in counting[:MOST_EVENTS]],
    )
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
    receipt: Receipt, left_out: Sequence[JudgedEvent], counting: Sequence[MessageEvent], saved_at: int | None
) -> list[str]:
    flags = []
    if any(is_skewed(event, receipt, saved_at) for event in counting):
        flags.append("clock_skew")
    if len(counting) > MOST_EVENTS:
        flags.append("events_truncated")
    if any(one.left_out is LeftOut.IMPOSSIBLE for one in left_out):
        flags.append("impossible_event")
    if receipt.content_type is not None and shown_content_type(receipt.content_type) not in CONTENT_TYPES:
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
