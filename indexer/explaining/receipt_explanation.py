"""Explaining a receipt: the events that made each field of its document, and those that do not count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from indexer.datasets.message_fields import MESSAGE_EVENT_FIELDS, RECEIPT_FIELDS
from indexer.explaining.field_path import UnknownField
from indexer.messages.event import MessageEvent
from indexer.messages.judged_events import LeftOut, judge_events
from indexer.messages.receipt import Receipt
from indexer.messages.receipt_document import FIRSTS, RECEIPT_VERSION, is_skewed, receipt_document
from indexer.messages.statistics import CLICK, EVENTS, OPEN

RULES: Final = {field.path: field.rule for field in RECEIPT_FIELDS.fields} | {
    MESSAGE_EVENT_FIELDS.object: MESSAGE_EVENT_FIELDS.whole
}
"""The rule of each field in words, by its path; the list of events is one field."""

_BY_FIRST: Final = {path: kind for kind, path in FIRSTS.items()} | {"time_to_open": OPEN, "time_to_click": CLICK}
_BY_MACHINES: Final = {"machine_opens": OPEN, "machine_clicks": CLICK}


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """An event of the receipt, `at` in epoch seconds; the numbers are by time, from 1 on.

    `left_out` is why it does not count, and `reason` says so in a sentence; both are None if it counts. `skewed` says
    that it lies before the receipt or in the future.
    """

    number: int
    at: int
    kind: str
    details: dict[str, str]
    machine: bool
    skewed: bool
    left_out: LeftOut | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptField:
    """A field of the document: its value, its rule, the events that made it, and those that do not count for it."""

    name: str
    value: Any
    rule: str
    events: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiptExplanation:
    """A receipt's document and its derivation; `time_zone` is that of readers, all times are epoch seconds.

    `as_of` is the second after which events are left out; None if all of them count.
    """

    workspace_id: str
    receipt_id: str
    time_zone: str
    metrics_version: int
    revision: int | None
    as_of: int | None
    events: list[NumberedEvent]
    fields: dict[str, ReceiptField]


def explain_receipt(
    receipt: Receipt,
    events: Iterable[MessageEvent],
    workspace_id: str,
    *,
    revision: int | None = None,
    saved_at: int | None = None,
    as_of: int | None = None,
    time_zone: str = "UTC",
) -> ReceiptExplanation:
    """Explain how every field of the receipt's document was computed; the arguments are as for the document.

    With `as_of`, an epoch second not before the receipt, only the events up to it count; the facts of the receipt
    itself are those of now.
    """
    happened = [event for event in events if as_of is None or event.at <= as_of]
    computed = receipt_document(receipt, happened, workspace_id, revision, saved_at)
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(computed))
    numbered = [
        NumberedEvent(
            number,
            event.at,
            event.kind,
            event.details,
            event.machine,
            is_skewed(event, receipt, saved_at),
            left_out,
            None if left_out is None else left_out.about,
        )
        for number, (event, left_out) in enumerate(judge_events(receipt, happened), 1)
    ]
    return ReceiptExplanation(
        workspace_id=workspace_id,
        receipt_id=receipt.receipt_id,
        time_zone=time_zone,
        metrics_version=RECEIPT_VERSION,
        revision=revision,
        as_of=as_of,
        events=numbered,
        fields={path: _field(path, document.get(path), numbered) for path in RULES},
    )


def names_of_receipt(path: str | None) -> list[str]:
    """The explained fields that a path means, all of them for None; raises `UnknownField`."""
    if path is None:
        return list(RULES)
    name = MESSAGE_EVENT_FIELDS.object if path in {field.path for field in MESSAGE_EVENT_FIELDS.fields} else path
    if name not in RULES:
        raise UnknownField(path, RULES.keys())
    return [name]


def only_fields(explanation: ReceiptExplanation, names: Iterable[str]) -> ReceiptExplanation:
    """The explanation with these fields alone, and with all events."""
    return replace(explanation, fields={name: explanation.fields[name] for name in names})


def _field(path: str, value: Any, events: Sequence[NumberedEvent]) -> ReceiptField:
    made_by: Iterable[NumberedEvent] = ()
    others: Iterable[NumberedEvent] = ()
    if path in _BY_FIRST:
        of_kind = [one for one in events if one.kind == _BY_FIRST[path]]
        made_by = [one for one in of_kind if one.left_out is None][:1]
        others = [one for one in of_kind if one.left_out is not None]
    elif path in _BY_MACHINES:
        made_by = [one for one in events if (one.kind, one.left_out) == (_BY_MACHINES[path], LeftOut.MACHINE)]
    elif path == "impossible_events":
        made_by = [one for one in events if one.left_out is LeftOut.IMPOSSIBLE]
    elif path == "data_quality":
        made_by = [one for one in events if _is_unusual(one)]
    elif path == MESSAGE_EVENT_FIELDS.object:
        made_by = [one for one in events if one.left_out is None]
        others = [one for one in events if one.left_out is not None]
    return ReceiptField(path, value, RULES[path], _numbers(made_by), _numbers(others))


def _is_unusual(event: NumberedEvent) -> bool:
    """Whether the event raises a flag of the document."""
    if event.left_out is None:
        return event.skewed or event.kind not in EVENTS
    return event.left_out is LeftOut.IMPOSSIBLE


def _numbers(events: Iterable[NumberedEvent]) -> tuple[int, ...]:
    return tuple(one.number for one in events)
