"""A receipt: a person was sent a message. Read from the vendor's names, and stored in one form."""

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from indexer.conversation.values import epoch_seconds, identifier, text
from indexer.messages.written_values import stored_form, unless_nothing
from indexer.records.raw import Raw, refuse_other_type, required_id


class Receipt(Struct, frozen=True, omit_defaults=True, gc=False):
    """A receipt by the columns of the vendor's export; `received_at` in epoch seconds, absent values are None.

    `content_type` is as given (`content_type_of` tells which one it is). `country` is the recipient's; the vendor's
    files do not have it.
    """

    receipt_id: str
    received_at: int
    user_id: str | None = None
    user_external_id: str | None = None
    company_id: str | None = None
    email: str | None = None
    name: str | None = None
    ruleset_id: str | None = None
    content_id: str | None = None
    content_type: str | None = None
    content_title: str | None = None
    ruleset_version_id: str | None = None
    series_id: str | None = None
    series_title: str | None = None
    node_id: str | None = None
    last_state_changed_by: str | None = None
    country: str | None = None

    @property
    def precedence(self) -> str:
        """Texts whose order by bytes is that of versions: of two receipts with one id the greater one wins.

        The version of the ruleset decides, as a number, 0 if it is not one; then the time.
        """
        version = self.ruleset_version_id or ""
        digits = version.lstrip("0") if version.isascii() and version.isdecimal() else ""
        return f"{len(digits):0>3}:{digits}:{self.received_at:0>12}"


_encode = Encoder().encode
_decode = Decoder(Receipt).decode


def read_receipt(raw: Raw) -> Receipt:
    """A receipt from an object with the vendor's names; raises `Refused` if it has no id or no time."""
    refuse_other_type(raw, "receipt")
    return Receipt(
        receipt_id=required_id(raw.get("receipt_id"), "receipt_id"),
        received_at=epoch_seconds(raw.get("received_at"), "received_at"),
        user_id=identifier(raw.get("user_id")),
        user_external_id=identifier(raw.get("user_external_id")),
        company_id=unless_nothing(raw.get("company_id")),
        email=text(raw.get("email")),
        name=text(raw.get("name")),
        ruleset_id=identifier(raw.get("ruleset_id")),
        content_id=identifier(raw.get("content_id")),
        content_type=text(raw.get("content_type")),
        content_title=text(raw.get("content_title")),
        ruleset_version_id=identifier(raw.get("ruleset_version_id")),
        series_id=unless_nothing(raw.get("series_id")),
        series_title=text(raw.get("series_title")),
        node_id=unless_nothing(raw.get("node_id")),
        last_state_changed_by=identifier(raw.get("last_state_changed_by")),
        country=text(raw.get("country")),
    )


def stored_receipt(receipt: Receipt) -> bytes:
    """The receipt as it is stored; raises `Refused` for a text that is not Unicode."""
    return stored_form(_encode, receipt)


def receipt_from(payload: bytes) -> Receipt:
    """A stored receipt."""
    return _decode(payload)
