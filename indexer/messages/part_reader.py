"""What rows of files and objects in lines say: receipts, checkpoints and events, as they are stored."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec

from indexer.conversation.values import kind, whole_number
from indexer.errors import Refused
from indexer.messages.checkpoint import Checkpoint, read_checkpoint
from indexer.messages.event import MessageEvent, kind_of, read_event
from indexer.messages.flat_row import is_flat, read_flat
from indexer.messages.receipt import Receipt, read_receipt
from indexer.messages.row_times import with_offset
from indexer.messages.statistics import CHECKPOINT, EVENTS, FLAT, OTHER_EVENTS, RECEIPT
from indexer.records.raw import Raw, inner

Part = Receipt | Checkpoint | MessageEvent

_MOST_ORDINALS = 1_000_000_000

_TIMES = {
    RECEIPT: ("received_at",),
    CHECKPOINT: ("created_at", "last_processed_at", "expires_at"),
    **{kind: (statistic.at, "at") for kind, statistic in EVENTS.items()},
}


def parts_of_line(raw: Raw, zone: ZoneInfo) -> Iterator[Part | Refused]:
    """What an object says that is told from others by its `type`; one without a type may be a flat row.

    A receipt may bring its events under `events`; one of these that cannot be used is a refusal in its place. Raises
    `Refused` if nothing of the object can be used. Objects with the same content are the same event, unless they
    say a different `ordinal`.
    """
    shape = FLAT if is_flat(raw) else kind_of(raw)
    yield from parts_of_row(shape, raw, zone, _ordinal(raw))
    if shape == RECEIPT:
        yield from _brought(raw, zone)


def parts_of_row(shape: str, raw: Raw, zone: ZoneInfo, ordinal: int = 0) -> list[Part]:
    """What a row of that shape says; a time without an offset is local time of the zone. Raises `Refused`."""
    if shape == FLAT:
        receipt, events = read_flat(raw, zone)
        return [receipt, *events]
    if shape == OTHER_EVENTS:
        shape = _event_kind(raw)
    times = {name: with_offset(raw[name], zone) for name in _TIMES.get(shape, ("at",)) if name in raw}
    said = {**raw, **times}
    if shape == RECEIPT:
        return [read_receipt(said)]
    if shape == CHECKPOINT:
        return [read_checkpoint(said, ordinal)]
    said.pop("ordinal", None)  # not a detail
    return [read_event(said, shape, ordinal)]


def numbered(part: MessageEvent | Checkpoint, ordinal: int) -> MessageEvent | Checkpoint:
    """The same with that ordinal."""
    return part if part.ordinal == ordinal else msgspec.structs.replace(part, ordinal=ordinal)


def _event_kind(raw: Raw) -> str:
    kind = kind_of(raw)
    if kind in (RECEIPT, CHECKPOINT):
        raise Refused("type", f"is {kind!r}, not an event")
    return kind


def _ordinal(raw: Raw) -> int:
    said = raw.get("ordinal")
    found = 0 if said is None else whole_number(said)
    if found is None or not 0 <= found < _MOST_ORDINALS:
        raise Refused("ordinal", "is not a whole number from 0 to 999,999,999")
    return found


def _brought(raw: Raw, zone: ZoneInfo) -> Iterator[Part | Refused]:
    events = raw.get("events")
    if events is None:
        return
    if not isinstance(events, list):
        yield Refused("events", f"is {kind(events)}, not a list")
        return
    for place, said in enumerate(events):
        path = f"events[{place}]"
        try:
            event = {"receipt_id": raw.get("receipt_id"), **inner(said, "")}
            yield from parts_of_row(OTHER_EVENTS, event, zone, _ordinal(event))
        except Refused as refused:
            yield Refused(f"{path}.{refused.path}" if refused.path else path, refused.reason)
