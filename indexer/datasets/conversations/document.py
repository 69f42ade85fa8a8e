"""From a conversation's JSON to the JSON of its reporting document, with and without a store."""

from collections.abc import Mapping

from msgspec.json import Encoder

from indexer.conversation import parse_conversation
from indexer.conversation.ahead import AHEAD, is_ahead
from indexer.datasets.dataset import Computation, Stored, refuse_long_key
from indexer.metrics import reporting_document

_encode = Encoder().encode


def conversation_document(
    payload: bytes,
    computation: Computation,
    revision: int | None = None,
    merged: Mapping[str, str] | None = None,
    saved_at: int | None = None,
) -> bytes:
    """The reporting document as JSON, from the conversation as JSON; raises `Refused`.

    `merged` maps merged contacts to those they became, `saved_at` (epoch seconds) is when it was saved.
    """
    conversation = parse_conversation(payload, computation.bot_admin_ids)
    refuse_long_key(computation.workspace_id, conversation.id)
    document = reporting_document(
        conversation,
        computation.workspace_id,
        computation.office_hours,
        revision,
        bots_interrupt=computation.bots_interrupt,
    )
    if merged and document.contact_ids:
        document.contact_ids = list(dict.fromkeys(merged.get(id_, id_) for id_ in document.contact_ids))
    if saved_at is not None and is_ahead(conversation.changed_at, saved_at):
        document.data_quality = [*(document.data_quality or ()), AHEAD]
    return _encode(document)


def stored_document(stored: Stored, computation: Computation, version: int) -> bytes:
    """The document of a stored conversation; raises `Refused`."""
    return conversation_document(stored.payload, computation, version, stored.merged, stored.saved_at)
