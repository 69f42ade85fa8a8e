"""The flat shape of the vendor's REST export: one row per receipt, with the time of the first event of some kinds."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from indexer.messages.event import MessageEvent
from indexer.messages.receipt import Receipt, read_receipt
from indexer.messages.row_times import with_offset
from indexer.messages.statistics import FLAT_COLUMNS
from indexer.messages.written_values import optional_moment
from indexer.records.raw import Raw

FIRST_EVENTS: Final[Mapping[str, str]] = {**FLAT_COLUMNS, "first_dismissal": "dismissal"}
"""The columns that a flat row has beside those of its receipt, and the kinds of their events, one of them twice: the
vendor misspells it."""


def is_flat(raw: Raw) -> bool:
    """Whether an object without a type is a flat row."""
    return not raw.get("type") and any(name in raw for name in FIRST_EVENTS)


def read_flat(raw: Raw, zone: ZoneInfo) -> tuple[Receipt, list[MessageEvent]]:
    """The receipt of a row and its events; raises `Refused` if one of its times cannot be used.

    A time without an offset is local time of the zone; null, an empty text, 0 and -1 are no time.
    """
    receipt = read_receipt({**raw, "received_at": with_offset(raw.get("received_at"), zone)})
    first: dict[str, int] = {}
    for column, kind in FIRST_EVENTS.items():
        at = optional_moment(with_offset(raw.get(column), zone), column)
        if at is not None:
            first[kind] = min(at, first.get(kind, at))
    return receipt, [MessageEvent(receipt.receipt_id, kind, at) for kind, at in first.items()]
