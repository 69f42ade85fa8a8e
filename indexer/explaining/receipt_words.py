"""The values of a receipt's fields, and its events, in words."""

from typing import Final
from zoneinfo import ZoneInfo

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.differences.tolerance import kinds_of
from indexer.explaining.field_words import value_text
from indexer.explaining.receipt_explanation import NumberedEvent, ReceiptExplanation, ReceiptField

_KIND_OF: Final = kinds_of(MESSAGE_RECEIPTS.fields)


def shown_fields(explanation: ReceiptExplanation) -> dict[str, str]:
    """All fields' values in words, times in the explanation's zone."""
    zone = ZoneInfo(explanation.time_zone)
    return {name: field_words(field, zone) for name, field in explanation.fields.items()}


def field_words(field: ReceiptField, zone: ZoneInfo) -> str:
    """A field's value in words."""
    if field.name == "events" and field.value is not None:
        return f"{len(field.value)} that count"
    return value_text(_KIND_OF(field.name), field.value, zone)


def event_words(event: NumberedEvent) -> str:
    """The kind of an event and its details."""
    return ", ".join([event.kind, *(f"{name} {said}" for name, said in sorted(event.details.items()))])


def counts_words(event: NumberedEvent) -> str:
    """Whether the event counts, and what is doubtful about it."""
    said = "yes" if event.left_out is None else f"no: {event.left_out.replace('_', ' ')}"
    return f"{said}, clock skew" if event.skewed else said
