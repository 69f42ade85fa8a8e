"""An event of a receipt: opened, clicked, bounced and so on. Read from the vendor's names, and stored in one form."""

from hashlib import blake2b

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from indexer.conversation.values import epoch_seconds, flag, identifier
from indexer.errors import Refused
from indexer.messages.statistics import EVENTS
from indexer.records.raw import Raw, required_id


class MessageEvent(Struct, frozen=True, omit_defaults=True):
    """An event, `at` in epoch seconds. `kind` is one of `EVENTS`, or as given if it is not known.

    `details` has the further columns of its statistic (`step_id`, `reaction`), and `link` or `screen_id` where a source
    has them. `machine` says that a mail proxy or a scanner made it. `ordinal` tells identical events of one file apart,
    0 for the first: the vendor's files have no column for some details.
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


_encode = Encoder(order="sorted").encode
_decode = Decoder(MessageEvent).decode

_FURTHER_DETAILS = ("link", "screen_id", "button_id")


def read_event(raw: Raw, kind: str, ordinal: int = 0) -> MessageEvent:
    """An event from an object with the vendor's names; raises `Refused` if it has no receipt or no time.

    `kind` is that of the file or of the object's `type`. The time is under the column of its statistic, or under `at`.
    """
    statistic = EVENTS.get(kind)
    column = statistic.at if statistic is not None and raw.get(statistic.at) is not None else "at"
    at = epoch_seconds(raw.get(column), statistic.at if statistic else column)
    names = (*(statistic.details if statistic else ()), *_FURTHER_DETAILS)
    details = {name: said for name in names if (said := _said(raw.get(name)))}
    machine = flag(raw.get("machine")) or False
    return MessageEvent(required_id(raw.get("receipt_id"), "receipt_id"), kind, at, details, machine, ordinal)


def stored_event(event: MessageEvent) -> bytes:
    """The event as it is stored; the same facts are the same bytes."""
    return _encode(event)


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
    return said.strip().lower().replace(" ", "_")


def _said(value: object) -> str | None:
    return value if isinstance(value, str) and value else identifier(value)
