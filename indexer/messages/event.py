"""An event of a receipt: opened, clicked, bounced and so on. Read from the vendor's names, and stored in one form."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, Encoder

from indexer.conversation.values import epoch_seconds, identifier, shortened
from indexer.errors import Refused
from indexer.keys import is_text
from indexer.messages.statistics import EVENTS, FURTHER_DETAILS
from indexer.messages.written_values import stored_form
from indexer.records.raw import Raw, required_id


class MessageEvent(Struct, frozen=True, gc=False):
    """An event, `at` in epoch seconds. `kind` is one of `EVENTS`, or as given if it is not known.

    `details` has the further columns of its statistic (`step_id`, `reaction`), and `link` or `screen_id` if a source
    has them; of a kind that is not known it has everything. `machine` says that a mail proxy or a scanner made it. The
    `ordinal` tells identical events of one file apart, 0 for the first: files lack a column for some details.
    """

    receipt_id: str
    kind: str
    at: int
    details: dict[str, str] = {}
    machine: bool = False
    ordinal: int = 0

    @property
    def key(self) -> str:
        """The identity of the event among those of its receipt: kind, second, details and ordinal."""
        said = "\0".join(part for item in sorted(self.details.items()) for part in item)
        known_by = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest() if said else ""
        return f"{self.kind}:{self.at}:{known_by}:{self.ordinal}"


# Every field is written, so that of two forms of one event the one that a machine made has the greater bytes.
_encode = Encoder(order="sorted").encode
_decode = Decoder(MessageEvent).decode
_decode_details = Decoder(dict[str, object]).decode

_NO_DETAILS: Final = frozenset({"type", "receipt_id", "at", "machine"})
_LONGEST_KIND: Final = 100


def read_event(raw: Raw, kind: str, ordinal: int = 0) -> MessageEvent:
    """An event from an object with the vendor's names; raises `Refused` if it has no receipt or no time.

    `kind` is that of the file or of the object's `type`. The time is under the column of its statistic, or under `at`.
    """
    statistic = EVENTS.get(kind)
    column = statistic.at if statistic is not None and raw.get(statistic.at) is not None else "at"
    at = epoch_seconds(raw.get(column), statistic.at if statistic else column)
    names = {*statistic.details, *FURTHER_DETAILS} if statistic else raw.keys() - _NO_DETAILS
    details = {name: said for name in names if (said := _said(raw.get(name)))}
    machine = str(raw.get("machine")).lower() == "true"
    return MessageEvent(required_id(raw.get("receipt_id"), "receipt_id"), kind, at, details, machine, ordinal)


def written_details(details: Mapping[str, str]) -> str:
    """The details as the text of one cell, an object of JSON; empty if there are none."""
    return _encode(details).decode() if details else ""


def details_from(written: object) -> Raw:
    """The details in a cell; raises `Refused` if it has no object of JSON."""
    try:
        return _decode_details(written) if isinstance(written, str) and written else {}
    except (DecodeError, UnicodeEncodeError):
        raise Refused("details", "is not an object of JSON") from None


def stored_event(event: MessageEvent) -> bytes:
    """The event as it is stored; raises `Refused` for a text that is not Unicode."""
    return stored_form(_encode, event)


def event_from(payload: bytes) -> MessageEvent:
    """A stored event."""
    return _decode(payload)


def kind_of(raw: Raw) -> str:
    """The kind that an object's `type` names; raises `Refused` if it names none."""
    said = raw.get("type")
    if not isinstance(said, str) or not said.strip():
        raise Refused(
            "type", f"is missing: it is receipt, checkpoint, or an event such as {', '.join(list(EVENTS)[:3])}"
        )
    kind = "_".join(said.lower().split())
    if len(kind) > _LONGEST_KIND or not is_text(kind):
        raise Refused("type", f"{shortened(said)} is not the name of a statistic")
    return kind


def _said(value: object) -> str | None:
    return value if isinstance(value, str) and value else identifier(value)
